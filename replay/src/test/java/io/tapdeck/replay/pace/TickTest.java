package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TickTest {
  private long now;

  @Test
  void theTickIsWhereMostInterruptionsAre() {
    long[] places = {10, 500_000, 700_300, 20_000, 700_100, 700_900, 300_000, 700_200};
    assertThat(Tick.place(places)).isEqualTo(700_100);
  }

  @Test
  void theTickMayBeWhereOneIntervalEndsAndTheNextBegins() {
    assertThat(Tick.place(new long[] {999_000, 500, 999_500, 300})).isEqualTo(999_000);
  }

  @Test
  void whereNoPlaceStandsOutThereIsNone() {
    assertThat(Tick.place(new long[] {10, 20, 30, 400_000, 800_000})).isNegative();
    assertThat(Tick.place(new long[0])).isNegative();
  }

  @Test
  void aTickEveryFourMillisecondsIsSeenAndKeptClearOf() {
    now = 123_456_789;
    long start = Tick.clear(now + 200_000, 100_000, this::interrupted);
    // The tick is at 250 us of each fourth millisecond, and noticed up to 0.1 us before.
    assertThat(Math.floorMod(start - 299_900, 100_000L)).isBetween(0L, 100L);
    assertThat(start - now).isBetween(200_000L, 301_000L);
  }

  @Test
  void whereGapsDifferOrAreShortNobodyWaits() {
    now = 5;
    assertThat(Tick.clear(7, 0, this::interrupted)).isEqualTo(7);
    assertThat(Tick.clear(7, 10_000, this::interrupted)).isEqualTo(7);
    assertThat(Tick.clear(7, 333_333, this::interrupted)).isEqualTo(7);
    assertThat(now).isEqualTo(5);
  }

  /** A clock that is read every 100 ns, but for ticks, which take 8 us. */
  private long interrupted() {
    now += 100;
    if (Math.floorMod(now - 250_000, 4_000_000) < 100) {
      now += 8_000;
    }
    return now;
  }

  @Property
  void noFrameIsNearTheTick(
      @ForAll @LongRange(max = Long.MAX_VALUE / 4) long earliest,
      @ForAll @LongRange(min = 1, max = 2_000) long fiftyMicros,
      @ForAll @LongRange(max = Tick.INTERVAL - 1) long place,
      @ForAll @LongRange(max = 1_000_000) long frames) {
    long gap = fiftyMicros * 50_000;
    long start = Tick.clear(earliest, gap, place);
    assertThat(start).isBetween(earliest, earliest + Tick.INTERVAL);
    long after = Math.floorMod(start + frames * gap - place, Tick.INTERVAL);
    assertThat(after).isBetween(Tick.ROOM / 2, Tick.INTERVAL - Tick.ROOM / 2);
  }
}
