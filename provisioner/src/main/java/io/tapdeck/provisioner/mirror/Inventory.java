package io.tapdeck.provisioner.mirror;

import java.util.List;

/**
 * What agents found on their hosts.
 *
 * @param nics the guests' NICs
 * @param hostNics the hosts' own
 */
public record Inventory(
    List<Host> hosts, List<Nic> nics, List<HostNic> hostNics, List<Wire> wires) {
  public Inventory {
    hosts = List.copyOf(hosts);
    nics = List.copyOf(nics);
    hostNics = List.copyOf(hostNics);
    wires = List.copyOf(wires);
  }

  /** Hosts and guests alone. */
  public Inventory(List<Host> hosts, List<Nic> nics) {
    this(hosts, nics, List.of(), List.of());
  }
}
