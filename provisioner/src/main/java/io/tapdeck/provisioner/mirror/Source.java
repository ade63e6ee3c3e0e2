package io.tapdeck.provisioner.mirror;

import java.util.Optional;

/** What a tap flow copies from. */
public sealed interface Source {
  /**
   * One NIC of a guest, wherever the guest is.
   *
   * @param guest the guest's id
   * @param mac the NIC's MAC address, in lower case
   */
  record Vnic(String guest, String mac) implements Source {}

  /**
   * A virtual switch: the bridge of a wire on a host.
   *
   * @param host the host's name
   * @param wire the wire's name
   * @param vlan only this VLAN, 0 for what is untagged; all of the switch if absent
   */
  record Vswitch(String host, String wire, Optional<Integer> vlan) implements Source {}
}
