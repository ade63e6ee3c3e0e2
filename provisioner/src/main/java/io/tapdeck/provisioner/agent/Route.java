package io.tapdeck.provisioner.agent;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A route of the host to somewhere else.
 *
 * @param prefix the bytes of the destination, 4 or 16
 * @param length how many bits of it count
 * @param device where it goes out
 * @param isMain whether it is of the routing table that all use
 */
record Route(InetAddress prefix, int length, String device, int metric, boolean isMain) {
  private static final String DEFAULT = "default";

  /** A route in the words of ip-route(8), if they are understood. */
  static Optional<Route> of(
      String destination, boolean isIpv6, String device, int metric, boolean isMain) {
    try {
      String[] parts = destination.split("/", -1);
      InetAddress prefix =
          InetAddress.ofLiteral(
              destination.equals(DEFAULT) ? (isIpv6 ? "::" : "0.0.0.0") : parts[0]);
      int bits = prefix.getAddress().length * Byte.SIZE;
      int length =
          destination.equals(DEFAULT) ? 0 : parts.length > 1 ? Integer.parseInt(parts[1]) : bits;
      return length < 0 || length > bits
          ? Optional.empty()
          : Optional.of(new Route(prefix, length, device, metric, isMain));
    } catch (IllegalArgumentException strange) {
      return Optional.empty();
    }
  }

  boolean leadsTo(InetAddress address) {
    byte[] wanted = address.getAddress();
    byte[] known = prefix.getAddress();
    if (wanted.length != known.length) {
      return false;
    }
    for (int bit = 0; bit < length; bit++) {
      int mask = 0x80 >> bit % Byte.SIZE;
      if (((wanted[bit / Byte.SIZE] ^ known[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
