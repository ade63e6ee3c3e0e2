package io.tapdeck.replay.pace;

/**
 * What is left of a frame's being late for the frame after it. Were the next one sent when it is
 * due, the gap between the two would be too short by as much as the one before was too long, and
 * where gaps are short, several frames would go out in a burst that is in no capture. So short
 * delays are made good little by little: each gap is shortened by at most an eighth of it, and at
 * most half a microsecond, which is what gaps differ by anyhow. Of longer delays all but {@link
 * #LONGEST} is made good at once, so that no frame is late for long.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
public final class Lag {
  /** Nanoseconds that a frame is held back at most. */
  public static final long LONGEST = 100_000;

  /**
   * Nanoseconds that a gap is shortened by at most, unless all but the longest lag is made good.
   */
  static final long LARGEST_STEP = 500;

  /** A gap is shortened by at most this part of it. */
  private static final int SHARE = 8;

  /**
   * Gaps that a frame is held back at most: a rate that can only be had with several frames at a
   * time is to get so far, and no farther.
   */
  private static final int MOST_GAPS = 16;

  private long late;

  /** A frame was handed over so many nanoseconds after it was due. */
  public void sent(long nanosLate) {
    late = nanosLate;
  }

  /** The next frame is not held back. */
  public void forget() {
    late = 0;
  }

  /**
   * Nanoseconds that the next frame is held back.
   *
   * @param gap nanoseconds between when the frame before was due and when the next one is
   */
  public long after(long gap) {
    long step = Math.min(gap / SHARE, LARGEST_STEP);
    // So a frame that is due together with the one before goes out with it.
    long longest = Math.min(gap, LONGEST / MOST_GAPS) * MOST_GAPS;
    return Math.clamp(late - step, 0, longest);
  }
}
