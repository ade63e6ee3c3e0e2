package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How a command that waits tells what it has come to. */
class SettlingTest {
  private final StringWriter err = new StringWriter();

  @Command(name = "enable")
  private static final class Enable implements Callable<Integer> {
    @Mixin private Settling settling;

    private final Settling.Watched watched;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    Enable(Settling.Watched watched) {
      this.watched = watched;
    }

    @Override
    public Integer call() throws Exception {
      return settling.awaitActive(watched);
    }
  }

  /** Stands as it does for ever. */
  private record Still(Optional<Standing> standing) implements Settling.Watched {
    @Override
    public boolean await(Predicate<Standing> wish, Duration timeout) {
      return standing.map(wish::test).orElse(true);
    }
  }

  private int status(Standing standing) {
    return new CommandLine(new Enable(new Still(Optional.of(standing))))
        .setErr(new PrintWriter(err))
        .execute("--wait", "--timeout", "50ms");
  }

  @Test
  void aDegradedFlowIsDoneAndSaysWhy() {
    assertThat(status(new Standing(State.DEGRADED, "host h: 3 copies were cut", true)))
        .isEqualTo(ExitStatus.DONE);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("enable: done, but it is degraded: host h: 3 copies were cut");
  }

  @Test
  void whatIsMissingSteersNoTerminal() {
    assertThat(status(new Standing(State.WAITING, "guest \u001b[2J is off", false)))
        .isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "enable: not done within 50 ms, still waiting: guest ?[2J is off");
  }
}
