package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Bounds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a schedule until now.
 *
 * @param recording the one that it starts, and starts again; it need not be there
 * @param handled windows that begin before are seen to
 * @param runningTo when the recording that it started is to be stopped; null if none is
 * @param outcomes of its last windows, in order
 */
public record ScheduleCourse(
    UUID recording, Instant handled, @Nullable Instant runningTo, List<Outcome> outcomes) {
  private static final int MOST_OUTCOMES = 30;

  public ScheduleCourse {
    Bounds.given("recording", recording);
    Bounds.given("handled", handled);
    outcomes = List.copyOf(Bounds.given("outcomes", outcomes));
  }

  /** Before its first window. */
  static ScheduleCourse from(Instant begin) {
    return new ScheduleCourse(UUID.randomUUID(), begin, null, List.of());
  }

  ScheduleCourse with(UUID other) {
    return new ScheduleCourse(other, handled, runningTo, outcomes);
  }

  /** Sees to windows from then on. */
  ScheduleCourse seeingToFrom(Instant begin) {
    return new ScheduleCourse(recording, begin, runningTo, outcomes);
  }

  /** Its recording is to be stopped then. */
  ScheduleCourse stoppingAt(Instant end) {
    return new ScheduleCourse(recording, handled, end, outcomes);
  }

  /** Nothing of it is running. */
  ScheduleCourse stoppingNothing() {
    return new ScheduleCourse(recording, handled, null, outcomes);
  }

  /** It has started what it should. */
  ScheduleCourse started(Window window, Instant now) {
    ScheduleCourse ended = runningTo == null ? this : stopped("", now);
    return new ScheduleCourse(
        recording,
        window.from().plusNanos(1),
        window.to(),
        ended.outcome(window, Outcome.State.RUNNING, "", now));
  }

  /** It could not start it; the window is still to be seen to. */
  ScheduleCourse failed(Window window, String why, Instant now) {
    return new ScheduleCourse(
        recording, handled, runningTo, outcome(window, Outcome.State.FAILED, why, now));
  }

  /** A window is over in which nothing was started. */
  ScheduleCourse passed(Window window, Instant now) {
    boolean wasTried = outcomes.stream().anyMatch(one -> one.from().equals(window.from()));
    return new ScheduleCourse(
        recording,
        window.from().plusNanos(1),
        runningTo,
        wasTried
            ? outcomes
            : outcome(window, Outcome.State.MISSED, "the appliance was not running", now));
  }

  /** Its recording has been stopped, or need not be. */
  ScheduleCourse stopped(String why, Instant now) {
    List<Outcome> all = new ArrayList<>(outcomes);
    all.replaceAll(one ->
        one.state() == Outcome.State.RUNNING
            ? new Outcome(one.from(), one.to(), Outcome.State.DONE, why, now)
            : one);
    return new ScheduleCourse(recording, handled, null, all);
  }

  /** With what became of a window now, in the place of what had before. */
  private List<Outcome> outcome(Window window, Outcome.State state, String why, Instant now) {
    List<Outcome> all = new ArrayList<>(outcomes);
    all.removeIf(one -> one.from().equals(window.from()));
    all.add(new Outcome(window.from(), window.to(), state, why, now));
    return all.subList(Math.max(0, all.size() - MOST_OUTCOMES), all.size());
  }
}
