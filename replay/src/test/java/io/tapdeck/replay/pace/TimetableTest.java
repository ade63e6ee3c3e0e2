package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimetableTest {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000;
  private static final Pace ORIGINAL = new Pace.Original(Pace.Original.UNCHANGED);
  private static final Pace TWICE = new Pace.Original(2 * Pace.Original.UNCHANGED);

  @Test
  void theSecondPassIsPacedLikeTheFirstAndFollowsByTheMeanGap() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    assertThat(pass(timetable, 0, 100, 400)).containsExactly(0L, 100L, 400L);
    timetable.beginPass();
    assertThat(pass(timetable, 0, 100, 400)).containsExactly(600L, 700L, 1_000L);
    timetable.beginPass();
    assertThat(pass(timetable, 0, 100, 400)).containsExactly(1_200L, 1_300L, 1_600L);
  }

  @Test
  void atASpeedTheMeanGapIsDividedToo() {
    Timetable timetable = timetable(TWICE, null, null);
    assertThat(pass(timetable, 0, 100, 400)).containsExactly(0L, 50L, 200L);
    timetable.beginPass();
    assertThat(pass(timetable, 0, 100, 400)).containsExactly(300L, 350L, 500L);
  }

  @Test
  void aPassOfOneFrameHasNoGapToTake() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    assertThat(pass(timetable, 7)).containsExactly(0L);
    timetable.beginPass();
    assertThat(pass(timetable, 7)).containsExactly(0L);
  }

  @Test
  void aDelayBetweenPassesIsThatWhateverTheSpeed() {
    for (Pace pace : List.of(ORIGINAL, TWICE)) {
      Timetable timetable = timetable(pace, null, Duration.ofSeconds(3));
      long end = pass(timetable, 0, 100, 400).getLast();
      timetable.beginPass();
      assertThat(pass(timetable, 0, 100).getFirst()).isEqualTo(end + 3 * SECOND);
    }
  }

  @Test
  void atARateADelayBetweenPassesIsAtLeastThatAndTheRateGoesOnFromThere() {
    Pace rate = new Pace.PacketsPerSecond(1_000);
    Timetable longer = timetable(rate, null, Duration.ofSeconds(1));
    assertThat(pass(longer, 0, 0)).containsExactly(0L, 1_000_000L);
    longer.beginPass();
    assertThat(pass(longer, 0, 0)).containsExactly(1_001_000_000L, 1_002_000_000L);
    Timetable shorter = timetable(rate, null, Duration.ofNanos(5));
    assertThat(pass(shorter, 0, 0)).containsExactly(0L, 1_000_000L);
    shorter.beginPass();
    assertThat(pass(shorter, 0, 0)).containsExactly(2_000_000L, 3_000_000L);
  }

  @Test
  void longGapsAreShortenedAsTheyArePlayedAndOthersAreNot() {
    Timetable timetable = timetable(TWICE, Duration.ofSeconds(1), null);
    assertThat(pass(timetable, 0, 2 * SECOND, 3_600 * SECOND, 3_601 * SECOND, 3_604 * SECOND))
        .containsExactly(0L, SECOND, 2 * SECOND, 2_500_000_000L, 3_500_000_000L);
  }

  @Test
  void theGapBetweenPassesIsShortenedLikeOthers() {
    Timetable timetable = timetable(ORIGINAL, Duration.ofSeconds(1), null);
    assertThat(pass(timetable, 0, 60 * SECOND)).containsExactly(0L, SECOND);
    timetable.beginPass();
    assertThat(pass(timetable, 0, 60 * SECOND)).containsExactly(2 * SECOND, 3 * SECOND);
  }

  @Test
  void skippedFramesTakeTheirTimeButNoPlaceInARate() {
    Timetable original = timetable(ORIGINAL, null, null);
    original.skip(START + 100);
    assertThat(pass(original, 700)).containsExactly(600L);

    Timetable rate = timetable(new Pace.PacketsPerSecond(1_000), null, null);
    rate.skip(START + 100);
    assertThat(pass(rate, 700)).containsExactly(0L);
    rate.skip(START + 800);
    assertThat(pass(rate, 900)).containsExactly(1_000_000L);
  }

  @Test
  void framesSkippedAtTheEndOfAPassTakeTheirTime() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    assertThat(pass(timetable, 0, 100)).containsExactly(0L, 100L);
    timetable.skip(START + 200);
    timetable.beginPass();
    assertThat(pass(timetable, 0)).containsExactly(300L);
  }

  @Test
  void theGapThatIsWaitedForIsTheFirstAtTheNewSpeed() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    assertThat(pass(timetable, 0, SECOND)).containsExactly(0L, SECOND);
    assertThat(timetable.due(START + 61 * SECOND, 60)).isEqualTo(61 * SECOND);
    assertThat(timetable.change(TWICE)).isEqualTo(31 * SECOND);
    timetable.sent();
    assertThat(pass(timetable, 63 * SECOND)).containsExactly(32 * SECOND);
  }

  @Test
  void fromASpeedToARateAndBackEachGapHasItsPace() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    pass(timetable, 0, SECOND);
    assertThat(timetable.change(new Pace.PacketsPerSecond(10))).isEqualTo(SECOND);
    assertThat(pass(timetable, 5 * SECOND, 9 * SECOND))
        .containsExactly(1_100_000_000L, 1_200_000_000L);
    timetable.change(ORIGINAL);
    assertThat(pass(timetable, 11 * SECOND)).containsExactly(3_200_000_000L);
    timetable.change(Pace.BitRate.ofMegabits(new BigDecimal("0.48")));
    // 60 bytes take a millisecond.
    assertThat(pass(timetable, 99 * SECOND, 99 * SECOND))
        .containsExactly(3_201_000_000L, 3_202_000_000L);
  }

  @Test
  void beforeTheFirstFrameAChangeOfPaceDelaysNothing() {
    Timetable timetable = timetable(ORIGINAL, null, null);
    timetable.due(START, 60);
    assertThat(timetable.change(new Pace.PacketsPerSecond(1))).isZero();
    timetable.sent();
    assertThat(pass(timetable, 7)).containsExactly(SECOND);
  }

  @Property
  void passesWithoutEndAddUpToTheNanosecond(
      @ForAll @LongRange(min = 1, max = 1_000_000) long gap,
      @ForAll @LongRange(min = 1, max = 1_000) long passes) {
    Timetable timetable = timetable(ORIGINAL, null, null);
    long last = 0;
    for (long pass = 0; pass < passes; pass++) {
      last = pass(timetable, 0, gap, 2 * gap).getLast();
      timetable.beginPass();
    }
    assertThat(last).isEqualTo((3 * passes - 1) * gap);
  }

  /** What can happen to a timetable. */
  sealed interface Event {
    record Frame(long timestamp, int length) implements Event {}

    record Skip(long timestamp) implements Event {}

    record Change(Pace pace) implements Event {}

    record File() implements Event {}

    record Pass() implements Event {}
  }

  @Provide
  Arbitrary<Event> events() {
    Arbitrary<Long> timestamps =
        Arbitraries.longs().between(0, 4_294_967_299_294_967_295L).withoutEdgeCases();
    return Arbitraries.frequencyOf(
        Tuple.of(
            8,
            timestamps.map(
                timestamp -> (Event) new Event.Frame(timestamp, 60 + (int) (timestamp % 1_500)))),
        Tuple.of(2, timestamps.map(Event.Skip::new)),
        Tuple.of(
            1,
            Arbitraries.of(
                    ORIGINAL,
                    new Pace.Original(Pace.Original.SLOWEST),
                    new Pace.Original(Pace.Original.FASTEST),
                    new Pace.PacketsPerSecond(1),
                    new Pace.PacketsPerSecond(Pace.PacketsPerSecond.FASTEST),
                    new Pace.BitRate(1),
                    new Pace.BitRate(Pace.BitRate.FASTEST),
                    new Pace.TopSpeed())
                .map(Event.Change::new)),
        Tuple.of(1, Arbitraries.create(Event.File::new)),
        Tuple.of(1, Arbitraries.create(Event.Pass::new)));
  }

  @Property
  void whateverHappensDeadlinesNeverDecreaseAndCanBeAddedToAClock(
      @ForAll List<@From("events") Event> events,
      @ForAll @LongRange(min = -1, max = Long.MAX_VALUE / 2) long longestGap,
      @ForAll @LongRange(min = -1, max = Long.MAX_VALUE / 2) long delay) {
    Timetable timetable =
        timetable(
            ORIGINAL,
            longestGap < 0 ? null : Duration.ofNanos(longestGap),
            delay < 0 ? null : Duration.ofNanos(delay));
    long before = 0;
    for (Event event : events) {
      switch (event) {
        case Event.Frame frame -> {
          long due = timetable.due(frame.timestamp, frame.length);
          assertThat(due).isBetween(before, Long.MAX_VALUE / 2);
          timetable.sent();
          before = due;
        }
        case Event.Skip skip -> timetable.skip(skip.timestamp);
        case Event.Change change -> timetable.change(change.pace);
        case Event.File _ -> timetable.beginFile();
        case Event.Pass _ -> timetable.beginPass();
      }
    }
  }

  @Test
  void delaysAreBounded() {
    assertThatThrownBy(() -> timetable(ORIGINAL, Duration.ofNanos(-1), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a delay is between 0 and 146 years");
    assertThatThrownBy(() -> timetable(ORIGINAL, null, Duration.ofDays(365L * 147)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Timetable timetable(
      Pace pace, @Nullable Duration longestGap, @Nullable Duration delay) {
    return new Timetable(pace, Optional.ofNullable(longestGap), Optional.ofNullable(delay));
  }

  /** When frames of 60 bytes are due that were captured so long after the start, and are sent. */
  private static List<Long> pass(Timetable timetable, long... sinceStart) {
    List<Long> due = new ArrayList<>();
    for (long at : sinceStart) {
      due.add(timetable.due(START + at, 60));
      timetable.sent();
    }
    return due;
  }
}
