package io.tapdeck.provisioner.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tapdeck.provisioner.plan.TunnelAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The network devices and routes of the host at one moment. */
final class HostLinks {
  /**
   * Reads what ip(8) prints with {@code -j}, which does not escape control characters in names that
   * people gave, and in earlier versions escapes apostrophes, which JSON does not know.
   */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .build();

  private final Map<String, HostLink> links = new TreeMap<>();
  private final List<Route> routes;

  HostLinks(Collection<HostLink> links, Collection<Route> routes) {
    links.forEach(link -> this.links.put(link.name(), link));
    this.routes = List.copyOf(routes);
  }

  /**
   * Reads devices and routes.
   *
   * @param addresses what {@code ip -j -d addr} prints
   * @param routes what {@code ip -j route show table all} prints
   * @throws IOException if that is not JSON
   */
  static HostLinks read(String addresses, String routes) throws IOException {
    List<HostLink> links = new ArrayList<>();
    for (JsonNode link : JSON.readTree(addresses)) {
      // One that went away meanwhile is an empty object.
      if (link.hasNonNull("ifname")) {
        links.add(link(link));
      }
    }
    return new HostLinks(links, readRoutes(routes));
  }

  /** A device as {@code ip -j -d addr} prints it. */
  static HostLink link(JsonNode link) {
    String name = link.path("ifname").asText();
    String kind = link.path("linkinfo").path("info_kind").asText("");
    return new HostLink(
        link.path("ifindex").asInt(),
        name,
        link.path("address").asText("").toLowerCase(Locale.ROOT),
        link.path("mtu").asInt(),
        kind,
        text(link, "master"),
        text(link, "link"),
        isUp(link),
        kind.isEmpty() && (link.hasNonNull("parentdev") || hasDevice(link)),
        link.path("ifalias").asText(""),
        addresses(link));
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field).asText("")).filter(text -> !text.isEmpty());
  }

  private static boolean isUp(JsonNode link) {
    for (JsonNode flag : link.path("flags")) {
      if (flag.asText().equals("UP")) {
        return true;
      }
    }
    return false;
  }

  /** Older kernels do not say it in netlink. A sysfs may be another namespace's. */
  private static boolean hasDevice(JsonNode link) {
    try {
      Path sysfs = Path.of("/sys/class/net", link.path("ifname").asText());
      return Files.exists(sysfs.resolve("device"))
          && Files.readString(sysfs.resolve("ifindex"))
              .strip()
              .equals(link.path("ifindex").asText());
    } catch (IOException | IllegalArgumentException unreadable) {
      return false;
    }
  }

  private static Set<String> addresses(JsonNode link) {
    Set<String> addresses = new HashSet<>();
    for (JsonNode address : link.path("addr_info")) {
      String text = address.path("local").asText("");
      boolean byItself =
          address.path("family").asText().equals("inet6")
              && address.path("scope").asText().equals("link");
      if (!text.isEmpty() && !byItself) {
        addresses.add(TunnelAddress.canonical(text).orElse(text));
      }
    }
    return addresses;
  }

  private static List<Route> readRoutes(String text) throws JsonProcessingException {
    List<Route> routes = new ArrayList<>();
    for (JsonNode route : JSON.readTree(text)) {
      String destination = route.path("dst").asText("");
      boolean unicast = route.path("type").asText("unicast").equals("unicast");
      // Every device that is up with IPv6 has this one.
      if (unicast && !destination.equals("fe80::/64")) {
        devices(route)
            .forEach(device ->
                Route.of(
                        destination,
                        isIpv6(route),
                        device,
                        route.path("metric").asInt(0),
                        route.path("table").asText("main").equals("main"))
                    .ifPresent(routes::add));
      }
    }
    return routes;
  }

  private static Set<String> devices(JsonNode route) {
    Set<String> devices = new HashSet<>();
    text(route, "dev").ifPresent(devices::add);
    route.path("nexthops").forEach(hop -> text(hop, "dev").ifPresent(devices::add));
    return devices;
  }

  /** Of a default route; only IPv6 routes have a preference (RFC 4191). */
  private static boolean isIpv6(JsonNode route) {
    return route.hasNonNull("pref") || route.path("gateway").asText("").contains(":");
  }

  /** All devices, by name. */
  Collection<HostLink> all() {
    return List.copyOf(links.values());
  }

  /** The device of this name. */
  Optional<HostLink> link(String name) {
    return Optional.ofNullable(links.get(name));
  }

  /** The device that has an address in canonical form. */
  Optional<HostLink> holder(String address) {
    return links.values().stream().filter(link -> link.addresses().contains(address)).findFirst();
  }

  /** The devices that what is sent to an address goes out of: one, or several that share it. */
  Set<String> waysTo(String address) {
    InetAddress wanted;
    try {
      wanted = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException strange) {
      return Set.of();
    }
    List<Route> leading =
        routes.stream().filter(route -> route.isMain() && route.leadsTo(wanted)).toList();
    Set<String> ways = new HashSet<>();
    leading.stream()
        .min(
            Comparator.comparingInt((Route route) -> -route.length())
                .thenComparingInt(Route::metric))
        .ifPresent(best ->
            leading.stream()
                .filter(one -> one.length() == best.length() && one.metric() == best.metric())
                .forEach(one -> ways.add(one.device())));
    return ways;
  }

  /** Whether a route goes out of a device, in whatever table. */
  boolean hasRoute(String device) {
    return routes.stream().anyMatch(route -> route.device().equals(device));
  }

  /** A device that stands on this one, such as a VLAN. */
  Optional<HostLink> upper(String device) {
    return links.values().stream()
        .filter(link -> !link.isVeth() && link.lower().filter(device::equals).isPresent())
        .findFirst();
  }

  /** What a device stands on at last: itself, unless it is a VLAN or the like. */
  Optional<HostLink> base(String device) {
    Set<String> seen = new HashSet<>();
    Optional<HostLink> link = link(device);
    while (link.isPresent() && !link.get().isVeth() && seen.add(link.get().name())) {
      Optional<HostLink> lower = link.get().lower().flatMap(this::link);
      if (lower.isEmpty()) {
        break;
      }
      link = lower;
    }
    return link;
  }
}
