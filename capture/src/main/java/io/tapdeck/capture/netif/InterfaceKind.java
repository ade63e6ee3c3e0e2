package io.tapdeck.capture.netif;

/** What sort of interface one is. */
public enum InterfaceKind {
  /** A NIC of ours on which mirrored traffic arrives, whatever it is made of. */
  TAP,
  /** With a device of its own: a card, or what a hypervisor shows as one. */
  PHYSICAL,
  /** One end of a veth pair. */
  VETH,
  /** A bridge of the kernel's. */
  BRIDGE,
  /** A port that the kernel's Open vSwitch made; in user space it makes a {@link #TUN}. */
  OVS,
  /** A VLAN of another interface. */
  VLAN,
  /** A TUN or TAP device, of a virtual machine for example. */
  TUN,
  LOOPBACK,
  OTHER
}
