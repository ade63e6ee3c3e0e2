package io.tapdeck.provisioner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the next hop to each tunnel endpoint known to Open vSwitch. In user space it drops what it
 * sends into a tunnel until it has seen an ARP reply; so the kernel is made to resolve the address,
 * and the answer is handed on. The kernel's own datapath needs none of this.
 */
final class Neighbours {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Open vSwitch forgets after 15 minutes. */
  private static final Duration REFRESH = Duration.ofSeconds(60);

  /** The discard service: the datagram is only there to be routed. */
  private static final int DISCARD = 9;

  private final Map<String, Hop> hops = new HashMap<>();

  /** The next hop to an endpoint, as it was last handed to Open vSwitch. */
  private record Hop(String address, long since) {}

  /**
   * Makes the next hops known, as far as they answer.
   *
   * @param endpoints the addresses that this host sends copies to
   * @return those of them that Open vSwitch cannot send to now, and why
   */
  Map<String, String> ensure(Set<String> endpoints, OpenVswitch ovs)
      throws IOException, InterruptedException {
    hops.keySet().retainAll(endpoints);
    if (endpoints.isEmpty()) {
      return Map.of();
    }
    Map<String, String> trouble = new HashMap<>();
    String table = ovs.ask("tnl/neigh/show");
    for (String endpoint : endpoints) {
      Hop hop = hops.get(endpoint);
      boolean fresh =
          hop != null
              && System.nanoTime() - hop.since() < REFRESH.toNanos()
              && holds(table, hop.address());
      if (!fresh) {
        learn(endpoint, ovs).ifPresent(reason -> trouble.put(endpoint, reason));
      }
    }
    return trouble;
  }

  static boolean holds(String table, String address) {
    return table.lines().anyMatch(line -> line.startsWith(address + " "));
  }

  /** What {@code ip -j route get} says is the next hop. */
  static String nextHop(String route, String endpoint) throws IOException {
    return MAPPER.readTree(route).path(0).path("gateway").asText(endpoint);
  }

  private Optional<String> learn(String endpoint, OpenVswitch ovs) throws InterruptedException {
    try {
      JsonNode route =
          MAPPER.readTree(Command.of("ip", "-j", "route", "get", endpoint).demand()).path(0);
      String device = route.path("dev").asText();
      if (ovs.view().port(device).isEmpty()) {
        return Optional.of(
            "the way to tunnel endpoint "
                + endpoint
                + " is by "
                + device
                + ", which is no port of Open vSwitch: put the tunnel address on a bridge");
      }
      String address = route.path("gateway").asText(endpoint);
      Optional<String> mac = resolved(address, device);
      if (mac.isEmpty()) {
        provoke(endpoint);
        mac = resolved(address, device);
      }
      if (mac.isEmpty()) {
        return Optional.of("tunnel endpoint " + endpoint + " does not answer to ARP");
      }
      var _ = ovs.ask("tnl/neigh/set", device, address, mac.get());
      hops.put(endpoint, new Hop(address, System.nanoTime()));
      return Optional.empty();
    } catch (IOException failed) {
      return Optional.of("tunnel endpoint " + endpoint + ": " + failed.getMessage());
    }
  }

  private static Optional<String> resolved(String address, String device)
      throws IOException, InterruptedException {
    JsonNode entries =
        MAPPER.readTree(
            Command.of("ip", "-j", "neigh", "show", "to", address, "dev", device).demand());
    for (JsonNode entry : entries) {
      if (entry.hasNonNull("lladdr") && !entry.path("state").toString().contains("FAILED")) {
        return Optional.of(entry.get("lladdr").asText());
      }
    }
    return Optional.empty();
  }

  /** Sends a datagram that the kernel has to find the next hop for. */
  private static void provoke(String endpoint) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      var _ =
          channel.send(
              ByteBuffer.wrap(new byte[] {0}),
              new InetSocketAddress(InetAddress.ofLiteral(endpoint), DISCARD));
    }
  }
}
