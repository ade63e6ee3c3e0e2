package io.tapdeck.web.http;

/** Remembers who did what. */
@FunctionalInterface
public interface ActionLog {
  /**
   * Puts an action on record.
   *
   * @throws RuntimeException if it cannot be
   */
  void remember(Action action);
}
