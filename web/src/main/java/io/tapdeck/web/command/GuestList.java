package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Nic;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck guest-list}. */
@Command(name = "guest-list", description = "Lists the NICs of the guests that are running.")
final class GuestList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  GuestList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "macAddr", "ipAddrs", "host", "bridge", "port", "id"),
        northbound ->
            northbound.view().nics().stream()
                .sorted(
                    Comparator.comparing(Nic::guestName)
                        .thenComparing(Nic::mac)
                        .thenComparing(Nic::host))
                .map(GuestList::fields)
                .toList());
  }

  private static Map<String, Object> fields(Nic nic) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", nic.guest());
    fields.put("name", nic.guestName());
    fields.put("macAddr", nic.mac());
    fields.put("ipAddrs", nic.ips().stream().sorted().toList());
    fields.put("host", nic.host());
    fields.put("bridge", nic.bridge());
    fields.put("port", nic.port());
    return fields;
  }
}
