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
  private boolean begins = true;

  /** The place in time of the next frame. */
  long place(long timestampNanos) {
    if (begins) {
      begin(timestampNanos);
    }
    frames++;
    long time = timestampNanos - origin;
    if (time >= latest) {
      latest = Math.min(time, Ratio.LARGEST);
    } else if (latest - time > REORDERING) {
      origin = timestampNanos - latest;
    }
    return latest;
  }

  /** The next frame is the first of a file. */
  void beginFile() {
    begins = true;
  }

  /** The place of the latest frame. */
  long latest() {
    return latest;
  }

  /** The mean gap between frames so far; 0 if there is none. */
  long meanGap() {
    return frames > 1 ? latest / (frames - 1) : 0;
  }

  /** Forgets everything: the next frame is at 0. */
  void reset() {
    origin = 0;
    latest = 0;
    frames = 0;
    begins = true;
  }

  private void begin(long timestampNanos) {
    if (frames == 0) {
      origin = timestampNanos;
    } else if (timestampNanos - origin < latest) {
      origin = timestampNanos - latest;
    }
    begins = false;
  }
}
