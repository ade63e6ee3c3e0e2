package io.tapdeck.replay.pace;

/**
 * One continuous, never decreasing time for the frames of several capture files, made of their
 * timestamps: 0 for the first frame, in nanoseconds.
 *
 * <ul>
 *   <li>Between files the gap is the true one, as between segments of one recording.
 *   <li>A file that begins before the one before it ended follows it without a gap, and keeps its
 *       own gaps.
 *   <li>Frames that are out of order within a file by no more than {@link #REORDERING}, as several
 *       receive queues make them, are due at once and shift nothing, so they cannot add up to a
 *       drift.
 *   <li>Where time goes back further, the clock was set while capturing: what follows keeps its own
 *       gaps.
 *   <li>When the files are played again, the first frame follows the last by the mean gap of the
 *       frames so far.
 * </ul>
 */
final class Timeline {
  /**
   * In nanoseconds: longer than any queue holds a frame, shorter than a burst that anybody sees.
   */
  static final long REORDERING = 100_000_000;

  /** The timestamp that would be at 0. */
  private long origin;

  /** The time of the latest frame, since 0. */
  private long latest;

  private long frames;

  /** What must at least be between the latest frame and the next, if that begins a file or loop. */
  private long leastGap;

  private boolean begins = true;
  private boolean begunAgain;

  /** The place in time of the next frame. */
  long place(long timestampNanos) {
    if (begins) {
      begin(timestampNanos);
    }
    frames++;
    long time = timestampNanos - origin;
    if (time >= latest) {
      latest = time;
    } else if (latest - time > REORDERING) {
      origin = timestampNanos - latest;
    }
    return latest;
  }

  void beginFile() {
    begins = true;
  }

  void beginLoop() {
    begins = true;
    begunAgain = true;
    leastGap = frames > 1 ? latest / (frames - 1) : 0;
  }

  private void begin(long timestampNanos) {
    if (frames == 0) {
      origin = timestampNanos;
    } else if (begunAgain || timestampNanos - origin < latest) {
      origin = timestampNanos - latest - leastGap;
    }
    begins = false;
    begunAgain = false;
    leastGap = 0;
  }
}
