package io.tapdeck.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a schedule notes of its windows. */
class ScheduleCourseTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final Window FIRST = new Window(NOON, NOON.plus(Duration.ofDays(1)));
  private static final Window SECOND = new Window(FIRST.to(), FIRST.to().plus(Duration.ofDays(1)));

  /** One window ends where the next begins, and their recording goes on. */
  @Test
  void theEndOfAWindowIsNotedBeforeTheNextIsStarted() {
    ScheduleCourse first =
        ScheduleCourse.from(NOON).stoppingAt(FIRST.to()).started(FIRST, NOON.plusSeconds(1));
    ScheduleCourse second =
        first.stoppingAt(SECOND.to()).started(SECOND, SECOND.from().plusSeconds(1));
    assertThat(second.outcomes())
        .containsExactly(
            new Outcome(
                FIRST.from(), FIRST.to(), Outcome.State.DONE, "", SECOND.from().plusSeconds(1)),
            new Outcome(
                SECOND.from(),
                SECOND.to(),
                Outcome.State.RUNNING,
                "",
                SECOND.from().plusSeconds(1)));
    assertThat(second.runningTo()).isEqualTo(SECOND.to());
    assertThat(second.recording()).isEqualTo(first.recording());
  }

  @Test
  void aWindowThatWasTriedInVainIsNotOneThatWasMissed() {
    ScheduleCourse failed = ScheduleCourse.from(NOON).failed(FIRST, "no room", NOON);
    assertThat(failed.passed(FIRST, FIRST.to()).outcomes())
        .extracting(Outcome::state)
        .containsExactly(Outcome.State.FAILED);
    assertThat(ScheduleCourse.from(NOON).passed(FIRST, FIRST.to()).outcomes())
        .extracting(Outcome::state)
        .containsExactly(Outcome.State.MISSED);
  }
}
