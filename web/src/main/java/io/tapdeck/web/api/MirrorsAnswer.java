package io.tapdeck.web.api;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.web.mirror.Known;
import io.tapdeck.web.mirror.MirrorFields;
import io.tapdeck.web.mirror.TunnelCopies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All there is of mirrors; of an absent northbound nothing but that it is away. */
record MirrorsAnswer(
    boolean connected,
    String detail,
    List<MirrorHost> hosts,
    List<Guest> guests,
    List<Map<String, Object>> services,
    List<Map<String, Object>> flows,
    List<TunnelCopies> tunnels) {
  /**
   * @param agent {@code up} or {@code away}
   */
  record MirrorHost(
      String name,
      String tunnelIp,
      boolean local,
      String agent,
      List<HostWire> wires,
      List<PhysicalNic> nics) {}

  record HostWire(String name, String bridge, List<String> uplinks) {}

  /**
   * @param taken why no copies can leave through it; empty if they can
   */
  record PhysicalNic(String name, String mac, String taken) {}

  record GuestNic(
      String mac, List<String> ips, String bridge, String port, @Nullable Integer vlan) {}

  record Guest(String id, String name, String host, List<GuestNic> nics) {}

  /** As it is now. */
  static MirrorsAnswer of(Parts parts) throws InterruptedException {
    Optional<Northbound> northbound = parts.northbound().now();
    if (northbound.isEmpty()) {
      return away(parts.northbound().detail());
    }
    MirrorView view = northbound.get().view();
    Known known;
    try {
      known = Known.of(northbound.get());
    } catch (IOException ended) {
      return away(String.valueOf(ended.getMessage()));
    }
    return new MirrorsAnswer(
        true,
        "",
        view.hosts().stream()
            .sorted(Comparator.comparing(Host::name))
            .map(host ->
                new MirrorHost(
                    host.name(),
                    host.tunnelIp(),
                    host.isOn(parts.machine()),
                    known.away().contains(host.name()) ? "away" : "up",
                    wires(host, view),
                    nics(host, view)))
            .toList(),
        guests(view),
        MirrorFields.services(view, known),
        MirrorFields.flows(view, known),
        TunnelCopies.of(view, known.counts()));
  }

  private static MirrorsAnswer away(String detail) {
    return new MirrorsAnswer(false, detail, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  private static List<HostWire> wires(Host host, MirrorView view) {
    return view.inventory().wires().stream()
        .filter(wire -> wire.host().equals(host.name()))
        .sorted(Comparator.comparing(Wire::name))
        .map(wire ->
            new HostWire(wire.name(), wire.bridge(), wire.uplinks().stream().sorted().toList()))
        .toList();
  }

  private static List<PhysicalNic> nics(Host host, MirrorView view) {
    return view.inventory().hostNics().stream()
        .filter(nic -> nic.host().equals(host.name()))
        .sorted(Comparator.comparing(HostNic::name))
        .map(nic -> new PhysicalNic(nic.name(), nic.mac(), nic.taken()))
        .toList();
  }

  private static List<Guest> guests(MirrorView view) {
    Map<String, List<Nic>> nics = new TreeMap<>();
    for (Nic nic : view.nics()) {
      nics.computeIfAbsent(nic.guestName() + "\n" + nic.guest(), key -> new ArrayList<>()).add(nic);
    }
    return nics.values().stream().map(MirrorsAnswer::guest).toList();
  }

  private static Guest guest(List<Nic> nics) {
    Nic first = nics.getFirst();
    return new Guest(
        first.guest(),
        first.guestName(),
        first.host(),
        nics.stream()
            .sorted(Comparator.comparing(Nic::mac))
            .map(nic ->
                new GuestNic(
                    nic.mac(),
                    nic.ips().stream().sorted().toList(),
                    nic.bridge(),
                    nic.port(),
                    nic.accessTag().orElse(null)))
            .toList());
  }
}
