package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SettlingTest {
  @TempDir private static Path data;

  private final StringWriter err = new StringWriter();

  @SuppressWarnings("NullAway.Init") // set before each test
  private NorthboundServer server;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Northbound northbound;

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    northbound = Northbound.open(server.start(), Duration.ofSeconds(10), () -> {});
  }

  @AfterEach
  void stop() throws Exception {
    northbound.close();
    server.stop();
  }

  @Command(name = "enable")
  private static final class Enable implements Callable<Integer> {
    @Mixin private Settling settling;

    private final Northbound northbound;
    private final Standing standing;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    Enable(Northbound northbound, Standing standing) {
      this.northbound = northbound;
      this.standing = standing;
    }

    @Override
    public Integer call() throws Exception {
      return settling.awaitActive(northbound, this::look);
    }

    private Standing look(MirrorView view, Set<String> away) {
      return standing;
    }
  }

  private int status(Standing standing) {
    return new CommandLine(new Enable(northbound, standing))
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
