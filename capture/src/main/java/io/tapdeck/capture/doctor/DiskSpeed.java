package io.tapdeck.capture.doctor;

import java.time.Duration;

/**
 * How fast a file system took what was written to it.
 *
 * @param direct past the page cache
 * @param directRefusal why not, in the system's words; empty if it was
 * @param bytes how much was written; 0 if there was no room to measure
 * @param time how long that took, until it was on the disk
 * @param slowestWrite the longest that one write of 4 MiB took
 */
public record DiskSpeed(
    boolean direct, String directRefusal, long bytes, Duration time, Duration slowestWrite) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Bytes a second; 0 if it was not measured. */
  double bytesPerSecond() {
    return bytes == 0 ? 0 : bytes * NANOS_PER_SECOND / Math.max(1, time.toNanos());
  }
}
