package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WakeMarginTest {
  private final WakeMargin margin = new WakeMargin();

  /** Waits that all end so late; how many of them did not end in time for their deadline. */
  private int missed(int waits, long late) {
    int missed = 0;
    for (int i = 0; i < waits; i++) {
      margin.beginWait();
      missed += late > margin.nanos() ? 1 : 0;
      margin.woke(late);
    }
    return missed;
  }

  @Test
  void beginsLong() {
    assertThat(missed(1, 1_900_000)).isZero();
  }

  @Test
  void fallsToWhatIsNeeded() {
    missed(10_000, 60_000);
    assertThat(margin.nanos()).isEqualTo(WakeMargin.SHORTEST);
    missed(10_000, 400_000);
    assertThat(margin.nanos()).isBetween(400_000L, 600_000L);
  }

  @Test
  void expectsWhatIsMetNowAndThen() {
    missed(10_000, 60_000);
    // The first comes unexpected.
    assertThat(missed(1, 700_000)).isEqualTo(1);
    int others = 0;
    for (int i = 0; i < 20; i++) {
      missed(199, 60_000);
      others += missed(1, 700_000);
    }
    assertThat(others).isZero();
  }

  @Test
  void whatWasStoppedForLongIsNotSpunFor() {
    missed(1, 30_000_000);
    assertThat(margin.nanos()).isEqualTo(WakeMargin.LONGEST);
  }

  @Test
  void whatWakesEarlyTeachesNothing() {
    missed(1, -1_000_000);
    assertThat(margin.nanos()).isBetween(1_900_000L, WakeMargin.LONGEST);
  }
}
