package io.tapdeck.web.forecast;

import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/** How fast a recording's files grow, over the last minutes. */
public final class WriteRate {
  /** Over so long at most. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** What was observed for less says nothing. */
  static final Duration SHORTEST = Duration.ofSeconds(10);

  /** Before each packet in a file. */
  private static final int RECORD_HEADER = 16;

  private static final double NANOS_PER_SECOND = 1e9;

  private WriteRate() {}

  /**
   * Bytes of files a second. A link that has been quiet has no readings, and counts as such.
   *
   * @param samples in order of time
   * @return empty if it was not observed for long enough
   */
  public static OptionalDouble of(List<Sample> samples, Instant now) {
    if (samples.isEmpty()) {
      return OptionalDouble.empty();
    }
    Instant begin = now.minus(WINDOW);
    Sample from = samples.getFirst();
    for (Sample sample : samples) {
      if (!sample.at().isAfter(begin)) {
        from = sample;
      }
    }
    Instant since = from.at().isBefore(begin) ? begin : from.at();
    Duration observed = Duration.between(since, now);
    if (observed.compareTo(SHORTEST) < 0) {
      return OptionalDouble.empty();
    }
    long bytes = fileBytes(samples.getLast().figures()) - fileBytes(from.figures());
    return OptionalDouble.of(Math.max(0, bytes) * NANOS_PER_SECOND / observed.toNanos());
  }

  private static long fileBytes(Figures figures) {
    return figures.writtenBytes() + RECORD_HEADER * figures.written();
  }
}
