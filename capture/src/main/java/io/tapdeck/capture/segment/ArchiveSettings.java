package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.unit.DataSize;

/**
 * What is done to complete segments, besides and after recording.
 *
 * @param hash whether each gets its SHA-256; one that is compressed gets it in any case
 * @param compression how each is stored in the end
 * @param bytesPerSecond read from the disk at most each second for it, 1 MiB or more
 */
public record ArchiveSettings(boolean hash, Compression compression, DataSize bytesPerSecond) {
  /** A fraction of what a disk can do. */
  public static final DataSize USUAL_RATE = DataSize.ofMebibytes(100);

  /** Each gets its hash, and stays as it is. */
  public static final ArchiveSettings USUAL =
      new ArchiveSettings(true, Compression.NONE, USUAL_RATE);

  private static final long SLOWEST = 1 << 20;

  /**
   * @throws IllegalArgumentException if the rate is too low; the message is for people
   */
  public ArchiveSettings {
    if (bytesPerSecond.bytes() < SLOWEST) {
      throw new IllegalArgumentException(
          "segments are read at 1 MiB a second or more, not " + bytesPerSecond);
    }
  }

  /** Whether there is anything to do. */
  public boolean isAny() {
    return hash || compression != Compression.NONE;
  }
}
