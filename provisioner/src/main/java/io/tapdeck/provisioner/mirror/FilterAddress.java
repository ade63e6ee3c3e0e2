package io.tapdeck.provisioner.mirror;

import java.util.Optional;

/**
 * Addresses, and perhaps a port, that a filter rule may ask for. Written {@code 10.0.0.0/8}, {@code
 * 10.0.0.1:53}, {@code 2001:db8::/32}, {@code [2001:db8::1]:53} or {@code :53}.
 */
public record FilterAddress(Optional<IpPrefix> prefix, Optional<Integer> port) {
  private static final int LAST_PORT = 65_535;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static FilterAddress parse(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end > 0 && text.startsWith("]:", end)) {
        return new FilterAddress(
            Optional.of(IpPrefix.parse(text.substring(1, end))),
            Optional.of(port(text.substring(end + 2))));
      }
      throw new IllegalArgumentException("'" + text + "' is not like [2001:db8::1]:53");
    }
    int colon = text.indexOf(':');
    if (colon < 0 || colon != text.lastIndexOf(':')) {
      return new FilterAddress(Optional.of(IpPrefix.parse(text)), Optional.empty());
    }
    String address = text.substring(0, colon);
    return new FilterAddress(
        address.isEmpty() ? Optional.empty() : Optional.of(IpPrefix.parse(address)),
        Optional.of(port(text.substring(colon + 1))));
  }

  private static int port(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > LAST_PORT) {
      throw new IllegalArgumentException("'" + text + "' is no port");
    }
    return Integer.parseInt(text);
  }

  /** The version of its addresses, if it has any. */
  public Optional<IpVersion> version() {
    return prefix.map(IpPrefix::version);
  }

  /** As it is written. */
  public String text() {
    if (prefix.isEmpty()) {
      return ":" + port.orElse(0);
    }
    String address = prefix.get().text();
    if (port.isEmpty()) {
      return address;
    }
    return (version().equals(Optional.of(IpVersion.IPV6)) ? "[" + address + "]" : address)
        + ":"
        + port.get();
  }
}
