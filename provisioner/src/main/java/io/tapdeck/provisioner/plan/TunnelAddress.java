package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.IpText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/** An address that other hosts can send copies to, as Open vSwitch prints it in flows. */
public final class TunnelAddress {
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
          : Optional.of(IpText.of(version6));
    }
    return Optional.of(IpText.of(address));
  }
}
