package io.tapdeck.web.command;

import io.tapdeck.replay.Replay;
import io.tapdeck.replay.ReplayRefusedException;
import io.tapdeck.replay.ReplaySettings;
import io.tapdeck.replay.ReplaySummary;
import io.tapdeck.replay.TargetGuard;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.rewrite.RewriteSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapdeck replay}: plays capture files to an interface, on its own, without a server. */
@Command(
    name = "replay",
    sortOptions = false,
    customSynopsis = {
      "tapdeck replay -i IFACE [OPTION]... FILE...",
      "       tapdeck replay --dry-run | --write FILE [OPTION]... FILE..."
    },
    description = "Plays captures to an interface, by default with their original timing.",
    footer = {
      "",
      "Several files make one timeline: between them is the gap that their timestamps tell. A file"
          + " that begins before the one before it ended follows it at once.",
      "Frames are sent as they were captured, also where that was only a part of them. Frames that"
          + " are not Ethernet are skipped and counted: read = sent + skipped + failed + filtered.",
      "Orders by --control: stop, status, pause, resume, step (with frames), pace (with speed, pps,"
          + " mbps or topspeed), such as {\"order\":\"pace\",\"speed\":2}.",
      "Exit status: 0 all sent, or all until SIGINT or SIGTERM ended it; 1 not all sent, or not"
          + " proven with --verify, or there was nothing to send; 2 refused, nothing sent."
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(validate = false, heading = "%nInput:%n", order = 0)
  private ReplayInputOptions input = new ReplayInputOptions();

  @ArgGroup(validate = false, heading = "%nSelection:%n", order = 1)
  private ReplaySelectionOptions selection = new ReplaySelectionOptions();

  @ArgGroup(validate = false, heading = "%nTiming:%n", order = 2)
  private ReplayTimingOptions timing = new ReplayTimingOptions();

  @ArgGroup(validate = false, heading = "%nRewriting:%n", order = 3)
  private ReplayRewriteOptions rewriting = new ReplayRewriteOptions();

  @ArgGroup(validate = false, heading = "%nOutput:%n", order = 4)
  private ReplayOutputOptions output = new ReplayOutputOptions();

  @ArgGroup(validate = false, heading = "%nControl:%n", order = 5)
  private ReplayControlOptions control = new ReplayControlOptions();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayCommand() {}

  @Override
  public Integer call() {
    TargetGuard guard = output.isForced() ? name -> Optional.empty() : new ReplayGuard();
    Replay replay = new Replay(settings(), guard);
    ReplayReport report =
        new ReplayReport(
            spec.commandLine(), control.isJson(), control.isQuiet(), control.showsHistogram());
    try (StopSignals signals = new StopSignals(replay::stop, () -> replay.progress().begun());
        ReplayControlOptions controlled = control) {
      controlled.open(() -> ControlEvents.progress(replay.progress()), ReplayOrders.of(replay));
      ReplaySummary summary = run(replay);
      report.print(summary);
      controlled.end(ControlEvents.end(ReplayReport.json(summary)));
      boolean done = summary.complete() && summary.proven();
      return signals.end(done ? ExitStatus.DONE : ExitStatus.INCOMPLETE);
    } catch (ReplayRefusedException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  private ReplaySummary run(Replay replay) {
    boolean takesKeys = control.takesKeys() && !input.readsStandardInput() && !output.isPretended();
    try (ReplayProgressLine line = new ReplayProgressLine(replay, spec.commandLine().getErr());
        ReplayKeys keys = takesKeys ? ReplayKeys.open(replay, line::refresh) : null) {
      if (control.beginsPaused() && keys == null && !control.takesOrders()) {
        throw new ParameterException(
            spec.commandLine(),
            "--step needs a terminal for its keys, or --control: nobody could send a frame");
      }
      if (!control.isQuiet()) {
        line.start(keys != null);
      }
      return replay.run();
    }
  }

  private ReplaySettings settings() {
    try {
      output.requireNoFileAsReceiver(input.hasNames());
      InputSettings played = input.settings(selection.selection());
      RewriteSettings rewritten = rewriting.settings();
      return new ReplaySettings(
          output.destination(),
          played,
          timing.pacing(control.beginsPaused()),
          output.split(rewritten),
          rewritten);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
