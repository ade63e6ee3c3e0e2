package io.tapdeck.replay.pace;

/**
 * When each frame is due at one pace, in nanoseconds from where the schedule begins. Called once
 * for each frame that is to be sent, in order; what it answers never decreases.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
sealed interface Schedule
    permits OriginalSchedule, PacketRateSchedule, BitRateSchedule, TopSpeedSchedule {
  /** The largest answer: 146 years. What is added to it to make a deadline does not overflow. */
  long LATEST = Ratio.LARGEST;

  /** A new schedule for a pace, at its beginning. */
  static Schedule of(Pace pace) {
    return switch (pace) {
      case Pace.Original original -> new OriginalSchedule(original.millionths());
      case Pace.PacketsPerSecond packets -> new PacketRateSchedule(packets.rate());
      case Pace.BitRate bits -> new BitRateSchedule(bits.kilobits());
      case Pace.TopSpeed _ -> new TopSpeedSchedule();
    };
  }

  /**
   * When a frame is due.
   *
   * @param captured its place in captured time, in nanoseconds; see {@link Timeline}
   * @param length bytes that will be sent of it
   * @return 0 to {@link #LATEST}
   */
  long due(long captured, int length);

  /** Begins here: a frame with this place in captured time is due at 0. */
  void begin(long captured);

  /** Begins with a frame already sent, which had this place and length, and was due at 0. */
  void follow(long captured, int length);

  /** Whether frames keep the gaps that they were captured with, in proportion. */
  boolean keepsGaps();

  /** Whether frames have deadlines at all, so that being late means anything. */
  boolean hasDeadlines();
}
