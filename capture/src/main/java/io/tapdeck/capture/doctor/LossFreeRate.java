package io.tapdeck.capture.doctor;

import java.time.Duration;

/**
 * The rate that can be expected to be recorded without loss, as far as the disk is concerned: the
 * lesser of four fifths of what it sustained, as a margin, and of what fills the buffers before it
 * while the disk is as slow as in its slowest write. The processor may set a lower limit, above all
 * for short frames.
 *
 * @param bytesPerSecond of the files
 * @param boundByBuffers the buffers are the lesser: larger ones raise the rate
 */
record LossFreeRate(double bytesPerSecond, boolean boundByBuffers) {
  /** What is left for the disk's worse moments, which a trial of two seconds may not see. */
  private static final double MARGIN = 0.8;

  /** A frame with an MTU of 1500 is 1514 bytes on an Ethernet, and 16 more in a file. */
  private static final double FRAME_BYTES = 1514;

  private static final double RECORD_BYTES = FRAME_BYTES + 16;
  private static final int BITS = 8;
  private static final double NANOS_PER_SECOND = 1e9;

  static LossFreeRate of(double diskBytesPerSecond, Duration slowestWrite, long bufferBytes) {
    double disk = diskBytesPerSecond * MARGIN;
    double buffers = bufferBytes * NANOS_PER_SECOND / Math.max(1, slowestWrite.toNanos());
    return new LossFreeRate(Math.min(disk, buffers), buffers < disk);
  }

  /** Bits a second of frames with 1514 bytes. */
  double bitsPerSecond() {
    return bytesPerSecond / RECORD_BYTES * FRAME_BYTES * BITS;
  }

  /** Frames a second, of 1514 bytes. */
  double framesPerSecond() {
    return bytesPerSecond / RECORD_BYTES;
  }
}
