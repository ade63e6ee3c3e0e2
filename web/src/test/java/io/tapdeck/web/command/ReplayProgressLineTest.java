package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.ReplayProgress;
import io.tapdeck.replay.ReplaySummary.TimingErrorSummary;
import io.tapdeck.replay.pace.Pace;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReplayProgressLineTest {
  private static final ReplayProgress NOTHING_YET = after(Duration.ZERO, 0);

  @Test
  void theFirstRateIsPerSecondThoughTheFirstReadingIsLater() {
    assertThat(ReplayProgressLine.line(NOTHING_YET, after(Duration.ofSeconds(2), 2_000)))
        .isEqualTo(
            "2 s: 2000 sent, 3 skipped, 4 failed; 1000 packets/s, 1.0 Mbit/s at 1x; 25 %, about 6 s"
                + " left");
  }

  @Test
  void aLateReadingDoesNotMakeTheRateHigher() {
    assertThat(
            ReplayProgressLine.line(
                after(Duration.ofSeconds(2), 2_000), after(Duration.ofMillis(4_500), 4_500)))
        .contains("; 1000 packets/s, 1.0 Mbit/s");
  }

  @Test
  void beforeTheFirstFrameIsDueThereIsNoRate() {
    assertThat(ReplayProgressLine.line(NOTHING_YET, NOTHING_YET))
        .contains("; 0 packets/s, 0.0 Mbit/s");
  }

  @Test
  void aPausedOneHasNoRateAndALoopHasItsPass() {
    ReplayProgress paused =
        new ReplayProgress(
            9,
            2,
            250,
            3,
            4,
            0,
            true,
            Duration.ofSeconds(2),
            Duration.ZERO,
            true,
            new Pace.PacketsPerSecond(7),
            2,
            0,
            OptionalDouble.empty(),
            Optional.empty(),
            Map.of(),
            Map.of(),
            TimingErrorSummary.NONE);
    assertThat(ReplayProgressLine.line(NOTHING_YET, paused))
        .isEqualTo("2 s: 2 sent, 3 skipped, 4 failed; paused at 7 pps; pass 3");
  }

  @Test
  void pacesAreSaidAsTheirOptionsSayThem() {
    assertThat(ReplayProgressLine.pace(new Pace.Original(1_250_000))).isEqualTo("1.25x");
    assertThat(ReplayProgressLine.pace(new Pace.Original(100_000_000))).isEqualTo("100x");
    assertThat(ReplayProgressLine.pace(new Pace.BitRate(9_500))).isEqualTo("9.5 Mbit/s");
    assertThat(ReplayProgressLine.pace(new Pace.TopSpeed())).isEqualTo("top speed");
  }

  private static ReplayProgress after(Duration elapsed, long sent) {
    return new ReplayProgress(
        sent + 7,
        sent,
        125 * sent,
        3,
        4,
        0,
        true,
        elapsed,
        Duration.ZERO,
        false,
        new Pace.Original(Pace.Original.UNCHANGED),
        0,
        1,
        OptionalDouble.of(0.25),
        Optional.of(Duration.ofSeconds(6)),
        Map.of(),
        Map.of(),
        TimingErrorSummary.NONE);
  }
}
