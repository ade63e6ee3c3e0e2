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

  private void fail(String user) {
    var _ = throttle.begin(Optional.of(user));
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
    throttle.begin(Optional.of("anna")).succeeded();
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
      underWay.add(throttle.begin(Optional.of("anna")));
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
    assertThatThrownBy(() -> throttle.begin(Optional.empty())).isInstanceOf(Problem.class);
    clock.pass(Duration.ofSeconds(2));
    fail("somebody");
    assertTooEarly("somebody-else");
  }

  @Test
  void successesCostTheOthersNothing() {
    for (int i = 0; i < 1000; i++) {
      throttle.begin(Optional.of("user" + i)).succeeded();
    }
    fail("anna");
  }

  @Test
  void whatItRemembersIsBounded() {
    for (int i = 0; i < 5000; i++) {
      fail("user" + i);
      clock.pass(Duration.ofSeconds(2));
    }
    assertThat(throttle.remembered()).isEqualTo(1024);
  }
}
