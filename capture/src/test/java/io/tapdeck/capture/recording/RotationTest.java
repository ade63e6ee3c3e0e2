package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RotationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long SOME_MINUTE = 1_700_000_040 * SECOND;
  private static final long YEAR_2200 = 7_258_118_400L * SECOND;

  @Test
  void aSegmentEndsWithTheMinuteInWhichItBegan() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE + 59 * SECOND);
    assertThat(rotation.isDue(SOME_MINUTE + MINUTE - 1)).isFalse();
    assertThat(rotation.isDue(SOME_MINUTE + MINUTE)).isTrue();
  }

  @Test
  void aTimeStampThatStepsBackALittleStaysWithItsSegment() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(SOME_MINUTE - 1)).isFalse();
    assertThat(rotation.isDue(SOME_MINUTE - SECOND)).isFalse();
  }

  @Test
  void aClockThatWasSetBackBeginsANewSegment() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(SOME_MINUTE - 3600 * SECOND)).isTrue();
  }

  @Test
  void withoutFramesTheClockDecidesOnceTheLastOnesMustHaveCome() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    long end = SOME_MINUTE + MINUTE;
    assertThat(rotation.isOver(end)).isFalse();
    assertThat(rotation.nanosLeft(end)).isEqualTo(Rotation.SETTLE_NANOS);
    assertThat(rotation.isOver(end + Rotation.SETTLE_NANOS)).isTrue();
  }

  @Test
  void withoutAnIntervalTimeDoesNotMatter() {
    Rotation rotation = new Rotation(0);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(0)).isFalse();
    assertThat(rotation.isDue(YEAR_2200)).isFalse();
    assertThat(rotation.isOver(YEAR_2200)).isFalse();
  }

  @Property
  void aSegmentNeverHoldsTwoIntervals(
      @ForAll @LongRange(min = 1_000_000, max = 86_400 * SECOND) long interval,
      @ForAll @LongRange(min = 0, max = YEAR_2200) long first,
      @ForAll @LongRange(min = 0, max = 3 * 86_400 * SECOND) long later) {
    Rotation rotation = new Rotation(interval);
    rotation.begin(first);
    boolean sameInterval = first / interval == (first + later) / interval;
    assertThat(rotation.isDue(first + later)).isEqualTo(!sameInterval);
  }
}
