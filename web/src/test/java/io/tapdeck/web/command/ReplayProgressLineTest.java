package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.ReplayProgress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayProgressLineTest {
  private static final ReplayProgress NOTHING_YET = after(Duration.ZERO, 0);

  @Test
  void theFirstRateIsPerSecondThoughTheFirstReadingIsLater() {
    assertThat(ReplayProgressLine.line(NOTHING_YET, after(Duration.ofSeconds(2), 2_000)))
        .isEqualTo("2 s: 2000 sent, 3 skipped, 4 failed; 1000 packets/s, 1.0 Mbit/s");
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

  private static ReplayProgress after(Duration elapsed, long sent) {
    return new ReplayProgress(sent + 7, sent, 125 * sent, 3, 4, elapsed, Duration.ZERO);
  }
}
