package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds a host's wires, and which bridge and devices carry its tunnels: the underlay. */
final class Wires {
  private static final String NAME = "tapdeck-wire";
  private static final String UPLINK = "tapdeck-uplink";

  /** What Interface's {@code type} says of a device that was there without Open vSwitch. */
  private static final Set<String> SYSTEM = Set.of("", "system", "afxdp", "afxdp-nonpmd");

  private static final String INTERNAL = "internal";
  private static final String LOOPBACK = "lo";

  /** A NIC that Open vSwitch drives itself. */
  private static final String DPDK = "dpdk";

  private final SwitchView there;
  private final HostLinks links;

  /** The device that has the tunnel address; none if that is everywhere, on the loopback device. */
  private final Optional<HostLink> holder;

  /** The devices that the routes to other hosts go out of. */
  private final Set<String> ways = new TreeSet<>();

  /**
   * @param tunnelIp this host's, in canonical form
   * @param endpoints the tunnel addresses of other hosts
   */
  Wires(SwitchView there, HostLinks links, String tunnelIp, Collection<String> endpoints) {
    this.there = there;
    this.links = links;
    holder = links.holder(tunnelIp).filter(link -> !link.name().equals(LOOPBACK));
    endpoints.stream()
        .filter(endpoint -> !endpoint.equals(tunnelIp))
        .forEach(endpoint -> ways.addAll(links.waysTo(endpoint)));
  }

  /** The wires, ordered by their bridges' names; of two bridges of one name the first. */
  List<Wire> wires(String host) {
    Set<String> hidden = underlayBridges();
    Map<String, Wire> wires = new TreeMap<>();
    there.bridges().stream()
        .filter(bridge -> !bridge.text("name").equals(HostPlan.BRTAP))
        .sorted(Comparator.comparing(bridge -> bridge.text("name")))
        .forEach(bridge -> {
          String name = bridge.text("name");
          String wire = bridge.map("external_ids").getOrDefault(NAME, "");
          if (!wire.isBlank() || !hidden.contains(name)) {
            String called = wire.isBlank() ? name : wire;
            wires.putIfAbsent(called, new Wire(host, called, name, uplinks(name)));
          }
        });
    return wires.values().stream().sorted(Comparator.comparing(Wire::bridge)).toList();
  }

  private Set<String> underlayBridges() {
    return Stream.concat(holder.stream().map(HostLink::name), ways.stream())
        .flatMap(device -> portUnder(device).stream())
        .map(SwitchView.BridgePort::bridgeName)
        .collect(Collectors.toSet());
  }

  /** The port that a device of the host's is, or what it stands on. */
  private Optional<SwitchView.BridgePort> portUnder(String device) {
    return there.port(device).or(() -> links.base(device).flatMap(base -> there.port(base.name())));
  }

  private Set<String> uplinks(String bridge) {
    Set<String> uplinks = new TreeSet<>();
    for (SwitchView.BridgePort port : there.ports().values()) {
      if (port.bridgeName().equals(bridge) && isUplink(port)) {
        uplinks.add(port.port().text("name"));
      }
    }
    return uplinks;
  }

  private boolean isUplink(SwitchView.BridgePort port) {
    return ids(port).anyMatch(ids -> "true".equals(ids.get(UPLINK)))
        || (!isGuests(port) && port.interfaces().stream().anyMatch(this::isNic));
  }

  private boolean isNic(Row row) {
    String type = row.text("type");
    return type.equals(DPDK)
        || (SYSTEM.contains(type)
            && links
                .base(row.text("name"))
                .filter(link -> link.isNic() || link.isBond())
                .isPresent());
  }

  /** A guest may hold a NIC of the host's, or be reached through what looks like one. */
  private static boolean isGuests(SwitchView.BridgePort port) {
    return ids(port).anyMatch(ids -> ids.containsKey("attached-mac") || ids.containsKey("vm-id"));
  }

  private static Stream<Map<String, String>> ids(SwitchView.BridgePort port) {
    return Stream.concat(Stream.of(port.port()), port.interfaces().stream())
        .map(row -> row.map("external_ids"));
  }

  /** The longest IP packet that can leave from the tunnel address, in bytes; 0 if unknown. */
  int tunnelMtu() {
    return holder.map(link -> Set.of(link.name())).orElse(ways).stream()
        .flatMap(this::mtus)
        .filter(mtu -> mtu > 0)
        .min(Comparator.naturalOrder())
        .orElse(0);
  }

  /** Of what tunnels' packets go through that leave by a device. */
  private Stream<Integer> mtus(String device) {
    Stream<Integer> own = links.link(device).map(HostLink::mtu).stream();
    Optional<SwitchView.BridgePort> under =
        portUnder(device).filter(port -> port.interfaces().stream().anyMatch(Wires::isInternal));
    List<Integer> uplinks =
        under.stream()
            .flatMap(port -> uplinkMtus(port.bridgeName()))
            .filter(mtu -> mtu > 0)
            .toList();
    // In user space they go from port to port, not through the device, whose own MTU stays 1500.
    return !uplinks.isEmpty() && under.filter(Wires::isUserSpace).isPresent()
        ? uplinks.stream()
        : Stream.concat(own, uplinks.stream());
  }

  private static boolean isUserSpace(SwitchView.BridgePort port) {
    return port.bridge().text("datapath_type").equals("netdev");
  }

  private static boolean isInternal(Row row) {
    return row.text("type").equals(INTERNAL);
  }

  /** Where no port is known as an uplink, each that is not a guest's may be one. */
  private Stream<Integer> uplinkMtus(String bridge) {
    Set<String> uplinks = uplinks(bridge);
    return there.ports().values().stream()
        .filter(port ->
            port.bridgeName().equals(bridge)
                && (uplinks.isEmpty()
                    ? !isGuests(port)
                    : uplinks.contains(port.port().text("name"))))
        .flatMap(port -> port.interfaces().stream())
        .filter(row -> SYSTEM.contains(row.text("type")) || row.text("type").equals(DPDK))
        .map(row -> (int) Math.min(row.whole("mtu"), Integer.MAX_VALUE));
  }
}
