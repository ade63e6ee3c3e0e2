package io.tapdeck.capture.netif;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * An interface, as it was when it was looked at.
 *
 * @param netns the network namespace that it is in; empty for the one of who looked
 * @param carrier whether it is up and its other end is there
 * @param mac in lower case, empty if it has none
 * @param mtu the most bytes after the link header
 * @param speedMbps empty where there is none, or no carrier
 * @param driver the kernel's driver, if it says
 * @param addresses its IP addresses, without prefix length
 * @param tapService the tap service whose copies arrive on it
 */
public record InterfaceDetails(
    String name,
    Optional<String> netns,
    InterfaceKind kind,
    boolean up,
    boolean carrier,
    String mac,
    int mtu,
    OptionalInt speedMbps,
    Optional<String> driver,
    List<String> addresses,
    Optional<UUID> tapService) {
  public InterfaceDetails {
    addresses = List.copyOf(addresses);
  }
}
