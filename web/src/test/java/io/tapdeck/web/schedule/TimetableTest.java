package io.tapdeck.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows by the calendar, also where clocks are put forward and back. */
class TimetableTest {
  private static final List<DayOfWeek> EVERY_DAY = List.of(DayOfWeek.values());

  private static Timetable weekly(List<DayOfWeek> days, String from, String to, String zone) {
    return new Timetable(
        new Weekly(days, LocalTime.parse(from), LocalTime.parse(to), ZoneId.of(zone)), null);
  }

  private static Window window(String from, String to) {
    return new Window(Instant.parse(from), Instant.parse(to));
  }

  @Test
  void aWindowIsOnItsDaysAndCanEndOnTheNext() {
    Timetable nights = weekly(List.of(DayOfWeek.FRIDAY, DayOfWeek.MONDAY), "22:00", "06:00", "UTC");
    Window monday = window("2026-03-02T22:00:00Z", "2026-03-03T06:00:00Z");
    assertThat(nights.firstFrom(Instant.parse("2026-03-01T00:00:00Z"))).hasValue(monday);
    assertThat(nights.firstFrom(monday.from())).hasValue(monday);
    assertThat(nights.firstFrom(monday.from().plusNanos(1)))
        .hasValue(window("2026-03-06T22:00:00Z", "2026-03-07T06:00:00Z"));
    assertThat(nights.at(Instant.parse("2026-03-03T05:59:59Z"))).hasValue(monday);
    assertThat(nights.at(monday.to())).isEmpty();
    assertThat(nights.at(monday.from().minusNanos(1))).isEmpty();
  }

