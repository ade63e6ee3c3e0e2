package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.northbound.Northbound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck host-list}. */
@Command(
    name = "host-list",
    description = {
      "Lists the hosts that have had an agent.",
      "AGENT: up, or away: not connected to the northbound; its host keeps copying as it was last"
          + " told."
    })
final class HostList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  HostList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access, presentation, List.of("name", "tunnelIp", "agent", "id"), HostList::hosts);
  }

  private static List<Map<String, Object>> hosts(Northbound northbound)
      throws IOException, InterruptedException {
    Set<String> away = northbound.hostsWithoutAgent();
    List<Map<String, Object>> hosts = new ArrayList<>();
    for (Host host :
        northbound.view().hosts().stream().sorted(Comparator.comparing(Host::name)).toList()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", host.id().toString());
      fields.put("name", host.name());
      fields.put("tunnelIp", host.tunnelIp());
      fields.put("agent", away.contains(host.name()) ? "away" : "up");
      hosts.add(fields);
    }
    return hosts;
  }
}
