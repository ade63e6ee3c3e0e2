package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.List;
import java.util.Optional;

/**
 * Finds the host's own NICs, and whether copies may leave through them. The way to the northbound
 * or to other hosts has an address or a route, carries a device that has, or is a port of a bridge;
 * so it is never free.
 */
final class HostNics {
  /** More than a host has; a host that shows more is not told of. */
  private static final int MOST = 1024;

  private HostNics() {}

  /** The NICs, ordered by name. */
  static List<HostNic> of(HostLinks links, SwitchView there, String host) {
    return links.all().stream()
        .filter(link -> link.isNic() && !link.mac().isEmpty())
        .limit(MOST)
        .map(link ->
            new HostNic(
                host, link.name(), link.mac(), link.mtu(), taken(link, links, there).orElse("")))
        .toList();
  }

  private static Optional<String> taken(HostLink link, HostLinks links, SwitchView there) {
    Optional<SwitchView.BridgePort> port = port(link.name(), there);
    boolean ours =
        port.filter(known -> known.isOurs() && known.bridgeName().equals(HostPlan.BRTAP))
            .isPresent();
    return port.filter(any -> !ours)
        .map(known -> "is a port of bridge " + known.bridgeName())
        // The kernel's datapath is the master of its ports.
        .or(() -> link.master().filter(any -> !ours).map(master -> "is a part of device " + master))
        .or(() -> link.addresses().stream().sorted().findFirst().map(any -> "has address " + any))
        .or(() -> links.upper(link.name()).map(upper -> "carries device " + upper.name()))
        .or(() -> links.hasRoute(link.name()) ? Optional.of("has a route") : Optional.empty());
  }

  /** The port that has a device as an interface; a bond has several. */
  private static Optional<SwitchView.BridgePort> port(String device, SwitchView there) {
    return there
        .port(device)
        .or(() ->
            there.ports().values().stream()
                .filter(port ->
                    port.interfaces().stream().anyMatch(row -> row.text("name").equals(device)))
                .findFirst());
  }
}
