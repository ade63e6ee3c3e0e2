package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LagTest {
  private final Lag lag = new Lag();

  @Test
  void aFrameAfterOneThatWasInTimeIsNotHeldBack() {
    assertThat(lag.after(1_000_000)).isZero();
    lag.sent(0);
    assertThat(lag.after(1_000_000)).isZero();
  }

  @Test
  void longGapsAreShortenedByHalfAMicrosecond() {
    lag.sent(16_000);
    assertThat(lag.after(1_000_000)).isEqualTo(15_500);
    lag.sent(499);
    assertThat(lag.after(1_000_000)).isZero();
  }

  @Test
  void shortGapsAreShortenedByAnEighth() {
    lag.sent(16_000);
    assertThat(lag.after(2_000)).isEqualTo(15_750);
  }

  @Test
  void longDelaysAreMadeGoodAtOnceButForATenthOfAMillisecond() {
    lag.sent(4_000_000);
    assertThat(lag.after(1_000_000)).isEqualTo(100_000);
  }

  @Test
  void whereGapsAreShortNoFrameIsHeldBackByMoreThanSixteen() {
    lag.sent(4_000_000);
    assertThat(lag.after(5_000)).isEqualTo(80_000);
  }

  @Test
  void aFrameThatIsDueWithTheOneBeforeGoesOutWithIt() {
    lag.sent(16_000);
    assertThat(lag.after(0)).isZero();
  }

  @Test
  void whatIsForgottenHoldsNothingBack() {
    lag.sent(16_000);
    lag.forget();
    assertThat(lag.after(1_000_000)).isZero();
  }

  @Property
  void noFrameIsSentEarlyNorALittleDelayMadeGoodInABurst(
      @ForAll @LongRange(max = Long.MAX_VALUE / 2) long late,
      @ForAll @LongRange(max = Long.MAX_VALUE / 2) long gap) {
    lag.sent(late);
    long held = lag.after(gap);
    assertThat(held).isBetween(0L, Math.min(late, Lag.LONGEST));
    if (late <= Math.min(gap, Lag.LONGEST)) {
      assertThat(late - held).isLessThanOrEqualTo(Math.min(gap / 8, Lag.LARGEST_STEP));
    }
  }

  @Property
  void itEndsWhereGapsAreNotAllTooShort(
      @ForAll @LongRange(max = 100_000_000) long late,
      @ForAll @LongRange(min = 4_000, max = 10_000_000_000L) long gap) {
    long present = late;
    int frames = 0;
    while (present > 0) {
      lag.sent(present);
      // When it is due itself, the one before may only just have been sent.
      present = Math.max(lag.after(gap), present - gap);
      frames++;
      assertThat(frames).isLessThanOrEqualTo((int) (late / gap) + 202);
    }
  }
}
