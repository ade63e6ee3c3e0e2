package io.tapdeck.capture.doctor;

import io.tapdeck.capture.os.DirectoryLock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a recording needs of the directory that it writes into.
 *
 * @param directory absolute
 * @param presence whether it is one
 * @param fileSystem its type, such as "ext4"
 * @param readOnly the file system is mounted read-only
 * @param inUse a recorder is writing in it
 * @param freeBytes what this process may write still
 * @param totalBytes 0 where the file system does not say
 * @param tried whether it was to be written, to see how fast that is
 * @param speed what came of writing; empty if nothing was written
 * @param failure why nothing could be written; empty if nothing failed
 */
public record DirectoryFacts(
    Path directory,
    Presence presence,
    String fileSystem,
    boolean readOnly,
    boolean inUse,
    long freeBytes,
    long totalBytes,
    boolean tried,
    Optional<DiskSpeed> speed,
    String failure) {
  private static final Duration LONGEST_TRIAL = Duration.ofSeconds(2);

  /** A trial takes at most this part of what is free. */
  private static final int FREE_SHARE = 10;

  /** In memory, and where it is not known how much is free, a trial takes no more. */
  private static final long LARGEST_BLIND = 64L << 20;

  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  /** Whether a directory is there. */
  public enum Presence {
    DIRECTORY,
    MISSING,
    NO_DIRECTORY
  }

  /** Reads them, which takes two seconds. */
  static DirectoryFacts read(Path asked) throws IOException {
    return read(asked, true);
  }

  /** The same, and writes nothing unless it is to be tried. */
  static DirectoryFacts read(Path asked, boolean tries) throws IOException {
    Path directory = asked.toAbsolutePath().normalize();
    if (!Files.isDirectory(directory)) {
      Presence presence = Files.exists(directory) ? Presence.NO_DIRECTORY : Presence.MISSING;
      return new DirectoryFacts(
          directory, presence, "", false, false, 0, 0, tries, Optional.empty(), "");
    }
    FileStore store = Files.getFileStore(directory);
    long free = store.getUsableSpace();
    long total = store.getTotalSpace();
    boolean inUse = isInUse(directory);
    Optional<DiskSpeed> speed = Optional.empty();
    String failure = tries || Files.isWritable(directory) ? "" : "permission denied";
    // A trial would slow down the recording that goes on.
    if (tries && !inUse && !store.isReadOnly()) {
      try {
        speed =
            Optional.of(
                DiskTrial.run(directory, largestTrial(store.type(), free, total), LONGEST_TRIAL));
      } catch (IOException failed) {
        failure = DiskTrial.reason(failed);
      }
    }
    return new DirectoryFacts(
        directory,
        Presence.DIRECTORY,
        store.type(),
        store.isReadOnly(),
        inUse,
        free,
        total,
        tries,
        speed,
        failure);
  }

  /** What it holds is gone when the machine restarts. */
  boolean isInMemory() {
    return IN_MEMORY.contains(fileSystem);
  }

  private static long largestTrial(String fileSystem, long free, long total) {
    if (total == 0) {
      return LARGEST_BLIND;
    }
    long share = free / FREE_SHARE;
    return IN_MEMORY.contains(fileSystem) ? Math.min(share, LARGEST_BLIND) : share;
  }

  private static boolean isInUse(Path directory) {
    try (DirectoryLock lock = DirectoryLock.tryLock(directory).orElse(null)) {
      return lock == null;
    } catch (IOException unreadable) {
      return false;
    }
  }
}
