package io.tapdeck.web.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the server listens: an address of this machine, or all of them, and a TCP port.
 *
 * @param address all zeros for every address of this machine
 * @param port 0 for any that is free
 */
public record ListenAddress(InetAddress address, int port) {
  private static final Pattern FORM =
      Pattern.compile("(localhost|[0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");
  private static final int HIGHEST_PORT = 65_535;

  public ListenAddress {
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("there is no port " + port);
    }
  }

  /**
   * Reads {@code 127.0.0.1:8080}, {@code [::1]:8080} or {@code localhost:8080}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static ListenAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no address to listen at: give ADDRESS:PORT, like 127.0.0.1:8080 or"
              + " [::1]:8080");
    }
    String host = form.group(1).equals("localhost") ? "127.0.0.1" : form.group(1);
    return new ListenAddress(literal(host, text), Integer.parseInt(form.group(2)));
  }

  private static InetAddress literal(String host, String text) {
    try {
      return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", ""));
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "'" + text + "' has no IP address: give one like 127.0.0.1 or [::1]", malformed);
    }
  }

  /** Whether only this machine reaches it. */
  public boolean isLoopback() {
    return address.isLoopbackAddress();
  }

  /** The name that it has in a URL; this machine's own loopback where it is every address. */
  public String name() {
    return host(address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address);
  }

  InetSocketAddress socketAddress() {
    return new InetSocketAddress(address, port);
  }

  /** An address as it stands in a URL. */
  static String host(InetAddress address) {
    String text = address.getHostAddress().replaceFirst("%.*", "");
    return address instanceof Inet6Address
        ? "[" + text.replaceFirst("^0:0:0:0:0:0:0:([01])$", "::$1").replaceFirst("::0$", "::") + "]"
        : text;
  }

  @Override
  public String toString() {
    return host(address) + ":" + port;
  }
}
