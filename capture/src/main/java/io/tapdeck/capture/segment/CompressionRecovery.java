package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Completes, or takes back, the compression of a segment that was cut short. Its steps are
 *
 * <ol>
 *   <li>{@code X.pcap.zst.part} is written, has reached the disk, and was compared with X.pcap;
 *   <li>the sidecar says that {@code X.pcap.zst} holds the segment, and what its hash is;
 *   <li>the file gets that name;
 *   <li>X.pcap is deleted.
 * </ol>
 *
 * <p>So until the second step what there is of the compressed file is deleted, and from then on the
 * rest is done, if the file is what the sidecar says. X.pcap is there until the other is proved.
 */
final class CompressionRecovery {
  private CompressionRecovery() {}

  /**
   * Recovers a segment that has a sidecar.
   *
   * @return what could not be made anything of, a line
   */
  static Optional<String> of(Path directory, SegmentName name, HeldSidecar held)
      throws IOException {
    Sidecar.Stored stored = held.sidecar().stored();
    if (stored == null) {
      deleteDrafts(directory, name);
      return Optional.empty();
    }
    Path whole = name.in(directory);
    Path compressed = name.in(directory, stored.compression());
    Path draft = name.draftIn(directory, stored.compression());
    if (!isFile(compressed) && matches(draft, stored)) {
      Files.move(draft, compressed, StandardCopyOption.ATOMIC_MOVE);
      SegmentFiles.forceDirectory(directory);
    }
    deleteDrafts(directory, name);
    if (!isFile(whole)) {
      return Optional.empty();
    }
    if (matches(compressed, stored)) {
      Files.delete(whole);
      SegmentFiles.forceDirectory(directory);
      return Optional.empty();
    }
    held.replace(held.sidecar().withStored(null));
    return isFile(compressed)
        ? Optional.of(compressed + " is not what its sidecar says; " + whole + " is kept")
        : Optional.empty();
  }

  /** Deletes what was to become a compressed segment. */
  static void deleteDrafts(Path directory, SegmentName name) throws IOException {
    for (Compression compression : Compression.values()) {
      if (compression != Compression.NONE) {
        Files.deleteIfExists(name.draftIn(directory, compression));
      }
    }
  }

  private static boolean matches(Path file, Sidecar.Stored stored) throws IOException {
    return isFile(file)
        && Files.size(file) == stored.bytes()
        && Sha256.of(file).equals(stored.sha256());
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }
}
