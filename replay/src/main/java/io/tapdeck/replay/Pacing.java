package io.tapdeck.replay;

import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.Timetable;
import java.time.Duration;
import java.util.Optional;

/**
 * When to play what.
 *
 * @param pace how fast, at the beginning
 * @param longestGap what longer gaps between frames are shortened to where they are played as
 *     captured; as they are played, so after the speed
 * @param passes how often all of it is played, 1 to {@value #MOST_PASSES}; 0 for ever
 * @param passDelay the time from the last frame of a pass to the first of the next; empty for the
 *     mean gap between frames, or what the rate says
 * @param stepping whether it begins paused
 */
public record Pacing(
    Pace pace,
    Optional<Duration> longestGap,
    long passes,
    Optional<Duration> passDelay,
    boolean stepping) {
  public static final long MOST_PASSES = 1_000_000_000;

  /** As captured, once. */
  public static final Pacing ORIGINAL = of(new Pace.Original(Pace.Original.UNCHANGED), 1);

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public Pacing {
    if (passes < 0 || passes > MOST_PASSES) {
      throw new IllegalArgumentException(
          "it is played 1 to %d times, or 0 for ever, not %d".formatted(MOST_PASSES, passes));
    }
    var _ = new Timetable(pace, longestGap, passDelay);
  }

  /** At a pace, so often. */
  public static Pacing of(Pace pace, long passes) {
    return new Pacing(pace, Optional.empty(), passes, Optional.empty(), false);
  }

  Timetable timetable() {
    return new Timetable(pace, longestGap, passDelay);
  }
}
