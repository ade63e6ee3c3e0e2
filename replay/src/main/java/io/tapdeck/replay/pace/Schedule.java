package io.tapdeck.replay.pace;

/**
 * When each frame is due, in nanoseconds from the moment the replay began. Called once for each
 * frame read, in order; what it answers never decreases.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
public sealed interface Schedule
    permits OriginalSchedule, PacketRateSchedule, BitRateSchedule, TopSpeedSchedule {
  /**
   * When a frame that is to be sent is due.
   *
   * @param timestampNanos when it was captured, since 1970
   * @param length bytes that will be sent of it
   * @return 0 or more
   */
  long due(long timestampNanos, int length);

  /** Takes note of a frame that was read and will not be sent. */
  void skip(long timestampNanos);

  /** The next frame is the first of a file. */
  void beginFile();

  /** The next frame is the first of all files again. */
  void beginLoop();

  /** Whether frames have deadlines at all, so that being late means anything. */
  boolean hasDeadlines();
}
