package io.tapdeck.web.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.http.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
  private final SettableClock clock = new SettableClock();
  private final SignInThrottle throttle = new SignInThrottle(clock);

  private int addresses;

  /** From another address each time. */
  private void fail(String user) {
    addresses++;
    fail(user, "10.0." + addresses / 256 + "." + addresses % 256);
  }

  private void fail(String user, String address) {
    var _ = throttle.begin(Optional.of(user), address);
  }

  private void assertTooEarly(String user) {
    assertThatThrownBy(() -> fail(user))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(429));
  }

  @Test
  void afterThreeFailuresAUserWaitsEachTimeTwiceAsLongUpToAMinute() {
    fail("anna");
    fail("anna");
    fail("anna");
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      assertTooEarly("anna");
      clock.pass(Duration.ofSeconds(seconds).minusMillis(1));
      assertTooEarly("anna");
      clock.pass(Duration.ofMillis(1));
      fail("anna");
    }
  }

  @Test
  void anotherUserDoesNotWait() {
    for (int i = 0; i < 3; i++) {
      fail("anna");
    }
    assertTooEarly("anna");
    fail("otto");
  }

  @Test
  void aSuccessForgetsTheFailures() {
    fail("anna");
    fail("anna");
    throttle.begin(Optional.of("anna"), "::1").succeeded();
    fail("anna");
    fail("anna");
    fail("anna");
    assertTooEarly("anna");
  }

  @Test
  void aQuarterOfAnHourForgetsTheFailures() {
    for (int i = 0; i < 3; i++) {
      fail("anna");
    }
    clock.pass(Duration.ofMinutes(15).plusMillis(1));
    fail("anna");
    fail("anna");
  }

  @Test
  void attemptsAtTheSameTimeAreNoWayAround() {
    List<SignInThrottle.Attempt> underWay = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      underWay.add(throttle.begin(Optional.of("anna"), "::1"));
    }
    assertTooEarly("anna");
    assertThat(underWay).hasSize(3);
  }

  @Test
  void allTogetherHaveThirtyFailuresAndThenOneInTwoSeconds() {
    for (int i = 0; i < 30; i++) {
      fail("user" + i);
    }
    assertTooEarly("somebody");
    assertThatThrownBy(() -> throttle.begin(Optional.empty(), "::1")).isInstanceOf(Problem.class);
    clock.pass(Duration.ofSeconds(2));
    fail("somebody");
    assertTooEarly("somebody-else");
  }

  @Test
  void anAddressHasTenFailuresAndThenOneInTenSecondsWhoeverItNames() {
    for (int i = 0; i < 10; i++) {
      fail("user" + i, "192.0.2.1");
    }
    assertThatThrownBy(() -> fail("somebody", "192.0.2.1"))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(429));
    fail("somebody", "192.0.2.2");
    clock.pass(Duration.ofSeconds(10).minusMillis(1));
    assertThatThrownBy(() -> fail("else", "192.0.2.1")).isInstanceOf(Problem.class);
    clock.pass(Duration.ofMillis(1));
    fail("else", "192.0.2.1");
  }

  /** A host can take any address of its network, which has 64 bits of them. */
  @Test
  void aNetworkOfIpv6IsOneAddress() {
    for (int i = 0; i < 10; i++) {
      fail("user" + i, "2001:db8:0:1::" + i);
    }
    for (String same : List.of("2001:db8:0:1:ffff::1", "[2001:db8:0:1::9]", "2001:db8:0:1::a%1")) {
      assertThatThrownBy(() -> fail("somebody", same)).as(same).isInstanceOf(Problem.class);
    }
    fail("somebody", "2001:db8:0:2::1");
  }

  /** Else whoever guesses could keep everybody from signing in. */
  @Test
  void oneAddressDoesNotUseUpWhatAllHaveTogether() {
    for (int second = 0; second < 600; second++) {
      try {
        fail("user" + second, "192.0.2.1");
      } catch (Problem tooEarly) {
        assertThat(tooEarly.status()).isEqualTo(429);
      }
      clock.pass(Duration.ofSeconds(1));
    }
    throttle.begin(Optional.of("anna"), "192.0.2.2").succeeded();
  }

  @Test
  void successesCostTheOthersNothing() {
    for (int i = 0; i < 1000; i++) {
      throttle.begin(Optional.of("user" + i), "::1").succeeded();
    }
    fail("anna");
  }

  @Test
  void whatItRemembersIsBounded() {
    for (int i = 0; i < 5000; i++) {
      fail("user" + i);
      clock.pass(Duration.ofSeconds(2));
    }
    assertThat(throttle.remembered()).isEqualTo(2 * 1024);
  }
}
