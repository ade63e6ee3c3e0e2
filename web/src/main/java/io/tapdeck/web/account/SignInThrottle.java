package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slows the guessing of passwords: for each user, after three failures, by 1 s, 2 s, 4 s and so on
 * up to a minute; and for all together to one failure in 2 s on average. An attempt counts as a
 * failure from its beginning until it succeeds, so that many at once gain nothing. What it
 * remembers is bounded.
 */
final class SignInThrottle {
  private static final int FREE_FAILURES = 3;
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration FORGET = Duration.ofMinutes(15);
  private static final int MOST_USERS = 1024;
  private static final int MOST_TOGETHER = 30;
  private static final Duration ONE_TOGETHER = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final Map<String, Failures> users = new LinkedHashMap<>();

  /** As if the failures of all stood in a queue of which one goes every 2 s: when it is empty. */
  private Instant emptyAt = Instant.MIN;

  SignInThrottle(InstantSource clock) {
    this.clock = clock;
  }

  private record Failures(int count, Instant last) {
    Instant notBefore() {
      return count < FREE_FAILURES
          ? last
          : last.plus(min(Duration.ofSeconds(1L << Math.min(count - FREE_FAILURES, 16))));
    }

    private static Duration min(Duration wait) {
      return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
  }

  /** An attempt that may be made. */
  final class Attempt {
    private final Optional<String> user;

    private Attempt(Optional<String> user) {
      this.user = user;
    }

    /** It was no failure. */
    void succeeded() {
      synchronized (SignInThrottle.this) {
        user.ifPresent(users::remove);
        emptyAt = emptyAt.minus(ONE_TOGETHER);
      }
    }
  }

  /**
   * Begins an attempt.
   *
   * @param user as which user, if it is as one
   * @throws Problem 429 if it is too early
   */
  synchronized Attempt begin(Optional<String> user) {
    Instant now = clock.instant();
    user.ifPresent(name -> awaitTurn(name, now));
    Instant empty = emptyAt.isBefore(now) ? now : emptyAt;
    Duration tooLong =
        Duration.between(now, empty).minus(ONE_TOGETHER.multipliedBy(MOST_TOGETHER - 1L));
    if (tooLong.isPositive()) {
      throw tooEarly(tooLong);
    }
    emptyAt = empty.plus(ONE_TOGETHER);
    user.ifPresent(name -> addFailure(name, now));
    return new Attempt(user);
  }

  private void awaitTurn(String user, Instant now) {
    Failures failures = users.get(user);
    if (failures != null && failures.notBefore().isAfter(now)) {
      throw tooEarly(Duration.between(now, failures.notBefore()));
    }
  }

  private static Problem tooEarly(Duration wait) {
    return Problem.tooManyRequests("too many failed attempts: wait a little", wait);
  }

  private void addFailure(String user, Instant now) {
    // Removed first: the order is that of the last failures.
    Failures before = users.remove(user);
    int count = before == null || before.last().plus(FORGET).isBefore(now) ? 0 : before.count();
    users.put(user, new Failures(count + 1, now));
    if (users.size() > MOST_USERS) {
      users.remove(users.keySet().iterator().next());
    }
  }

  /** How many users it remembers. */
  synchronized int remembered() {
    return users.size();
  }
}
