package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far frames were handed over from the time that they were due, in microseconds.
 *
 * @param p50 half of them within this
 * @param p99 99 of 100 within this
 * @param max all within this
 * @param histogram how many there were of what size
 */
public record ReplayTiming(double p50, double p99, double max, List<Bucket> histogram) {
  /** One for each power of two of 63 bits, and no more. */
  private static final int MOST = 64;

  /**
   * Errors of a size.
   *
   * @param belowMicros and no less than the same of the one before
   */
  public record Bucket(double belowMicros, long count) {}

  public ReplayTiming {
    histogram = List.copyOf(Bounds.given("histogram", histogram));
  }

  /** What a player says; null if nothing had a deadline. */
  static @Nullable ReplayTiming of(JsonNode said) {
    JsonNode micros = said.path("timingErrorMicros");
    if (!micros.path("max").isNumber()) {
      return null;
    }
    List<Bucket> histogram = new ArrayList<>();
    for (JsonNode bucket : said.path("timingErrorHistogram")) {
      if (histogram.size() < MOST) {
        histogram.add(
            new Bucket(bucket.path("belowMicros").asDouble(), bucket.path("count").asLong()));
      }
    }
    return new ReplayTiming(
        micros.path("p50").asDouble(),
        micros.path("p99").asDouble(),
        micros.path("max").asDouble(),
        histogram);
  }
}
