package io.tapdeck.provisioner.agent;

import java.util.Optional;
import java.util.Set;

/**
 * A network device of the host, as ip-address(8) tells of it.
 *
 * @param mtu the longest IP packet that it takes, in bytes
 * @param kind the kernel's word for a device made by software ({@code veth}, {@code bond}); empty
 *     for others
 * @param lower the device that it stands on, as a VLAN does; the other end if it is a veth
 * @param isPhysical whether it has a device or driver of its own
 * @param alias what somebody called it ({@code ifalias})
 * @param addresses its IP addresses in canonical form, but those that IPv6 gives every device that
 *     is up
 */
record HostLink(
    int index,
    String name,
    String mac,
    int mtu,
    String kind,
    Optional<String> master,
    Optional<String> lower,
    boolean isUp,
    boolean isPhysical,
    String alias,
    Set<String> addresses) {
  private static final Set<String> TRUNKS = Set.of("bond", "team");

  /** What the aliases of veths begin with that stand for physical NICs, in tests and labs. */
  static final String MARK = "tapdeck-nic";

  HostLink {
    addresses = Set.copyOf(addresses);
  }

  boolean isVeth() {
    return kind.equals("veth");
  }

  /** Whether it is one NIC of the host, or stands for one. */
  boolean isNic() {
    return isPhysical || isMarked();
  }

  private boolean isMarked() {
    return isVeth() && alias.startsWith(MARK);
  }

  /** Whether it is several NICs of the host in one. */
  boolean isBond() {
    return TRUNKS.contains(kind);
  }
}
