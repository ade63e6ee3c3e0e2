package io.tapdeck.replay.pace;

/** The time by which a player plays. */
public interface Clock {
  /** Nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
  long nanoTime();

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