  @Test
  void theSameBeginAndEndAreAWholeDay() {
    Timetable always = weekly(EVERY_DAY, "00:00", "00:00", "UTC");
    assertThat(always.at(Instant.parse("2026-03-03T23:59:59Z")))
        .hasValue(window("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    // Clocks go from 02:00 to 03:00 on 29 March, at 01:00 UTC.
    "2026-03-29, 01:30, 04:00, 2026-03-29T00:30:00Z, 2026-03-29T02:00:00Z",
    "2026-03-29, 02:30, 04:00, 2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z",
    "2026-03-29, 01:00, 02:30, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
    "2026-03-29, 02:59, 03:15, 2026-03-29T01:00:00Z, 2026-03-29T01:15:00Z",
    // Clocks go from 03:00 to 02:00 on 25 October, at 01:00 UTC.
    "2026-10-25, 02:30, 04:00, 2026-10-25T00:30:00Z, 2026-10-25T03:00:00Z",
    "2026-10-25, 01:00, 02:30, 2026-10-24T23:00:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25, 02:15, 02:45, 2026-10-25T00:15:00Z, 2026-10-25T01:45:00Z",
    "2026-10-24, 22:00, 06:00, 2026-10-24T20:00:00Z, 2026-10-25T05:00:00Z",
    "2026-07-01, 22:00, 06:00, 2026-07-01T20:00:00Z, 2026-07-02T04:00:00Z",
  })
  void whereClocksChangeItIsRatherTooLongThanTooShort(
      LocalDate day, String from, String to, Instant begin, Instant end) {
    Timetable table = weekly(List.of(day.getDayOfWeek()), from, to, "Europe/Berlin");
    assertThat(table.at(begin)).hasValue(new Window(begin, end));
  }

  @Test
  void aWindowInAnHourThatThereIsNotIsLeftOut() {
    Timetable table = weekly(List.of(DayOfWeek.SUNDAY), "02:10", "02:50", "Europe/Berlin");
    assertThat(table.firstFrom(Instant.parse("2026-03-29T00:00:00Z")))
        .hasValue(window("2026-04-05T00:10:00Z", "2026-04-05T00:50:00Z"));
  }

  @Test
  void onceIsOnce() {
    Window window = window("2026-03-02T22:00:00Z", "2026-04-03T06:00:00Z");
    Timetable once = new Timetable(null, window);
    assertThat(once.firstFrom(window.from())).hasValue(window);
    assertThat(once.firstFrom(window.from().plusNanos(1))).isEmpty();
    assertThat(once.at(window.from())).hasValue(window);
    assertThat(once.at(window.to())).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    Window window = window("2026-03-02T22:00:00Z", "2026-04-03T06:00:00Z");
    assertThatThrownBy(() -> new Timetable(null, null)).hasMessageContaining("either");
    assertThatThrownBy(
            () -> new Timetable(weekly(EVERY_DAY, "00:00", "01:00", "UTC").weekly(), window))
        .hasMessageContaining("either");
    assertThatThrownBy(() -> weekly(List.of(), "00:00", "01:00", "UTC"))
        .hasMessageContaining("at least one day");
    assertThatThrownBy(() -> new Window(window.to(), window.from()))
        .hasMessageContaining("before it begins");
    assertThatThrownBy(() -> new Window(window.to(), window.to()))
        .hasMessageContaining("before it begins");
  }

  @Provide
  Arbitrary<Weekly> weeklies() {
    Arbitrary<LocalTime> times =
        Arbitraries.integers()
            .between(0, 24 * 60 - 1)
            .map(minute -> LocalTime.of(minute / 60, minute % 60));
    return Combinators.combine(
            Arbitraries.of(DayOfWeek.class).list().uniqueElements().ofMinSize(1),
            times,
            times,
            Arbitraries.of(
                "UTC",
                "Europe/Berlin",
                "America/New_York",
                "Australia/Lord_Howe",
                "Africa/Casablanca",
                "America/Santiago",
                "Asia/Kathmandu",
                "Pacific/Chatham"))
        .as((days, from, to, zone) -> new Weekly(days, from, to, ZoneId.of(zone)));
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(
            Instant.parse("2024-01-01T00:00:00Z").getEpochSecond(),
            Instant.parse("2028-01-01T00:00:00Z").getEpochSecond())
        .map(Instant::ofEpochSecond);
  }

  @Property
  void theFirstWindowFromAnInstantIsOnOneOfItsDaysByTheClocksOfItsZone(
      @ForAll("weeklies") Weekly weekly, @ForAll("instants") Instant earliest) {
    Window first = weekly.firstFrom(earliest).orElseThrow();
    ZonedDateTime begin = first.from().atZone(weekly.zone());
    assertThat(first.from()).isAfterOrEqualTo(earliest);
    assertThat(weekly.days()).contains(begin.getDayOfWeek());
    boolean isSkipped =
        weekly
            .zone()
            .getRules()
            .getValidOffsets(begin.toLocalDate().atTime(weekly.from()))
            .isEmpty();
    assertThat(isSkipped || begin.toLocalTime().equals(weekly.from())).isTrue();
    assertThat(first.to()).isBeforeOrEqualTo(first.from().plus(Duration.ofHours(25)));
    assertThat(weekly.at(first.from())).isPresent();
    assertThat(weekly.at(first.to().minusNanos(1))).isPresent();
  }

  @Property
  void noWindowIsLeftOutOrComesTwice(
      @ForAll("weeklies") Weekly weekly, @ForAll("instants") Instant earliest) {
    Window first = weekly.firstFrom(earliest).orElseThrow();
    Optional<Window> second = weekly.firstFrom(first.from().plusNanos(1));
    assertThat(second).isPresent();
    assertThat(second.get().from()).isAfter(first.from());
    assertThat(weekly.firstFrom(earliest.plusSeconds(1)))
        .isEqualTo(first.from().equals(earliest) ? second : Optional.of(first));
    // Nothing between them is in a window but what is in the first.
    Instant between =
        first.to().plus(Duration.between(first.to(), second.get().from()).dividedBy(2));
    if (between.isAfter(first.to()) && between.isBefore(second.get().from())) {
      assertThat(weekly.at(between)).isEmpty();
    }
  }
}
