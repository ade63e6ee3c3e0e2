package io.tapdeck.capture.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps on files that make a segment complete in the sense of its name. */
final class SegmentFiles {
  /** Packets are private: only the recorder's user reads them, as with dumpcap. */
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<OpenOption> CREATE =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          // Names can be guessed: nobody else's link may lead a recorder that is root elsewhere.
          LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> OVERWRITE =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> CREATE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private SegmentFiles() {}

  /** Makes a file, or empties the one that is there. */
  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, CREATE, OWNER_ONLY);
  }

  /** Opens a file of ours that is there. */
  static FileChannel openExisting(Path file) throws IOException {
    return FileChannel.open(file, OVERWRITE);
  }

  /** Makes a file that must not be there yet. */
  static FileChannel createNew(Path file) throws IOException {
    return FileChannel.open(file, CREATE_NEW, OWNER_ONLY);
  }

  /**
   * Gives a segment, whose bytes have reached the disk, its final name, and then its sidecar.
   *
   * <p>The sidecar is on disk under its unfinished name before, so a crash between any two steps
   * leaves all that recovery needs to go through the rest of them. The segment's name comes first:
   * a segment without a sidecar is a segment, a sidecar without one would be a lie.
   */
  static void publish(Path directory, SegmentName name, Sidecar sidecar) throws IOException {
    try {
      SidecarFile.writeUnfinished(directory, name, sidecar, true);
    } catch (IOException diskFull) {
      if (!SidecarFile.overwriteUnfinished(directory, name, sidecar)) {
        // The frames are more than what is said about them; recovery says it when there is room.
        giveFinalName(directory, name);
        forceDirectory(directory);
        throw diskFull;
      }
    }
    giveFinalName(directory, name);
    Files.move(
        name.unfinishedSidecarIn(directory),
        name.sidecarIn(directory),
        StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(directory);
  }

  private static void giveFinalName(Path directory, SegmentName name) throws IOException {
    Path unfinished = name.unfinishedIn(directory);
    if (Files.exists(unfinished)) {
      Files.move(unfinished, name.in(directory), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Makes the names in a directory durable (fsync(2) on the directory). */
  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
