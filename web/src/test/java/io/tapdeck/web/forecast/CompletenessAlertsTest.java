package io.tapdeck.web.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.mirror.Completeness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When it is told that copies were lost, and until when. */
class CompletenessAlertsTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00.5Z");

  private final CompletenessAlerts alerts = new CompletenessAlerts();

  private List<String> look(
      double seconds, String step, long count, long expected, double ageSeconds) {
    return look(seconds, step, count, expected, ageSeconds, true);
  }

  private List<String> look(
      double seconds,
      String step,
      long count,
      long expected,
      double ageSeconds,
      boolean isDestinationHeard) {
    Completeness.Step one =
        new Completeness.Step(
            step,
            count,
            expected,
            Math.max(0, expected - count),
            Math.max(0, count - expected),
            ageSeconds,
            "");
    Completeness deck = new Completeness("deck", List.of(one), "");
    return alerts
        .look(List.of(new CompletenessAlerts.Watched(deck, isDestinationHeard)), at(seconds))
        .stream()
        .map(Alert::says)
        .toList();
  }

  private static Instant at(double seconds) {
    return NOON.plus(Duration.ofMillis((long) (seconds * 1000)));
  }

  @Test
  void whatHadTheTimeToComeAndDidNotIsToldAndSinceWhen() {
    assertThat(look(0, "received", 990, 1000, 1.9)).isEmpty();
    assertThat(look(2, "received", 990, 1000, 3.9))
        .containsExactly(
            "Mirror 'deck' is not complete: 10 of 1000 copies were not received, the last of them"
                + " at 2026-03-02T11:59:59Z");
  }

  @Test
  void aLossAgesAndMoreOfItIsToldAnew() {
    assertThat(look(0, "delivered", 990, 1000, 2)).hasSize(1);
    assertThat(look(290, "delivered", 990, 1000, 292)).hasSize(1);
    assertThat(look(299, "delivered", 990, 1000, 301)).isEmpty();
    assertThat(look(400, "delivered", 1985, 2000, 3))
        .containsExactly(
            "Mirror 'deck' is not complete: 15 of 2000 copies were not delivered, the last of them"
                + " at 2026-03-02T12:06:37Z");
  }

  @Test
  void whatWasLostLongBeforeAnybodyLookedIsNotTold() {
    assertThat(look(0, "delivered", 990, 1000, 400)).isEmpty();
  }

  /** A tenth is lost of a thousand copies a second, which never pause. */
  @Test
  void aLossIsToldWhileTrafficGoesOn() {
    List<String> told = List.of();
    int second = 0;
    while (told.isEmpty() && second < 100) {
      second += 2;
      told = look(second, "delivered", 900L * second, 1000L * second, 0.1);
    }
    // 6200 are missing then, and 6000 came since the last look that is more than 5 s ago.
    assertThat(second).isEqualTo(62);
    assertThat(told)
        .containsExactly(
            "Mirror 'deck' is not complete: at least 200 of 62000 copies were not delivered, the"
                + " last of them at 2026-03-02T12:01:02Z");
  }

  @Test
  void whatIsOnItsWayIsNotLost() {
    for (int second = 0; second < 600; second += 2) {
      // Counted four seconds late.
      long delivered = 1000L * Math.max(0, second - 4);
      assertThat(look(second, "delivered", delivered, 1000L * second, 0.1)).isEmpty();
    }
  }

  @Test
  void anotherRecorderBeginsAnew() {
    assertThat(look(0, "written", 90_000, 100_000, 3)).hasSize(1);
    assertThat(look(2, "written", 0, 10, 0.1)).isEmpty();
    assertThat(look(4, "written", 900, 1000, 0.1)).isEmpty();
    assertThat(look(20, "written", 1000, 1000, 3)).isEmpty();
  }

  @Test
  void aMirrorThatIsGoneIsForgotten() {
    assertThat(look(0, "delivered", 90, 100, 3)).hasSize(1);
    assertThat(alerts.look(List.of(), at(2))).isEmpty();
    assertThat(look(4, "delivered", 90, 100, 400)).isEmpty();
  }

  /** As of a disk that stands still for ten seconds, of which nothing is lost. */
  @Test
  void aCounterThatLagsAndCatchesUpIsToldOfNoMore() {
    for (int second = 0; second <= 10; second += 2) {
      assertThat(look(second, "written", 1000L * second, 1000L * second, 0.1)).isEmpty();
    }
    for (int second = 12; second <= 20; second += 2) {
      boolean isLate = second > 16;
      assertThat(look(second, "written", 10_000, 1000L * second, 0.1)).hasSize(isLate ? 1 : 0);
    }
    assertThat(look(22, "written", 20_500, 22_000, 0.1))
        .containsExactly(
            "Mirror 'deck' is not complete: at least 1500 of 22000 copies were not written, the"
                + " last of them at 2026-03-02T12:00:20Z");
    assertThat(look(24, "written", 24_000, 24_000, 0.1)).isEmpty();
    assertThat(look(26, "written", 25_000, 26_000, 0.1)).isEmpty();
  }

  @Test
  void aCounterThatCatchesUpAfterTrafficPausedIsToldOfNoMore() {
    assertThat(look(0, "written", 900, 1000, 3)).hasSize(1);
    assertThat(look(2, "written", 1000, 1000, 5)).isEmpty();
  }

  /** Two counters are not read at the same moment. */
  @Test
  void whatWasLostBeforeAPauseStaysSoAndIsNotToldAnew() {
    String told =
        "Mirror 'deck' is not complete: 10 of %d copies were not delivered, the last of them at"
            + " 2026-03-02T11:59:57Z";
    assertThat(look(0, "delivered", 990, 1000, 3)).containsExactly(told.formatted(1000));
    assertThat(look(2, "delivered", 3000, 3000, 0.1)).containsExactly(told.formatted(3000));
    assertThat(look(6, "delivered", 3990, 4000, 3)).containsExactly(told.formatted(4000));
    assertThat(look(298, "delivered", 3990, 4000, 300)).isEmpty();
  }

  @Test
  void whatIsDeliveredIsNotJudgedWhileNobodyTellsAndJustAfter() {
    assertThat(look(0, "delivered", 1000, 1000, 0.1)).isEmpty();
    for (int second = 2; second <= 60; second += 2) {
      assertThat(look(second, "delivered", 1000, 1000L * second, 0.1, false)).isEmpty();
    }
    assertThat(look(70, "delivered", 1000, 60_000, 10, false)).isEmpty();
    // It is back, and has not counted yet.
    assertThat(look(72, "delivered", 1000, 60_000, 12)).isEmpty();
    assertThat(look(74, "delivered", 59_990, 60_000, 14)).isEmpty();
    assertThat(look(77, "delivered", 59_990, 60_000, 17))
        .containsExactly(
            "Mirror 'deck' is not complete: 10 of 60000 copies were not delivered, the last of them"
                + " at 2026-03-02T12:01:00Z");
  }

  @Test
  void theRecorderIsJudgedWhoeverIsAway() {
    assertThat(look(0, "received", 990, 1000, 3, false)).hasSize(1);
  }
}
