package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slows the guessing of passwords: for each user, after three failures, by 1 s, 2 s, 4 s and so on
 * up to a minute; for each address, after ten, to one failure in 10 s; and for all together, after
 * thirty, to one in 2 s. So who guesses from one address does not keep the others out. An attempt
 * counts as a failure from its beginning until it succeeds, so that many at once gain nothing. What
 * it remembers is bounded.
 */
final class SignInThrottle {
  private static final int FREE_FAILURES = 3;
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration FORGET = Duration.ofMinutes(15);
  private static final int MOST_REMEMBERED = 1024;
  private static final Pace OF_ADDRESS = new Pace(10, Duration.ofSeconds(10));
  private static final Pace TOGETHER = new Pace(30, Duration.ofSeconds(2));

  /** Who has one address of IPv6 has all that begin with as many bytes. */
  private static final int IPV6_PREFIX = 8;

  private final InstantSource clock;
  private final Map<String, Failures> users = new LinkedHashMap<>();

  /** As if failures stood in queues, of which one goes every so often: when they are empty. */
  private final Map<String, Instant> addresses = new LinkedHashMap<>();

  private Instant emptyAt = Instant.EPOCH;

  SignInThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /** A queue that holds so many failures, and of which one goes every so often. */
  private record Pace(int most, Duration one) {
    /**
     * When the queue is empty with one failure more.
     *
     * @throws Problem 429 if there is no room for it
     */
    Instant more(Instant emptyAt, Instant now) {
      Instant empty = emptyAt.isBefore(now) ? now : emptyAt;
      Duration tooLong = Duration.between(now, empty).minus(one.multipliedBy(most - 1L));
      if (tooLong.isPositive()) {
        throw tooEarly(tooLong);
      }
      return empty.plus(one);
    }
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
    private final String network;

    private Attempt(Optional<String> user, String network) {
      this.user = user;
      this.network = network;
    }

    /** It was no failure. */
    void succeeded() {
      synchronized (SignInThrottle.this) {
        user.ifPresent(users::remove);
        var _ = addresses.computeIfPresent(network, (_, at) -> at.minus(OF_ADDRESS.one()));
        emptyAt = emptyAt.minus(TOGETHER.one());
      }
    }
  }

  /**
   * Begins an attempt.
   *
   * @param user as which user, if it is as one
   * @param address where from
   * @throws Problem 429 if it is too early
   */
  synchronized Attempt begin(Optional<String> user, String address) {
    Instant now = clock.instant();
    String network = network(address);
    user.ifPresent(name -> awaitTurn(name, now));
    Instant ofAddress = OF_ADDRESS.more(addresses.getOrDefault(network, Instant.EPOCH), now);
    emptyAt = TOGETHER.more(emptyAt, now);
    remember(addresses, network, ofAddress);
    user.ifPresent(name -> addFailure(name, now));
    return new Attempt(user, network);
  }

  private static String network(String address) {
    String plain = address.replaceFirst("^\\[", "").replaceFirst("[\\]%].*", "");
    try {
      return InetAddress.ofLiteral(plain) instanceof Inet6Address six
          ? HexFormat.of().formatHex(six.getAddress(), 0, IPV6_PREFIX)
          : plain;
    } catch (IllegalArgumentException other) {
      return "";
    }
  }

  /** As the latest; the earliest is forgotten if there are too many. */
  private static <T> void remember(Map<String, T> all, String key, T value) {
    // Removed first, so that the order is that of the last failures.
    var _ = all.remove(key);
    var _ = all.put(key, value);
    if (all.size() > MOST_REMEMBERED) {
      var _ = all.remove(all.keySet().iterator().next());
    }
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
    Failures before = users.get(user);
    int count = before == null || before.last().plus(FORGET).isBefore(now) ? 0 : before.count();
    remember(users, user, new Failures(count + 1, now));
  }

  /** How many users and addresses it remembers. */
  synchronized int remembered() {
    return users.size() + addresses.size();
  }
}
