package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of segments, held by one writer at a time: this process, until it closes it or ends.
 */
public final class SegmentDirectory implements AutoCloseable {
  private final Path path;
  private final DirectoryLock lock;

  private SegmentDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /** What {@link #recover()} did: the sidecars it wrote, and what it could make nothing of. */
  public record Recovery(List<Sidecar> recovered, List<String> leftAlone) {}

  /**
   * Takes hold of a directory. Nothing in it changes by that.
   *
   * @return empty if somebody else holds it
   * @throws IOException if it is no directory or may not be read
   */
  public static Optional<SegmentDirectory> hold(Path directory) throws IOException {
    return DirectoryLock.tryLock(directory).map(lock -> new SegmentDirectory(directory, lock));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * Finishes what earlier writers left unfinished: unfinished segments become complete ones,
   * missing sidecars are written anew. Reads every such segment once.
   *
   * @throws IOException if files cannot be read or written; calling again goes on from there
   */
  public Recovery recover() throws IOException {
    return SegmentRecovery.recover(path);
  }

  /** The number that the next segment gets: one more than the highest there is. */
  public int nextNumber() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return 1
          + files
              .flatMap(file -> SegmentName.ofAnyFile(file.getFileName().toString()).stream())
              .mapToInt(SegmentName::number)
              .max()
              .orElse(0);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
