package io.tapdeck.replay.pace;

/** The time by which a player plays. */
public interface Clock {
  /** Nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
  long nanoTime();

  /**
   * The first moment from which on frames that are so far apart have little to do with what else
   * the system does at even intervals. May take some time to find out.
   *
   * @param earliest the first moment that is wanted
   * @param gap nanoseconds between frames; 0 if that differs
   * @return {@code earliest}, or somewhat later
   */
  long clear(long earliest, long gap);

  /**
   * Returns when {@link #nanoTime()} has reached {@code deadline}, or before that when {@code stop}
   * {@linkplain StopFlag#calls() calls}; never early otherwise.
   */
  void waitUntil(long deadline, StopFlag stop);

  /**
   * Leaves the processor to others for about so many nanoseconds, where nothing depends on when it
   * ends; for less if {@code stop} {@linkplain StopFlag#calls() calls}.
   */
  void rest(long nanos, StopFlag stop);
}
