package io.tapdeck.web.command;

import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.input.TimePoint;
import io.tapdeck.replay.input.TimeSpan;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which frames {@code tapdeck replay} plays. */
final class ReplaySelectionOptions {
  @Option(
      names = {"-f", "--filter"},
      paramLabel = "BPF",
      description = "Only frames that match, see pcap-filter(7) (default: all).")
  private @Nullable String filter;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Frames from this time on: 2026-11-23T02:10:00Z (or with another zone), seconds since"
              + " 1970, or +10m30s since the first frame.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Frames before this time, likewise.")
  private @Nullable String to;

  @Option(
      names = "--skip",
      paramLabel = "N",
      description = "Passes over the first N of the frames that are left (default: 0).")
  private @Nullable Long skip;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Plays no more than N frames in each pass (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description =
          "Plays so much of the captured time from the first frame played on: 90s, 1h30m (default:"
              + " all).")
  private @Nullable String duration;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplaySelectionOptions() {}

  /**
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  Selection selection() {
    return new Selection(
        filter == null ? "" : filter,
        Optional.ofNullable(from).map(TimePoint::parse),
        Optional.ofNullable(to).map(TimePoint::parse),
        skip == null ? 0 : skip,
        limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
        Optional.ofNullable(duration).map(TimeSpan::parse));
  }
}
