package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000;

  private final Timeline timeline = new Timeline();

  @Test
  void betweenSegmentsOfOneRecordingIsTheTrueGap() {
    place(0);
    place(10);
    timeline.beginFile();
    assertThat(place(5 * SECOND)).isEqualTo(5 * SECOND);
    assertThat(place(5 * SECOND + 3)).isEqualTo(5 * SECOND + 3);
  }

  @Test
  void aFileThatBeginsBeforeTheOneBeforeEndedFollowsItAtOnceWithItsOwnGaps() {
    place(0);
    place(10 * SECOND);
    timeline.beginFile();
    assertThat(place(4 * SECOND)).isEqualTo(10 * SECOND);
    assertThat(place(5 * SECOND)).isEqualTo(11 * SECOND);
  }

  @Test
  void framesOutOfOrderAreDueAtOnceAndShiftNothing() {
    place(0);
    place(1_000);
    assertThat(place(400)).isEqualTo(1_000);
    assertThat(place(2_000)).isEqualTo(2_000);
  }

  @Test
  void whereTheClockWasSetBackTheGapsGoOn() {
    place(0);
    place(3_600 * SECOND);
    assertThat(place(0)).isEqualTo(3_600 * SECOND);
    assertThat(place(SECOND)).isEqualTo(3_601 * SECOND);
  }

  @Test
  void theMeanGapIsThatOfAllFramesSoFar() {
    assertThat(timeline.meanGap()).isZero();
    place(7);
    assertThat(timeline.meanGap()).isZero();
    place(107);
    place(407);
    assertThat(timeline.meanGap()).isEqualTo(200);
    timeline.reset();
    assertThat(timeline.meanGap()).isZero();
    assertThat(place(50)).isZero();
  }

  private long place(long sinceStart) {
    return timeline.place(START + sinceStart);
  }
}
