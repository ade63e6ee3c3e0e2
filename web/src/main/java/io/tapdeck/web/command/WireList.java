package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Wire;
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
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  WireList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("wire", "host", "bridge", "uplinks"),
        northbound ->
            northbound.view().inventory().wires().stream()
                .sorted(
                    Comparator.comparing(Wire::name)
                        .thenComparing(Wire::host)
                        .thenComparing(Wire::bridge))
                .map(WireList::fields)
                .toList());
  }

  private static Map<String, Object> fields(Wire wire) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("wire", wire.name());
    fields.put("host", wire.host());
    fields.put("bridge", wire.bridge());
    fields.put("uplinks", wire.uplinks().stream().sorted().toList());
    return fields;
  }
}
