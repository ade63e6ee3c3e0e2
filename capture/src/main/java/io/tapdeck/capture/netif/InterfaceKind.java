package io.tapdeck.capture.netif;

import java.util.Locale;

/** What an interface is. */
public enum InterfaceKind {
  /** A NIC of ours on which mirrored traffic arrives. */
  TAP,
  /** Hardware, or what a hypervisor shows as such. */
  PHYSICAL,
  /** One end of a pair. */
  VETH,
  /** A bridge of the kernel. */
  BRIDGE,
  VLAN,
  /** A device of a program, as the ports of Open vSwitch in user space are. */
  TUN,
  /** A port of Open vSwitch in the kernel. */
  OVS,
  LOOPBACK,
  OTHER;

  /** As it is shown: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
