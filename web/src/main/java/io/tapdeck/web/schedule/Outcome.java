package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Bounds;
import java.time.Instant;

/**
 * What became of a window.
 *
 * @param detail why, for people; empty if there is nothing to say
 * @param at since when it is so
 */
public record Outcome(Instant from, Instant to, State state, String detail, Instant at) {
  private static final int LONGEST_DETAIL = 2000;

  /** How it stands. */
  public enum State {
    /** It was started, and goes on. */
    RUNNING,
    /** It was started, and stopped at the end. */
    DONE,
    /** It could not be started, until now or at all. */
    FAILED,
    /** The appliance was not running. */
    MISSED
  }

  public Outcome {
    Bounds.given("from", from);
    Bounds.given("to", to);
    Bounds.given("state", state);
    Bounds.given("at", at);
    detail = Bounds.given("detail", detail);
    detail = detail.substring(0, Math.min(LONGEST_DETAIL, detail.length()));
  }
}
