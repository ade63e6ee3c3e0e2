package io.tapdeck.web.command;

import io.tapdeck.replay.Pacing;
import io.tapdeck.replay.input.TimeSpan;
import io.tapdeck.replay.pace.Pace;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When {@code tapdeck replay} sends each frame. */
final class ReplayTimingOptions {
  @Option(
      names = "--speed",
      paramLabel = "X",
      description =
          "So many times as fast as captured, 0.001 to 1000, up to six decimals (default: 1). This,"
              + " or one of the next three.")
  private @Nullable BigDecimal speed;

  @Option(
      names = "--pps",
      paramLabel = "N",
      description = "So many frames a second, evenly spaced, 1 to 1000000000.")
  private @Nullable Long packetsPerSecond;

  @Option(
      names = "--mbps",
      paramLabel = "N",
      description =
          "So many megabits a second, 0.001 to 1000000, up to three decimals; counted from the"
              + " Ethernet header to the payload's end, as the frame is sent.")
  private @Nullable BigDecimal megabits;

  @Option(names = "--topspeed", description = "As fast as the interface takes the frames.")
  private boolean topSpeed;

  @Option(
      names = "--max-gap",
      paramLabel = "TIME",
      description =
          "Longer gaps between frames, as they are played, are shortened to this: 500ms, 10s"
              + " (default: never). Not at a rate.")
  private @Nullable String longestGap;

  @Option(
      names = "--loop",
      paramLabel = "N",
      description =
          "Plays all of it N times, 1 to 1000000000; 0 for ever, until it is stopped (default: 1).")
  private @Nullable Long passes;

  @Option(
      names = "--loop-delay",
      paramLabel = "TIME",
      description =
          "The time from the last frame of a pass to the first of the next (default: the mean gap"
              + " between frames, or what the rate says).")
  private @Nullable String passDelay;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayTimingOptions() {}

  /**
   * @param stepping whether it begins paused
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  Pacing pacing(boolean stepping) {
    Pace chosen = chosenPace();
    if (longestGap != null && !(chosen instanceof Pace.Original)) {
      throw new IllegalArgumentException(
          "--max-gap is for frames with the gaps that they were captured with: leave it out, or"
              + " --pps, --mbps or --topspeed");
    }
    return new Pacing(
        chosen,
        Optional.ofNullable(longestGap).map(TimeSpan::parse),
        passes == null ? 1 : passes,
        Optional.ofNullable(passDelay).map(TimeSpan::parse),
        stepping);
  }

  private Pace chosenPace() {
    long given =
        Stream.of(speed, packetsPerSecond, megabits).filter(Objects::nonNull).count()
            + (topSpeed ? 1 : 0);
    if (given > 1) {
      throw new IllegalArgumentException(
          "--speed, --pps, --mbps and --topspeed exclude each other: give one");
    }
    if (topSpeed) {
      return new Pace.TopSpeed();
    }
    if (packetsPerSecond != null) {
      return new Pace.PacketsPerSecond(packetsPerSecond);
    }
    if (megabits != null) {
      return Pace.BitRate.ofMegabits(megabits);
    }
    return speed == null
        ? new Pace.Original(Pace.Original.UNCHANGED)
        : Pace.Original.ofSpeed(speed);
  }
}
