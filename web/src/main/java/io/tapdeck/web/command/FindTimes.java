package io.tapdeck.web.command;

import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.replay.input.TimePoint;
import io.tapdeck.replay.input.TimeSpan;
import java.time.Instant;

/** Times of a search: by the clock, or before now. */
final class FindTimes {
  private FindTimes() {}

  /**
   * Reads a time.
   *
   * @param text RFC 3339, seconds since 1970, {@code now}, or {@code -2h}
   * @return nanoseconds since 1970
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  static long parse(String text, Instant now) {
    if (text.equals("now")) {
      return UtcTime.toNanos(now);
    }
    if (text.startsWith("-")) {
      return UtcTime.toNanos(now) - TimeSpan.parse(text.substring(1)).toNanos();
    }
    if (text.startsWith("+")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time: write 2026-11-23T02:10:00Z, seconds since 1970, or -2h");
    }
    return switch (TimePoint.parse(text)) {
      case TimePoint.At(long nanos) -> nanos;
      case TimePoint.Since _ -> throw new IllegalArgumentException(text);
    };
  }
}
