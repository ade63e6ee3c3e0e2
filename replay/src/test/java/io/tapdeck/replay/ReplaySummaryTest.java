package io.tapdeck.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.ReplaySummary.TimingErrorSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplaySummaryTest {
  private static final boolean STOPPED = true;
  private static final boolean PLAYED_OUT = false;

  @Test
  void aStopExcusesWhatWasNotPlayedAnyMore() {
    assertThat(summary(STOPPED, 5, 0, 0).complete()).isTrue();
    assertThat(summary(STOPPED, 0, 0, 0).complete()).isTrue();
  }

  @Test
  void aStopDoesNotExcuseWhatWentWrongBefore() {
    assertThat(summary(STOPPED, 5, 1, 0).complete()).isFalse();
    assertThat(summary(STOPPED, 5, 0, 1).complete()).isFalse();
    assertThat(summary(STOPPED, 5, 0, 0, "eth0 lost its carrier").complete()).isFalse();
  }

  @Test
  void nothingSentIsNotDoneWithoutAStop() {
    assertThat(summary(PLAYED_OUT, 0, 0, 0).complete()).isFalse();
    assertThat(summary(PLAYED_OUT, 1, 0, 0).complete()).isTrue();
  }

  @Test
  void skippedAndFailedFramesAndTroublesAreNotDone() {
    assertThat(summary(PLAYED_OUT, 5, 1, 0).complete()).isFalse();
    assertThat(summary(PLAYED_OUT, 5, 0, 1).complete()).isFalse();
    assertThat(summary(PLAYED_OUT, 5, 0, 0, "a.pcap is damaged").complete()).isFalse();
  }

  private static ReplaySummary summary(
      boolean stopped, long sent, long skipped, long failed, String... troubles) {
    return new ReplaySummary(
        "eth0",
        Map.of(),
        stopped,
        1,
        sent + skipped + failed,
        sent,
        60 * sent,
        0,
        0,
        skipped,
        Map.of(),
        failed,
        Map.of(),
        0,
        1_000,
        0,
        new TimingErrorSummary(0, 0, 0, 0, List.of()),
        Optional.empty(),
        List.of(),
        List.of(troubles));
  }
}
