package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
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
    Schedule schedule = Schedule.of(new Pace.Original(millionths));
    assertThat(schedule.due(0, 60)).isZero();
    assertThat(schedule.due(elapsed, 60)).isEqualTo(exact(elapsed, 1_000_000, millionths));
  }

  @Property
  void aRateIsKeptOverTheBorderOfEverySecond(
      @ForAll @LongRange(max = TEN_BILLION * 100) long frame,
      @ForAll @LongRange(min = 1, max = 1_000) long rate) {
    PacketRateSchedule schedule = new PacketRateSchedule(rate, frame);
    for (long next = frame; next < frame + 3 * rate; next++) {
      assertThat(schedule.due(0, 60)).isEqualTo(exact(next, 1_000_000_000, rate));
    }
  }

  @Property
  void bitsAreCountedOverTheBorderOfEverySecond(
      @ForAll @LongRange(max = TEN_BILLION * 12_000) long bits,
      @ForAll @LongRange(min = 1, max = 100) long kilobits,
      @ForAll @Size(max = 50) List<@IntRange(min = 14, max = 262_144) Integer> lengths) {
    BitRateSchedule schedule = new BitRateSchedule(kilobits, bits);
    long before = bits;
    for (int length : lengths) {
      assertThat(schedule.due(0, length)).isEqualTo(exact(before, 1_000_000, kilobits));
      before += 8L * length;
    }
  }

  @Test
  void tenBillionFramesAtAThirdOfAMillionASecondEndToTheNanosecond() {
    PacketRateSchedule schedule = new PacketRateSchedule(333_333, TEN_BILLION);
    assertThat(schedule.due(0, 60)).isEqualTo(30_000_030_000_030L);
    assertThat(schedule.due(0, 60)).isEqualTo(30_000_030_003_030L);
  }

  @Test
  void tenBillionFramesAtTheFastestAndTheSlowestRateEndToTheNanosecond() {
    PacketRateSchedule fastest =
        new PacketRateSchedule(Pace.PacketsPerSecond.FASTEST, TEN_BILLION + 1);
    assertThat(fastest.due(0, 60)).isEqualTo(10_000_000_001L);
    // 317 years of one frame a second are beyond what a deadline can be.
    PacketRateSchedule slowest = new PacketRateSchedule(1, TEN_BILLION);
    assertThat(slowest.due(0, 60)).isEqualTo(Schedule.LATEST);
    assertThat(slowest.due(0, 60)).isEqualTo(Schedule.LATEST);
    assertThat(new PacketRateSchedule(1, 4_000_000_000L).due(0, 60))
        .isEqualTo(4_000_000_000_000_000_000L);
  }

  @Test
  void topSpeedHasNoDeadlines() {
    Schedule schedule = Schedule.of(new Pace.TopSpeed());
    assertThat(schedule.due(5, 60)).isZero();
    assertThat(schedule.due(5_000_000_000L, 60)).isZero();
    assertThat(schedule.hasDeadlines()).isFalse();
  }

  @Test
  void aPaceIsScaledToItsBoundsAndNeverStandsStill() {
    assertThat(new Pace.Original(1_000_000).scaled(5, 4)).isEqualTo(new Pace.Original(1_250_000));
    assertThat(new Pace.Original(1_250_000).scaled(4, 5)).isEqualTo(new Pace.Original(1_000_000));
    assertThat(new Pace.PacketsPerSecond(1).scaled(5, 4)).isEqualTo(new Pace.PacketsPerSecond(2));
    assertThat(new Pace.PacketsPerSecond(2).scaled(4, 5)).isEqualTo(new Pace.PacketsPerSecond(1));
    assertThat(new Pace.PacketsPerSecond(1).scaled(4, 5)).isEqualTo(new Pace.PacketsPerSecond(1));
    assertThat(new Pace.BitRate(Pace.BitRate.FASTEST).scaled(5, 4))
        .isEqualTo(new Pace.BitRate(Pace.BitRate.FASTEST));
    assertThat(new Pace.TopSpeed().scaled(4, 5)).isEqualTo(new Pace.TopSpeed());
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
