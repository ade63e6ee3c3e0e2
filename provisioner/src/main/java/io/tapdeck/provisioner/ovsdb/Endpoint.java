package io.tapdeck.provisioner.ovsdb;

import java.nio.file.Path;

/** Where an OVSDB server listens, in the notation of ovsdb(7). */
public sealed interface Endpoint {
  /** A Unix domain socket. */
  record Unix(Path path) implements Endpoint {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** A TCP port. */
  record Tcp(String host, int port) implements Endpoint {
    @Override
    public String toString() {
      return "tcp:" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /**
   * Reads {@code unix:PATH}, {@code tcp:HOST:PORT} or {@code tcp:[IPV6]:PORT}.
   *
   * @throws IllegalArgumentException if it is none of them; the message says what is expected
   */
  static Endpoint parse(String address) {
    if (address.startsWith("unix:") && address.length() > 5) {
      return new Unix(Path.of(address.substring(5)));
    }
    if (address.startsWith("tcp:")) {
      int colon = address.lastIndexOf(':');
      String host = colon > 4 ? address.substring(4, colon) : "";
      String port = address.substring(colon + 1);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      if (!host.isEmpty() && port.matches("[0-9]{1,5}")) {
        int number = Integer.parseInt(port);
        if (number > 0 && number < 65536) {
          return new Tcp(host, number);
        }
      }
    }
    throw new IllegalArgumentException(
        "'" + address + "' is no OVSDB address: give unix:PATH or tcp:HOST:PORT");
  }
}
