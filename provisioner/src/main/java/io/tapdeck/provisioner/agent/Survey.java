package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.plan.SwitchView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finds what is on a host, anew only when something has changed. */
final class Survey {
  private final HostLinksReader reader = new HostLinksReader();
  private final Troubles troubles;
  private Optional<Last> last = Optional.empty();

  Survey(Troubles troubles) {
    this.troubles = troubles;
  }

  /**
   * What is on a host.
   *
   * @param tunnelMtu see {@link Host#tunnelMtu}
   */
  record Found(Inventory inventory, int tunnelMtu) {}

  /** What was found last, and in what. */
  private record Last(SwitchView there, HostLinks links, List<String> endpoints, Found found) {
    boolean isOf(SwitchView there, HostLinks links, List<String> endpoints) {
      return this.there == there && this.links == links && this.endpoints.equals(endpoints);
    }
  }

  /**
   * The host's devices and routes: what was known last, if they cannot be read now.
   *
   * @param hurried whether something waits that they may not keep
   */
  Optional<HostLinks> links(boolean hurried) throws InterruptedException {
    String reading = "reading this host's devices with ip(8)";
    try {
      Optional<HostLinks> read = Optional.of(reader.read(hurried));
      troubles.over(reading);
      return read;
    } catch (IOException failed) {
      troubles.met(reading, String.valueOf(failed.getMessage()));
      return reader.known();
    }
  }

  /** What is on a host that always has this name and tunnel address. */
  Found find(String host, String tunnelIp, MirrorView view, SwitchView there, HostLinks links) {
    List<String> endpoints = view.hosts().stream().map(Host::tunnelIp).sorted().toList();
    Optional<Last> known = last.filter(one -> one.isOf(there, links, endpoints));
    if (known.isPresent()) {
      return known.get().found();
    }
    Wires wires = new Wires(there, links, tunnelIp, endpoints);
    Inventory inventory =
        new Inventory(
            List.of(), Ports.nics(there, host), HostNics.of(links, there, host), wires.wires(host));
    // The same object where nothing has changed: so it is seen at once that nothing has.
    Inventory before = last.map(one -> one.found().inventory()).orElse(inventory);
    Found found = new Found(inventory.equals(before) ? before : inventory, wires.tunnelMtu());
    last = Optional.of(new Last(there, links, endpoints, found));
    return found;
  }
}
