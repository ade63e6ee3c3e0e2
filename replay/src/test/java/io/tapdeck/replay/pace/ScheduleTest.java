package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final long TEN_BILLION = 10_000_000_000L;

  @Property
  void atAPacketRateEveryFrameIsDueExactlyWhereTheRateSays(
      @ForAll @LongRange(max = TEN_BILLION * 100) long frame,
      @ForAll @LongRange(min = 1, max = Pace.PacketsPerSecond.FASTEST) long rate) {
    assertThat(new PacketRateSchedule(rate, frame).due(0, 60))
        .isEqualTo(exact(frame, 1_000_000_000, rate));
  }

  @Property
  void atABitRateEveryFrameIsDueWhenTheBitsBeforeItArePast(
      @ForAll @LongRange(max = TEN_BILLION * 12_000) long bits,
      @ForAll @LongRange(min = 1, max = Pace.BitRate.FASTEST) long kilobits) {
    assertThat(new BitRateSchedule(kilobits, bits).due(0, 60))
        .isEqualTo(exact(bits, 1_000_000, kilobits));
  }

  @Property
  void atASpeedTheGapsAreDividedExactly(
      @ForAll @LongRange(max = TEN_BILLION * 100_000_000) long elapsed,
      @ForAll @LongRange(min = Pace.Original.SLOWEST, max = Pace.Original.FASTEST)
          long millionths) {
    Schedule schedule = new Pace.Original(millionths).schedule();
    schedule.due(1_700_000_000_000_000_000L, 60);
    assertThat(schedule.due(1_700_000_000_000_000_000L + elapsed, 60))
        .isEqualTo(exact(elapsed, 1_000_000, millionths));
  }

  @Test
  void tenBillionFramesAtAThirdOfAMillionASecondEndToTheNanosecond() {
    PacketRateSchedule schedule = new PacketRateSchedule(333_333, TEN_BILLION);
    assertThat(schedule.due(0, 60)).isEqualTo(30_000_030_000_030L);
    assertThat(schedule.due(0, 60)).isEqualTo(30_000_030_003_030L);
  }

  @Property
  void whateverTheTimestampsDeadlinesNeverDecreaseAndCanBeAddedToAClock(
      @ForAll List<@LongRange(max = 4_294_967_299_294_967_295L) Long> timestamps) {
    Schedule schedule = new Pace.Original(Pace.Original.SLOWEST).schedule();
    long before = 0;
    for (long timestamp : timestamps) {
      long due = schedule.due(timestamp, 60);
      assertThat(due).isBetween(before, Long.MAX_VALUE / 2);
      before = due;
    }
  }

  @Test
  void skippedFramesTakeTheirTimeButNoPlaceInARate() {
    Schedule original = new Pace.Original(Pace.Original.UNCHANGED).schedule();
    original.skip(100);
    assertThat(original.due(700, 60)).isEqualTo(600);

    Schedule rate = new Pace.PacketsPerSecond(1_000).schedule();
    rate.skip(100);
    assertThat(rate.due(700, 60)).isZero();
    rate.skip(800);
    assertThat(rate.due(900, 60)).isEqualTo(1_000_000);
  }

  @Test
  void topSpeedHasNoDeadlines() {
    Schedule schedule = new Pace.TopSpeed().schedule();
    assertThat(schedule.due(5, 60)).isZero();
    assertThat(schedule.due(5_000_000_000L, 60)).isZero();
    assertThat(schedule.hasDeadlines()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "0.0009", "1000.1", "1E+999999999", "0.1234567"})
  void aSpeedOutOfBoundsIsRefused(String speed) {
    assertThatThrownBy(() -> Pace.Original.ofSpeed(new BigDecimal(speed)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a speed ");
  }

  @Test
  void speedsAndRatesAreTakenToTheLastDecimal() {
    assertThat(Pace.Original.ofSpeed(new BigDecimal("0.333333")))
        .isEqualTo(new Pace.Original(333_333));
    assertThat(Pace.BitRate.ofMegabits(new BigDecimal("9.5"))).isEqualTo(new Pace.BitRate(9_500));
    assertThatThrownBy(() -> Pace.BitRate.ofMegabits(new BigDecimal("0.0001")))
        .hasMessage("a rate in Mbit/s is between 0.001 and 1000000, not 0.0001");
    assertThatThrownBy(() -> new Pace.PacketsPerSecond(0))
        .hasMessageContaining("between 1 and 1000000000, not 0");
  }

  private static long exact(long value, long numerator, long denominator) {
    return BigInteger.valueOf(value)
        .multiply(BigInteger.valueOf(numerator))
        .divide(BigInteger.valueOf(denominator))
        .min(BigInteger.valueOf(Long.MAX_VALUE / 2))
        .longValueExact();
  }
}
