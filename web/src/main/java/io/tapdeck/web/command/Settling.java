package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.Northbound;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
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

  /** How what is waited for stands. */
  interface Look {
    /**
     * By what agents reported, and by which of them are there.
     *
     * @param away the hosts whose agents are not connected
     */
    Standing at(MirrorView view, Set<String> away);

    /** By what agents reported alone. */
    default Standing at(MirrorView view) {
      return at(view, Set.of());
    }
  }

  /**
   * Waits, if asked to.
   *
   * @return the exit status
   */
  int await(Northbound northbound, Look look) throws IOException, InterruptedException {
    if (!wait || northbound.await(view -> look.at(view).settled(), timeout)) {
      return ExitStatus.DONE;
    }
    return tell(look.at(northbound.view(), northbound.hostsWithoutAgent()));
  }

  /**
   * Waits, if asked to, for something enabled. What cannot become active, because what it belongs
   * to is disabled, is not waited for.
   *
   * @return the exit status
   */
  int awaitActive(Northbound northbound, Look look) throws IOException, InterruptedException {
    if (!wait) {
      return ExitStatus.DONE;
    }
    var _ =
        northbound.await(
            view -> {
              Standing now = look.at(view);
              return now.settled() || now.state() == State.DISABLED;
            },
            timeout);
    Standing last = look.at(northbound.view(), northbound.hostsWithoutAgent());
    if (last.state() == State.DEGRADED) {
      // Copies flow.
      say(last, "done, but it is degraded");
      return ExitStatus.DONE;
    }
    return last.state() == State.ACTIVE ? ExitStatus.DONE : tell(last);
  }

  private int tell(Standing last) {
    say(
        last,
        "not done"
            + (last.state() == State.DISABLED || last.settled()
                ? ", it is "
                : " within " + timeout.toMillis() + " ms, still ")
            + last.state().word());
    return ExitStatus.INCOMPLETE;
  }

  private void say(Standing last, String what) {
    String why = last.reason().isEmpty() ? "" : ": " + last.reason();
    spec.commandLine()
        .getErr()
        .println(Presentation.plain(spec.qualifiedName() + ": " + what + why));
    spec.commandLine().getErr().flush();
  }
}
