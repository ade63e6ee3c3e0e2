package io.tapdeck.web.command;

import io.tapdeck.provisioner.agent.Agent;
import io.tapdeck.provisioner.agent.AgentSettings;
import io.tapdeck.provisioner.northbound.Refusal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tapdeck agent}. */
@Command(
    name = "agent",
    description = "Keeps this host's Open vSwitch as the northbound wants it, until it is ended.")
final class AgentCommand implements Callable<Integer> {
  @Mixin private NorthboundAccess access;

  @Option(
      names = "--ovs",
      paramLabel = "unix:PATH",
      defaultValue = "unix:/var/run/openvswitch/db.sock",
      description =
          "Open vSwitch's database socket, in its run directory (default ${DEFAULT-VALUE}).")
  private String ovs;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "This host's name (default: what Open vSwitch or the system says).")
  private @Nullable String host;

  @Option(
      names = "--tunnel-ip",
      paramLabel = "IP",
      description =
          "Where other hosts send copies to (default: external_ids:tapdeck-tunnel-ip or"
              + " ovn-encap-ip of Open vSwitch).")
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
    try (StopSignals signals = new StopSignals(agent::stop)) {
      agent.run();
      return signals.end(ExitStatus.DONE);
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    }
  }
}
