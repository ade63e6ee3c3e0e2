package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Host;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck host-list}. */
@Command(name = "host-list", description = "Lists the hosts that have had an agent.")
final class HostList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  HostList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      List<Map<String, Object>> hosts = new ArrayList<>();
      northbound.view().hosts().stream()
          .sorted(Comparator.comparing(Host::name))
          .forEach(host -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", host.id().toString());
            fields.put("name", host.name());
            fields.put("tunnelIp", host.tunnelIp());
            hosts.add(fields);
          });
      presentation.list(hosts, List.of("name", "tunnelIp", "id"));
      return ExitStatus.DONE;
    });
  }
}
