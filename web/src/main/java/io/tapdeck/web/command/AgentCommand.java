package io.tapdeck.web.command;

import io.tapdeck.provisioner.agent.Agent;
import io.tapdeck.provisioner.agent.AgentSettings;
import io.tapdeck.provisioner.northbound.Refusal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tapdeck agent}. */
@Command(
    name = "agent",
    description = "Keeps this host's Open vSwitch as the northbound wants it, until it is ended.")
final class AgentCommand implements Callable<Integer> {
  private static final int END_SECONDS = 5;

  @Mixin private NorthboundAccess access;

  @Option(
      names = "--ovs",
      paramLabel = "unix:PATH",
      defaultValue = "unix:/var/run/openvswitch/db.sock",
      description = "Open vSwitch's database socket, in its run directory (${DEFAULT-VALUE}).")
  private String ovs;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "This host's name (else what Open vSwitch or the system says).")
  private @Nullable String host;

  @Option(
      names = "--tunnel-ip",
      paramLabel = "IP",
      description =
          "Where other hosts send copies to (else external_ids:tapdeck-tunnel-ip or ovn-encap-ip of"
              + " Open vSwitch).")
  private @Nullable String tunnelIp;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  AgentCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!ovs.startsWith("unix:")) {
      throw new RefusedException("--ovs needs a local Open vSwitch: give unix:PATH");
    }
    AgentSettings settings =
        new AgentSettings(
            access.endpoint(),
            Path.of(ovs.substring(5)),
            Optional.ofNullable(host),
            Optional.ofNullable(tunnelIp));
    Agent agent = new Agent(settings);
    CountDownLatch ended = new CountDownLatch(1);
    Thread end = new Thread(() -> end(agent, ended), "end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      agent.run();
    } catch (Refusal refusal) {
      Runtime.getRuntime().removeShutdownHook(end);
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    } finally {
      ended.countDown();
    }
    return ExitStatus.DONE;
  }

  /** Ended by a signal: that is done as asked, which the virtual machine itself would deny. */
  private static void end(Agent agent, CountDownLatch ended) {
    agent.stop();
    try {
      boolean inTime = ended.await(END_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().halt(inTime ? ExitStatus.DONE : ExitStatus.INCOMPLETE);
    } catch (InterruptedException hurried) {
      Runtime.getRuntime().halt(ExitStatus.INCOMPLETE);
    }
  }
}
