package io.tapdeck.provisioner.mirror;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * A guest's NIC: a port on a bridge of a host, as that host's agent found it.
 *
 * @param guest the guest's id ({@code external_ids:vm-id})
 * @param guestName the guest's name, or its id where it has none
 * @param mac in lower case ({@code external_ids:attached-mac})
 * @param ips the addresses known of it, often none
 * @param port the port's name
 * @param accessTag the VLAN that Open vSwitch tags this NIC's frames with, if it is an access port
 *     of one
 * @param vlans the only VLANs that the port carries, 0 for what is untagged; empty if all of them
 * @param netns the network namespace that the guest is, if it is one
 */
public record Nic(
    String host,
    String guest,
    String guestName,
    String mac,
    Set<String> ips,
    String bridge,
    String port,
    Optional<Integer> accessTag,
    Set<Integer> vlans,
    Optional<String> netns)
    implements SourcePlace {
  public Nic {
    ips = Set.copyOf(ips);
    vlans = Set.copyOf(vlans);
  }

  /** One on an access port of a VLAN, or on a trunk of all. */
  public Nic(
      String host,
      String guest,
      String guestName,
      String mac,
      Set<String> ips,
      String bridge,
      String port,
      Optional<Integer> accessTag,
      Optional<String> netns) {
    this(
        host,
        guest,
        guestName,
        mac,
        ips,
        bridge,
        port,
        accessTag,
        accessTag.map(Set::of).orElse(Set.of()),
        netns);
  }

  /** A VLAN whose tag its frames have on the bridge; empty if they can be untagged there. */
  public Optional<Integer> someTag() {
    return vlans.contains(0) ? Optional.empty() : vlans.stream().min(Comparator.naturalOrder());
  }

  /**
   * Whether a network namespace can be called so: a file's name that no program takes for an
   * option.
   */
  public static boolean isNetnsName(String name) {
    return name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  }
}
