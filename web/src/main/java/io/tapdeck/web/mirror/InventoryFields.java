package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is shown of hosts, guests and wires, by the names that scripts read. */
public final class InventoryFields {
  private InventoryFields() {}

  /**
   * The hosts that have had an agent.
   *
   * @param away those whose agents are not connected
   */
  public static List<Map<String, Object>> hosts(MirrorView view, Set<String> away) {
    return view.hosts().stream()
        .sorted(Comparator.comparing(Host::name))
        .map(host -> {
          Map<String, Object> fields = new LinkedHashMap<>();
          fields.put("id", host.id().toString());
          fields.put("name", host.name());
          fields.put("tunnelIp", host.tunnelIp());
          fields.put("agent", away.contains(host.name()) ? "away" : "up");
          return fields;
        })
        .toList();
  }

  /** The NICs of the guests that are running, one by one. */
  public static List<Map<String, Object>> guestNics(MirrorView view) {
    return view.nics().stream()
        .sorted(
            Comparator.comparing(Nic::guestName).thenComparing(Nic::mac).thenComparing(Nic::host))
        .map(InventoryFields::fields)
        .toList();
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

  /** The wires, on each host. */
  public static List<Map<String, Object>> wires(MirrorView view) {
    return view.inventory().wires().stream()
        .sorted(
            Comparator.comparing(Wire::name).thenComparing(Wire::host).thenComparing(Wire::bridge))
        .map(InventoryFields::fields)
        .toList();
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
