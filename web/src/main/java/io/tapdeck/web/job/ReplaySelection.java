package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.input.TimePoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which frames are played; null for what is not restricted.
 *
 * @param filter a pcap-filter(7) expression
 * @param from the earliest time: 2026-11-23T02:10:00Z, or +90s since the first frame
 * @param to the first time after, likewise
 * @param skip frames that are passed over first
 * @param limit frames in each pass at most
 * @param duration of captured time from the first frame played
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplaySelection(
    @Nullable String filter,
    @Nullable String from,
    @Nullable String to,
    @Nullable Long skip,
    @Nullable Long limit,
    @Nullable Duration duration) {
  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public ReplaySelection {
    if (filter != null) {
      Bounds.filter(filter);
    }
    var _ =
        new Selection(
            filter == null ? "" : filter,
            Optional.ofNullable(from).map(TimePoint::parse),
            Optional.ofNullable(to).map(TimePoint::parse),
            skip == null ? 0 : skip,
            limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
            Optional.ofNullable(Bounds.span("duration", duration)));
  }

  /** The options of the command line that say the same. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    Bounds.maybe(filter).ifPresent(text -> options.add("--filter=" + text));
    Bounds.maybe(from).ifPresent(time -> options.add("--from=" + time));
    Bounds.maybe(to).ifPresent(time -> options.add("--to=" + time));
    Bounds.maybe(skip).ifPresent(frames -> options.add("--skip=" + frames));
    Bounds.maybe(limit).ifPresent(frames -> options.add("--limit=" + frames));
    Bounds.maybe(duration).ifPresent(time -> options.add("--duration=" + Bounds.exact(time)));
    return options;
  }
}
