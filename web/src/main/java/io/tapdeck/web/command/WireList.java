package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Wire;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck wire-list}. */
@Command(
    name = "wire-list",
    description = {
      "Lists the wires: layer-2 networks, on each host a bridge.",
      "UPLINKS: the ports that lead out of the host; none if all the traffic stays there."
    })
final class WireList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  WireList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      List<Map<String, Object>> wires = new ArrayList<>();
      northbound.view().inventory().wires().stream()
          .sorted(
              Comparator.comparing(Wire::name)
                  .thenComparing(Wire::host)
                  .thenComparing(Wire::bridge))
          .forEach(wire -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("wire", wire.name());
            fields.put("host", wire.host());
            fields.put("bridge", wire.bridge());
            fields.put("uplinks", wire.uplinks().stream().sorted().toList());
            wires.add(fields);
          });
      presentation.list(wires, List.of("wire", "host", "bridge", "uplinks"));
      return ExitStatus.DONE;
    });
  }
}
