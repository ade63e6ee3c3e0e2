package io.tapdeck.web.schedule;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When something is recorded: each week, or once. One of both is given. */
public record Timetable(@Nullable Weekly weekly, @Nullable Window once) {
  /**
   * @throws IllegalArgumentException if it is not one of both; the message is for people
   */
  public Timetable {
    if ((weekly == null) == (once == null)) {
      throw new IllegalArgumentException("give either weekly or once");
    }
  }

  /** The first window that begins then or later; empty if there is none any more. */
  public Optional<Window> firstFrom(Instant earliest) {
    return weekly != null
        ? weekly.firstFrom(earliest)
        : Optional.ofNullable(once).filter(window -> !window.from().isBefore(earliest));
  }

  /** The window that it is in. */
  public Optional<Window> at(Instant now) {
    return weekly != null
        ? weekly.at(now)
        : Optional.ofNullable(once).filter(window -> window.contains(now));
  }
}
