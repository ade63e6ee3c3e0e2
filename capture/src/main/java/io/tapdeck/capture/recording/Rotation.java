package io.tapdeck.capture.recording;

import io.tapdeck.capture.segment.SegmentName;

/**
 * When the clock asks for a new segment. Intervals are aligned to 1970, so that with 60 s every
 * segment begins with a minute. All times are nanoseconds since 1970.
 *
 * <p>While frames flow, their time stamps decide. Once the ring is drained the clock does, after
 * {@link #SETTLE_NANOS}, in which the kernel hands over frames of the interval before.
 */
final class Rotation {
  /** Longer than the kernel keeps frames in a partly filled block of the ring. */
  static final long SETTLE_NANOS = 4 * LiveCapture.RETIRE.toNanos();

  private static final long NEVER = Long.MAX_VALUE;

  private final long interval;
  private long from;
  private long until;

  /**
   * @param interval length of a segment, 0 if none ends because of the time
   */
  Rotation(long interval) {
    this.interval = interval;
    begin(0);
  }

  /** A segment begins with a frame of this time. */
  void begin(long timestamp) {
    from = timestamp - SegmentName.SLACK_NANOS;
    until = interval == 0 ? NEVER : timestamp - Math.floorMod(timestamp, interval) + interval;
  }

  /**
   * Whether a frame belongs into a new segment. Time stamps step back a little between processors;
   * such a frame stays with the segment it comes in. One that steps back further, the clock having
   * been set back, begins a new one, with or without an interval: {@link SegmentName#SLACK_NANOS}.
   */
  boolean isDue(long timestamp) {
    return timestamp >= until || timestamp < from;
  }

  /** Whether the interval is over although no frame says so, the ring being drained. */
  boolean isOver(long now) {
    return until != NEVER && now - SETTLE_NANOS >= until;
  }

  /** How long until {@link #isOver} can become true; 0 or less if it is. */
  long nanosLeft(long now) {
    return until == NEVER ? NEVER : until + SETTLE_NANOS - now;
  }
}
