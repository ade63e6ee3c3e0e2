package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.Northbound;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a command waits until the hosts have done what it asked for. */
final class Settling {
  @Option(
      names = "--wait",
      description = "Wait until it is active, or disabled and nothing of it left.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = Durations.class,
      description = "How long to wait, like 500ms, 10s or 2m (default ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Settling() {}

  /**
   * Waits, if asked to.
   *
   * @return the exit status
   */
  int await(Northbound northbound, Function<MirrorView, Standing> standing)
      throws IOException, InterruptedException {
    if (!wait || northbound.await(view -> standing.apply(view).settled(), timeout)) {
      return ExitStatus.DONE;
    }
    return tell(standing.apply(northbound.view()));
  }

  /**
   * Waits, if asked to, for something enabled. What cannot become active, because what it belongs
   * to is disabled, is not waited for.
   *
   * @return the exit status
   */
  int awaitActive(Northbound northbound, Function<MirrorView, Standing> standing)
      throws IOException, InterruptedException {
    if (!wait) {
      return ExitStatus.DONE;
    }
    var _ =
        northbound.await(
            view -> {
              Standing now = standing.apply(view);
              return now.settled() || now.state() == State.DISABLED;
            },
            timeout);
    Standing last = standing.apply(northbound.view());
    return last.state() == State.ACTIVE ? ExitStatus.DONE : tell(last);
  }

  private int tell(Standing last) {
    spec.commandLine()
        .getErr()
        .println(
            spec.qualifiedName()
                + ": not done"
                + (last.state() == State.DISABLED
                    ? ", it is "
                    : " within " + timeout.toMillis() + " ms, still ")
                + last.state().word()
                + (last.reason().isEmpty() ? "" : ": " + last.reason()));
    spec.commandLine().getErr().flush();
    return ExitStatus.INCOMPLETE;
  }
}
