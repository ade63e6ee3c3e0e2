package io.tapdeck.web.command;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.Replay;
import io.tapdeck.replay.ReplayRefusedException;
import io.tapdeck.replay.ReplaySettings;
import io.tapdeck.replay.ReplaySummary;
import io.tapdeck.replay.pace.Pace;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck replay}: plays capture files to an interface, on its own, without a server. */
@Command(
    name = "replay",
    description = "Plays pcap files to an interface, by default with their original timing.",
    footer = {
      "",
      "Several files make one timeline: between them is the gap that their timestamps tell. A file"
          + " that begins before the one before it ended follows it at once. With --loop the first"
          + " frame follows the last by the mean gap between frames.",
      "Frames are sent as they were captured, also where that was only a part of them. Frames"
          + " longer than the MTU allows, and frames that are not Ethernet, are skipped and"
          + " counted.",
      "Exit status: 0 all sent, or all until SIGINT or SIGTERM ended it; 1 not all sent, or there"
          + " was nothing to send; 2 refused, nothing sent."
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-i", "--interface"},
      required = true,
      paramLabel = "IFACE",
      description = "Interface to send to.")
  private String interfaceName;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "pcap files, played in this order.")
  private List<Path> files;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "Network namespace of the interface, as 'ip netns' names it.")
  private @Nullable String namespace;

  @ArgGroup private @Nullable PaceOptions pace;

  @Option(
      names = "--loop",
      paramLabel = "N",
      defaultValue = "1",
      description = "Play all files N times, 1 to 1000000000 (default: 1).")
  private long loops;

  @Mixin private final ControlOption control = new ControlOption();

  @Option(names = "--json", description = "Print one JSON object on the last line.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress, no summary for people.")
  private boolean quiet;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayCommand() {}

  /** The ways to say how fast, of which one may be chosen. */
  static final class PaceOptions {
    @Option(
        names = "--speed",
        paramLabel = "X",
        description =
            "So many times as fast as captured, 0.001 to 1000, up to six decimals (default: 1).")
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
                + " Ethernet header to the payload's end.")
    private @Nullable BigDecimal megabits;

    @Option(names = "--topspeed", description = "As fast as the interface takes the frames.")
    private boolean topSpeed;
  }

  @Override
  public Integer call() {
    Replay replay = new Replay(settings(), new TapNicGuard());
    ReplayReport report = new ReplayReport(spec.commandLine(), json, quiet);
    try (StopSignals signals = new StopSignals(replay::stop);
        control) {
      control.open(() -> ControlEvents.progress(replay.progress()), replay::stop);
      ReplaySummary summary = run(replay);
      report.print(summary);
      control.end(ControlEvents.end(ReplayReport.json(summary)));
      return signals.end(summary.complete() ? ExitStatus.DONE : ExitStatus.INCOMPLETE);
    } catch (ReplayRefusedException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  private ReplaySummary run(Replay replay) {
    try (ReplayProgressLine line = new ReplayProgressLine(replay, spec.commandLine().getErr())) {
      if (!quiet) {
        line.start();
      }
      return replay.run();
    }
  }

  private ReplaySettings settings() {
    try {
      return new ReplaySettings(
          interfaceName,
          Optional.ofNullable(namespace).map(NetworkNamespace::new),
          files,
          chosenPace(),
          loops);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Pace chosenPace() {
    if (pace != null && pace.topSpeed) {
      return new Pace.TopSpeed();
    }
    if (pace != null && pace.packetsPerSecond != null) {
      return new Pace.PacketsPerSecond(pace.packetsPerSecond);
    }
    if (pace != null && pace.megabits != null) {
      return Pace.BitRate.ofMegabits(pace.megabits);
    }
    if (pace != null && pace.speed != null) {
      return Pace.Original.ofSpeed(pace.speed);
    }
    return new Pace.Original(Pace.Original.UNCHANGED);
  }
}
