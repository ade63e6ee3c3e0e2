package io.tapdeck.replay.proof;

import io.tapdeck.capture.os.NetworkNamespace;
import java.util.Optional;

/**
 * The interface at which frames are expected to arrive.
 *
 * @param interfaceName as {@code ip link} shows it
 * @param namespace the network namespace it is in; empty for the caller's
 */
public record Receiver(String interfaceName, Optional<NetworkNamespace> namespace) {
  /**
   * From {@code IFACE} or {@code IFACE@NETNS}.
   *
   * @throws IllegalArgumentException if a part of it is missing, or no name
   */
  public static Receiver parse(String text) {
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "' names no interface: write IFACE, or IFACE@NETNS");
    }
    return new Receiver(
        name,
        at < 0 ? Optional.empty() : Optional.of(new NetworkNamespace(text.substring(at + 1))));
  }

  @Override
  public String toString() {
    return interfaceName + namespace.map(one -> "@" + one.name()).orElse("");
  }
}
