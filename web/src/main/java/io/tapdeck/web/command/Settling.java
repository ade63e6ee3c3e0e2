package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
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

  /** What is waited for. */
  interface Watched {
    /** How it stands, and which of its hosts' agents are away; nothing if it is gone. */
    Optional<Standing> standing() throws IOException, InterruptedException;

    /**
     * Waits until it stands as wished, or is gone.
     *
     * @return whether it came to that in time
     */
    boolean await(Predicate<Standing> wish, Duration timeout)
        throws IOException, InterruptedException;
  }

  /**
   * Waits, if asked to.
   *
   * @return the exit status
   */
  int await(Watched watched) throws IOException, InterruptedException {
    if (!wait) {
      return ExitStatus.DONE;
    }
    boolean settled = watched.await(Standing::settled, timeout);
    Standing last = standing(watched);
    return settled ? ExitStatus.DONE : tell(last);
  }

  private static Standing standing(Watched watched) throws IOException, InterruptedException {
    return watched
        .standing()
        .orElseThrow(() -> new IOException("it was deleted before it could be as wished"));
  }

  /**
   * Waits, if asked to, for something enabled. What cannot become active, because what it belongs
   * to is disabled, is not waited for.
   *
   * @return the exit status
   */
  int awaitActive(Watched watched) throws IOException, InterruptedException {
    if (!wait) {
      return ExitStatus.DONE;
    }
    var _ = watched.await(now -> now.settled() || now.state() == State.DISABLED, timeout);
    Standing last = standing(watched);
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
