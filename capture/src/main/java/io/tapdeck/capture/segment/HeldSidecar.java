package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.os.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;

/**
 * The sidecar of a complete segment, and with it the right to change or remove both: one thread of
 * one process at a time has it. The lock is on the sidecar's file itself and goes with it when it
 * is replaced, so it leaves nothing behind.
 */
final class HeldSidecar implements AutoCloseable {
  /** Others hold it for a few writes to the disk, or are stopped. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Path directory;
  private final SegmentName name;
  private FileLock lock;
  private byte[] text;
  private Sidecar sidecar;

  private HeldSidecar(
      Path directory, SegmentName name, FileLock lock, byte[] text, Sidecar sidecar) {
    this.directory = directory;
    this.name = name;
    this.lock = lock;
    this.text = text;
    this.sidecar = sidecar;
  }

  /**
   * Takes hold of a sidecar, waiting for others.
   *
   * @throws NoSuchFileException if the segment has none that makes sense and is its own
   * @throws IOException if others do not let go of it within seconds
   */
  static HeldSidecar hold(Path directory, SegmentName name) throws IOException {
    return hold(directory, name, PATIENCE);
  }

  /** The same with another patience. */
  static HeldSidecar hold(Path directory, SegmentName name, Duration patience) throws IOException {
    Path file = name.sidecarIn(directory);
    FileLock lock = lock(file, patience);
    boolean held = false;
    try {
      byte[] text = SidecarFile.text(file);
      Sidecar sidecar =
          SidecarFile.parse(text)
              .filter(read -> read.file().equals(name.fileName()))
              .orElseThrow(() -> new NoSuchFileException(file.toString()));
      held = true;
      return new HeldSidecar(directory, name, lock, text, sidecar);
    } finally {
      if (!held) {
        lock.close();
      }
    }
  }

  private static FileLock lock(Path file, Duration patience) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString());
    }
    return FileLock.tryLock(file, patience)
        .orElseThrow(() -> new IOException(file + " is being changed by another process"));
  }

  /** As it is now. */
  Sidecar sidecar() {
    return sidecar;
  }

  /** Changes it, durably, at once or not at all. */
  void replace(Sidecar after) throws IOException {
    byte[] now = SidecarFile.changed(text, after);
    if (sidecar.equals(after) || Arrays.equals(now, text)) {
      return;
    }
    Path draft = name.draftSidecarIn(directory);
    SidecarFile.writeDraft(draft, now, true);
    // Before it has the name, so that nobody can come between.
    FileLock next = lock(draft, PATIENCE);
    boolean done = false;
    try {
      Files.move(draft, name.sidecarIn(directory), StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } finally {
      (done ? lock : next).close();
    }
    lock = next;
    text = now;
    sidecar = after;
    SegmentFiles.forceDirectory(directory);
  }

  /** Removes the segment's file, in whatever form it is; the sidecar is still there then. */
  void deleteFrames() throws IOException {
    for (Compression compression : Compression.values()) {
      Files.deleteIfExists(name.in(directory, compression));
    }
  }

  /** Removes it. */
  void delete() throws IOException {
    Files.deleteIfExists(name.sidecarIn(directory));
  }

  @Override
  public void close() {
    lock.close();
  }
}
