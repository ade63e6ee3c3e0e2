package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Bounds;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A window on some days of each week, by the clocks of a time zone. One whose end is not later than
 * its begin ends on the next day.
 *
 * <p>Where clocks are put forward, a time that there is not is that at which they are. Where they
 * are put back, a window begins at the first of two equal times, and ends at the second: it is
 * rather an hour too long than too short.
 *
 * @param days on which it begins, as they come in a week
 * @param from when it begins
 * @param to when it ends
 */
public record Weekly(List<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
  /** Two weeks: a window of the first can fall into an hour that there is not. */
  private static final int DAYS_AHEAD = 15;

  /**
   * @throws IllegalArgumentException if there is no day; the message is for people
   */
  public Weekly {
    Bounds.given("from", from);
    Bounds.given("to", to);
    Bounds.given("zone", zone);
    if (Bounds.given("days", days).isEmpty()) {
      throw new IllegalArgumentException("give at least one day of the week");
    }
    days = List.copyOf(new TreeSet<>(days));
  }

  /** The first window that begins then or later. */
  Optional<Window> firstFrom(Instant earliest) {
    return around(earliest).filter(window -> !window.from().isBefore(earliest)).findFirst();
  }

  /** The window that it is in. */
  Optional<Window> at(Instant now) {
    return around(now).filter(window -> window.contains(now)).findFirst();
  }

  /** In order, from those that can still go on at an instant. */
  private Stream<Window> around(Instant instant) {
    LocalDate day = LocalDate.ofInstant(instant, zone);
    return day.minusDays(2)
        .datesUntil(day.plusDays(DAYS_AHEAD))
        .filter(date -> days.contains(date.getDayOfWeek()))
        .flatMap(date -> on(date).stream());
  }

  /** The window that begins on a day; empty if all of it is in an hour that there is not. */
  private Optional<Window> on(LocalDate date) {
    Instant begin = instant(date.atTime(from), true);
    Instant end = instant((to.isAfter(from) ? date : date.plusDays(1)).atTime(to), false);
    return begin.isBefore(end) ? Optional.of(new Window(begin, end)) : Optional.empty();
  }

  private Instant instant(LocalDateTime clock, boolean isFirst) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(clock);
    if (offsets.isEmpty()) {
      ZoneOffsetTransition gap = zone.getRules().getTransition(clock);
      return gap.getInstant();
    }
    return clock.toInstant(isFirst ? offsets.getFirst() : offsets.getLast());
  }
}
