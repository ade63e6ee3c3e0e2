package io.tapdeck.provisioner.plan;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** An address that other hosts can send copies to, as Open vSwitch prints it in flows. */
public final class TunnelAddress {
  private static final int GROUPS = 8;

  private TunnelAddress() {}

  /**
   * The one way to write an address: dotted, or as in RFC 5952.
   *
   * @return nothing if the text is no IP address, or one that cannot be reached from elsewhere
   */
  public static Optional<String> canonical(String text) {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
    if (text.indexOf('%') >= 0
        || address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isMulticastAddress()) {
      return Optional.empty();
    }
    if (address instanceof Inet6Address version6) {
      // A link-local address needs a scope; an IPv4-compatible one is nobody's (RFC 4291).
      return version6.isLinkLocalAddress() || version6.isIPv4CompatibleAddress()
          ? Optional.empty()
          : Optional.of(text(version6));
    }
    return Optional.of(address.getHostAddress());
  }

  /** In lower case, with the first of the longest runs of two or more zero groups left out. */
  private static String text(Inet6Address address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = Short.toUnsignedInt(bytes.getShort());
    }
    int start = -1;
    int length = 1;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && groups[to] == 0) {
        to++;
      }
      if (to - from > length) {
        start = from;
        length = to - from;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
