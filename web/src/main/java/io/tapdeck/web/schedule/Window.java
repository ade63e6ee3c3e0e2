package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Bounds;
import java.time.Instant;

/**
 * A time in which something is recorded.
 *
 * @param from its first instant
 * @param to the first one after it
 */
public record Window(Instant from, Instant to) {
  /**
   * @throws IllegalArgumentException if it does not last; the message is for people
   */
  public Window {
    if (!Bounds.given("from", from).isBefore(Bounds.given("to", to))) {
      throw new IllegalArgumentException("it ends before it begins: give a later end");
    }
  }

  /** Whether an instant is in it. */
  public boolean contains(Instant instant) {
    return !instant.isBefore(from) && instant.isBefore(to);
  }
}
