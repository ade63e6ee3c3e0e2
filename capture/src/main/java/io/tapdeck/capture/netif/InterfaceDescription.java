package io.tapdeck.capture.netif;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An interface of this machine, as it was when it was looked at.
 *
 * @param netns the named network namespace it is in; empty for that of who asked
 * @param up set up, with or without a carrier
 * @param mac its hardware address in lower case; empty if it has none
 * @param mtu in bytes
 * @param speedMbps what its driver says, in Mbit/s, if it says anything
 * @param driver as {@code ethtool -i} names it, if it tells
 * @param addresses its IP addresses, with the lengths of their prefixes: {@code 192.0.2.1/24}
 * @param tapService the tap service whose copies arrive on it; there is one for every {@link
 *     InterfaceKind#TAP} and for no other
 */
public record InterfaceDescription(
    String name,
    Optional<String> netns,
    InterfaceKind kind,
    boolean up,
    boolean carrier,
    String mac,
    int mtu,
    Optional<Long> speedMbps,
    Optional<String> driver,
    List<String> addresses,
    Optional<UUID> tapService) {
  public InterfaceDescription {
    addresses = List.copyOf(addresses);
  }
}
