package io.tapdeck.replay.input;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which frames of the input are played. A frame must pass the filter and be in the range of time;
 * of those that are, the first are skipped, and the next are played until there are enough. Every
 * pass over the input selects the same.
 *
 * @param filter a pcap-filter(7) expression; empty for every frame
 * @param from the earliest time
 * @param to the time from which on frames are too late: one of exactly this time is not played
 * @param skip how many are passed over
 * @param limit how many are played at most, 1 or more
 * @param duration for how long by the capture's time, from the first that is played on; one of
 *     exactly that much later is not played
 */
public record Selection(
    String filter,
    Optional<TimePoint> from,
    Optional<TimePoint> to,
    long skip,
    OptionalLong limit,
    Optional<Duration> duration) {
  /** Every frame. */
  public static final Selection ALL =
      new Selection(
          "", Optional.empty(), Optional.empty(), 0, OptionalLong.empty(), Optional.empty());

  /**
   * Refuses what selects nothing for certain.
   *
   * @throws IllegalArgumentException with what is wrong, and the option's name
   */
  public Selection {
    filter = filter.strip();
    if (skip < 0) {
      throw new IllegalArgumentException("--skip takes 0 or more frames, not " + skip);
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "--limit takes 1 or more frames, not " + limit.getAsLong());
    }
    if (duration.isPresent() && !duration.get().isPositive()) {
      throw new IllegalArgumentException("--duration takes a time longer than none");
    }
    if (from.isPresent() && to.isPresent() && isNothingBetween(from.get(), to.get())) {
      throw new IllegalArgumentException(
          "--to %s is not after --from %s: nothing is between".formatted(to.get(), from.get()));
    }
  }

  private static boolean isNothingBetween(TimePoint from, TimePoint to) {
    return switch (from) {
      case TimePoint.At(long first) -> to instanceof TimePoint.At(long last) && last <= first;
      case TimePoint.Since(long first) -> to instanceof TimePoint.Since(long last) && last <= first;
    };
  }

  /** Whether it leaves nothing out. */
  public boolean isAll() {
    return equals(ALL);
  }
}
