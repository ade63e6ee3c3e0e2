package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.TimeSpan;
import io.tapdeck.replay.input.TimePoint;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;

/** The part of time that a query asks for with {@code from} and {@code to}; each may be missing. */
final class AskedSpan {
  private AskedSpan() {}

  /**
   * Reads it.
   *
   * @throws Problem 400 if one is no time by the clock, or nothing is between them
   */
  static TimeSpan of(Call call) {
    long from = call.query("from").map(text -> nanos("from", text)).orElse(TimeSpan.ALWAYS.from());
    long to = call.query("to").map(text -> nanos("to", text)).orElse(TimeSpan.ALWAYS.to());
    return Refusals.within(() -> new TimeSpan(from, to));
  }

  private static long nanos(String name, String text) {
    TimePoint point = Refusals.within(() -> TimePoint.parse(text));
    return switch (point) {
      case TimePoint.At(long nanos) -> nanos;
      case TimePoint.Since _ ->
          throw Problem.badRequest(name + " is a time by the clock, such as 2026-11-23T02:10:00Z");
    };
  }
}
