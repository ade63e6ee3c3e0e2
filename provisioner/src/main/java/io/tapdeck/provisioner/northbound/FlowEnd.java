package io.tapdeck.provisioner.northbound;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** When a tap flow is to end, as it is asked for. */
public sealed interface FlowEnd {
  /** The farthest end, from now. */
  Duration FARTHEST = Duration.ofDays(365 * 1000L);

  /** At that moment. */
  record At(Instant moment) implements FlowEnd {}

  /** So long after it is asked for. */
  record After(Duration time) implements FlowEnd {}

  /** Never. */
  record Never() implements FlowEnd {}

  /**
   * Reads a moment with its offset from UTC, {@code 2026-07-01T12:00:00Z} or {@code
   * 2026-07-01T14:00:00+02:00}.
   *
   * @throws Refusal if it is none
   */
  static FlowEnd at(String text) {
    try {
      return new At(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException malformed) {
      throw new Refusal(
              "'"
                  + text
                  + "' is no end: write date, time and offset, like 2026-07-01T12:00:00Z or"
                  + " 2026-07-01T14:00:00+02:00",
              malformed)
          .about("until");
    }
  }

  /**
   * The end of what is asked for now.
   *
   * @throws Refusal if that is not to come
   */
  default Optional<Instant> from(Instant now) {
    return switch (this) {
      case Never ignored -> Optional.empty();
      case At(Instant moment) -> {
        if (!moment.isAfter(now)) {
          throw new Refusal("the end, " + moment + ", is past: give one that is to come")
              .about("until");
        }
        yield Optional.of(bounded(Duration.between(now, moment), now, "until"));
      }
      case After(Duration time) -> {
        if (!time.isPositive()) {
          throw new Refusal("it would end at once: give a length of time above 0").about("for");
        }
        yield Optional.of(bounded(time, now, "for"));
      }
    };
  }

  private static Instant bounded(Duration time, Instant now, String option) {
    if (time.compareTo(FARTHEST) > 0) {
      throw new Refusal("the end is more than 1000 years away: give an earlier one, or none")
          .about(option);
    }
    return now.plus(time);
  }
}
