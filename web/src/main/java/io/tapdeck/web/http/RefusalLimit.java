package io.tapdeck.web.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps somebody who is refused again and again from filling the record of what was done: after so
 * many refusals in a minute they have to wait, which is not put on record. What it remembers is
 * bounded.
 */
final class RefusalLimit {
  static final int MOST = 600;

  private static final long WINDOW = Duration.ofMinutes(1).toNanos();
  private static final int MOST_USERS = 1024;

  private final Map<String, Window> users = new LinkedHashMap<>();

  private record Window(long begin, int refusals) {
    long left(long now) {
      return begin + WINDOW - now;
    }
  }

  /**
   * @throws Problem 429 if it is too early
   */
  synchronized void check(String user) {
    Window window = users.get(user);
    long now = System.nanoTime();
    if (window != null && window.refusals() >= MOST && window.left(now) > 0) {
      throw Problem.tooManyRequests(
          "too many of your requests were refused: wait a little",
          Duration.ofNanos(window.left(now)));
    }
  }

  /** One more was refused. */
  synchronized void refused(String user) {
    long now = System.nanoTime();
    Window before = users.remove(user);
    users.put(
        user,
        before != null && before.left(now) > 0
            ? new Window(before.begin(), before.refusals() + 1)
            : new Window(now, 1));
    if (users.size() > MOST_USERS) {
      users.remove(users.keySet().iterator().next());
    }
  }
}
