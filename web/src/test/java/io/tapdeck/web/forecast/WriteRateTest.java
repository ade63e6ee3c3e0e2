package io.tapdeck.web.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteRateTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /** So many packets of 84 bytes, which are 100 in a file, have been written by then. */
  private static Sample sample(int second, long packets) {
    return new Sample(
        START.plusSeconds(second), new Figures(packets, packets, 0, packets * 84, 0, 0, 0));
  }

  private static List<Sample> steady(int seconds, int packetsPerSecond) {
    return IntStream.rangeClosed(0, seconds)
        .mapToObj(second -> sample(second, (long) second * packetsPerSecond))
        .toList();
  }

  @Test
  void itIsOfWholeFiles() {
    assertThat(WriteRate.of(steady(20, 50), START.plusSeconds(20))).hasValue(5000);
  }

  @Test
  void whatWasObservedForLessThanTenSecondsSaysNothing() {
    assertThat(WriteRate.of(List.of(), START)).isEmpty();
    assertThat(WriteRate.of(steady(9, 50), START.plusSeconds(9))).isEmpty();
    assertThat(WriteRate.of(steady(10, 50), START.plusSeconds(10))).isPresent();
  }

  @Test
  void onlyTheLastMinutesCount() {
    List<Sample> samples =
        List.of(sample(0, 1_000_000), sample(100, 2_000_000), sample(400, 2_000_300));
    assertThat(WriteRate.of(samples, START.plusSeconds(400))).hasValue(100);
  }

  @Test
  void aLinkThatHasBecomeQuietSlowsDownToNothing() {
    List<Sample> samples = steady(60, 10);
    assertThat(WriteRate.of(samples, START.plusSeconds(120))).hasValue(500);
    assertThat(
            WriteRate.of(
                samples, START.plusSeconds(60).plus(WriteRate.WINDOW).plus(Duration.ofSeconds(1))))
        .hasValue(0);
  }
}
