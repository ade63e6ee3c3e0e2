package io.tapdeck.provisioner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.plan.InterfaceNames;
import io.tapdeck.provisioner.plan.TapNic;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets tap NICs so that the system they are in neither hears nor speaks on them: copies are for
 * packet sockets alone. All of it is set before a NIC goes up.
 *
 * <p>Without it a mirrored router advertisement gives the system an address and a default route,
 * and a mirrored broadcast is answered. Packet sockets see a frame before netfilter's ingress hook,
 * which drops it.
 */
final class TapNics {
  private static final Logger LOG = LoggerFactory.getLogger(TapNics.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** How often a NIC that was right is looked at again. */
  private static final Duration RECHECK = Duration.ofSeconds(2);

  private static final String TABLE_PREFIX = "tapdeck-";

  /** What the aliases of all our devices begin with. */
  private static final String ALIAS_PREFIX = "tapdeck ";

  private final Map<TapNic, Seen> right = new HashMap<>();
  private final boolean hasNft;

  private record Seen(long ifindex, long since) {}

  TapNics() throws InterruptedException {
    hasNft = hasNft();
    if (!hasNft) {
      LOG.warn(
          "nft is missing: tap NICs are kept silent by their own settings only; install nftables");
    }
  }

  private static boolean hasNft() throws InterruptedException {
    try {
      return Command.of("nft", "--version").run().status() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /**
   * Makes the veth pair of a NIC in a namespace, or what is missing of it, unless the NIC was right
   * a moment ago.
   *
   * @throws IOException if it could not be made, or others have its names
   */
  void prepare(TapNic nic) throws IOException, InterruptedException {
    if (nic.netns().isEmpty() || isKnownRight(nic, 0)) {
      return;
    }
    String netns = nic.netns().get();
    // What is no name to ip-link(8), it takes for a process.
    if (!Files.exists(Path.of("/run/netns", netns))) {
      throw new IOException("network namespace " + netns + " is not there: see 'ip netns list'");
    }
    Optional<JsonNode> inside = look(nic.name(), nic.netns());
    Optional<JsonNode> outside = look(nic.port(), Optional.empty());
    refuseForeign(inside, "in network namespace " + netns);
    refuseForeign(outside, "on the host");
    if (inside.isEmpty() || outside.isEmpty() || !isPair(inside.get(), outside.get())) {
      // An end without its other one is left from a namespace that was made anew.
      if (outside.isPresent()) {
        run(Optional.empty(), "ip", "link", "del", "dev", nic.port());
      }
      if (look(nic.name(), nic.netns()).isPresent()) {
        run(nic.netns(), "ip", "link", "del", "dev", nic.name());
      }
      run(
          Optional.empty(),
          "ip",
          "link",
          "add",
          nic.port(),
          "type",
          "veth",
          "peer",
          "name",
          nic.name(),
          "netns",
          netns);
      outside = Optional.empty();
    }
    if (outside.isEmpty() || !isHostEndRight(outside.get(), nic)) {
      quiet(nic.port(), Optional.empty());
      run(Optional.empty(), "ip", "link", "set", "dev", nic.port(), "alias", nic.alias(), "up");
    }
  }

  private static boolean isHostEndRight(JsonNode link, TapNic nic) {
    return flags(link).contains("UP") && link.path("ifalias").asText().equals(nic.alias());
  }

  private static boolean isPair(JsonNode inside, JsonNode outside) {
    return inside.path("link_index").asInt(-1) == outside.path("ifindex").asInt()
        && outside.path("link_index").asInt(-1) == inside.path("ifindex").asInt();
  }

  /** One without an alias is ours, left by an agent that ended before it came to that. */
  private static void refuseForeign(Optional<JsonNode> link, String where) throws IOException {
    if (link.isPresent()) {
      String alias = link.get().path("ifalias").asText("");
      boolean veth = link.get().path("linkinfo").path("info_kind").asText().equals("veth");
      if (!veth || !(alias.isEmpty() || alias.startsWith(ALIAS_PREFIX))) {
        throw new IOException(
            link.get().path("ifname").asText()
                + " is there "
                + where
                + " and not Tapdeck's: rename or remove it");
      }
    }
  }

  /**
   * Sets a NIC right, unless it is.
   *
   * @param ifindex of its device if Open vSwitch made it, which may make it anew at any time; else
   *     0
   * @throws IOException if it could not be set right
   */
  void ensure(TapNic nic, long ifindex) throws IOException, InterruptedException {
    if (isKnownRight(nic, ifindex)) {
      return;
    }
    right.remove(nic);
    if (!isRight(nic)) {
      set(nic);
      if (!isRight(nic)) {
        throw new IOException("tap NIC " + nic.name() + " does not keep its settings");
      }
    }
    right.put(nic, new Seen(ifindex, System.nanoTime()));
  }

  private boolean isKnownRight(TapNic nic, long ifindex) {
    Seen seen = right.get(nic);
    return seen != null
        && seen.ifindex() == ifindex
        && System.nanoTime() - seen.since() < RECHECK.toNanos();
  }

  private static Optional<JsonNode> look(String device, Optional<String> netns)
      throws IOException, InterruptedException {
    Command show = Command.of("ip", "-j", "-d", "addr", "show", "dev", device);
    Command.Output output = netns.map(show::inNetns).orElse(show).run();
    if (output.status() != 0) {
      return Optional.empty();
    }
    for (JsonNode link : MAPPER.readTree(output.out())) {
      if (link.path("ifname").asText().equals(device)) {
        return Optional.of(link);
      }
    }
    return Optional.empty();
  }

  boolean isRight(TapNic nic) throws IOException, InterruptedException {
    Optional<JsonNode> link = look(nic.name(), nic.netns());
    if (link.isEmpty()) {
      return false;
    }
    Set<String> flags = flags(link.get());
    return flags.containsAll(List.of("UP", "NOARP"))
        // The two ends of a veth pair carry nothing until both are up.
        && (nic.netns().isEmpty() || flags.contains("LOWER_UP"))
        && link.get().path("addr_info").isEmpty()
        && link.get().path("ifalias").asText().equals(nic.alias())
        && readsDisabledIpv6(nic)
        && (!hasNft || isFiltered(nic));
  }

  private static Set<String> flags(JsonNode link) {
    Set<String> flags = new HashSet<>();
    link.path("flags").forEach(flag -> flags.add(flag.asText()));
    return flags;
  }

  private static boolean readsDisabledIpv6(TapNic nic) throws IOException, InterruptedException {
    Command read = Command.of("sysctl", "-n", "net.ipv6.conf." + nic.name() + ".disable_ipv6");
    Command.Output output = nic.netns().map(read::inNetns).orElse(read).run();
    // A kernel without IPv6 has no such setting.
    return output.status() != 0 || output.out().strip().equals("1");
  }

  private static boolean isFiltered(TapNic nic) throws IOException, InterruptedException {
    Command list = Command.of("nft", "list", "table", "netdev", TABLE_PREFIX + nic.name());
    Command.Output output = nic.netns().map(list::inNetns).orElse(list).run();
    return output.status() == 0
        && output.out().contains("hook ingress device \"" + nic.name() + "\"")
        && output.out().contains("policy drop");
  }

  private void set(TapNic nic) throws IOException, InterruptedException {
    quiet(nic.name(), nic.netns());
    run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "arp", "off", "alias", nic.alias());
    run(nic.netns(), "ip", "addr", "flush", "dev", nic.name());
    if (hasNft) {
      filter(nic);
    }
    run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "up");
  }

  /**
   * No IPv6 and no answers to ARP; where the kernel lacks one of them there is nothing to quiet.
   */
  private static void quiet(String device, Optional<String> netns)
      throws IOException, InterruptedException {
    Command write =
        Command.of(
            "sysctl",
            "-q",
            "-e",
            "-w",
            "net.ipv6.conf." + device + ".disable_ipv6=1",
            "net.ipv6.conf." + device + ".accept_ra=0",
            "net.ipv4.conf." + device + ".arp_ignore=8");
    var _ = netns.map(write::inNetns).orElse(write).demand();
  }

  private static void filter(TapNic nic) throws IOException, InterruptedException {
    String table = TABLE_PREFIX + nic.name();
    String deaf = chain("deaf", "ingress", nic);
    // The egress hook is newer than the ingress hook (Linux 5.16).
    if (!load(table, deaf + chain("mute", "egress", nic), nic) && !load(table, deaf, nic)) {
      throw new IOException("nft cannot filter tap NIC " + nic.name());
    }
  }

  private static String chain(String name, String hook, TapNic nic) {
    return "  chain "
        + name
        + " { type filter hook "
        + hook
        + " device \""
        + nic.name()
        + "\" priority -500; policy drop; }\n";
  }

  private static boolean load(String table, String chains, TapNic nic)
      throws IOException, InterruptedException {
    String script =
        "table netdev "
            + table
            + " {}\ndelete table netdev "
            + table
            + "\ntable netdev "
            + table
            + " {\n"
            + chains
            + "}\n";
    Command command = Command.of("nft", "-f", "-").withInput(script);
    Command.Output output = nic.netns().map(command::inNetns).orElse(command).run();
    if (output.status() != 0) {
      LOG.debug("nft: {}", output.err());
    }
    return output.status() == 0;
  }

  private static void run(Optional<String> netns, String... arguments)
      throws IOException, InterruptedException {
    Command command = Command.of(arguments);
    var _ = netns.map(command::inNetns).orElse(command).demand();
  }

  /**
   * Removes what is left of NICs that are not planned: veth pairs, whose ports must be gone from
   * Open vSwitch already, and filters. What cannot be removed does not keep the rest.
   *
   * @param suspects namespaces in which filters may be left from an agent before this one
   * @return whether nothing is left
   */
  boolean removeOthers(List<TapNic> planned, Set<String> suspects)
      throws IOException, InterruptedException {
    Set<String> ports = new HashSet<>();
    for (TapNic nic : planned) {
      ports.add(nic.port());
    }
    Set<String> namespaces = new HashSet<>(suspects);
    for (TapNic nic : List.copyOf(right.keySet())) {
      if (!planned.contains(nic)) {
        right.remove(nic);
        nic.netns().ifPresent(namespaces::add);
      }
    }
    boolean gone = true;
    for (JsonNode link :
        MAPPER.readTree(Command.of("ip", "-j", "link", "show", "type", "veth").demand())) {
      String name = link.path("ifname").asText();
      if (name.startsWith(InterfaceNames.VETH_PREFIX)
          && link.path("ifalias").asText().startsWith(ALIAS_PREFIX)
          && !ports.contains(name)) {
        gone &= removed(Command.of("ip", "link", "del", "dev", name));
      }
    }
    if (hasNft) {
      gone &= removeTables(Optional.empty(), planned);
      for (String netns : namespaces) {
        // A namespace that is gone took its filters along.
        if (Files.exists(Path.of("/run/netns", netns))) {
          gone &= removeTables(Optional.of(netns), planned);
        }
      }
    }
    return gone;
  }

  private static boolean removeTables(Optional<String> netns, List<TapNic> planned)
      throws InterruptedException {
    Set<String> kept = new HashSet<>();
    for (TapNic nic : planned) {
      if (nic.netns().equals(netns)) {
        kept.add(TABLE_PREFIX + nic.name());
      }
    }
    Command list = Command.of("nft", "list", "tables", "netdev");
    try {
      boolean gone = true;
      String tables = netns.map(list::inNetns).orElse(list).demand();
      for (String line : tables.split("\n", -1)) {
        String table = line.substring(line.lastIndexOf(' ') + 1).strip();
        if (table.startsWith(TABLE_PREFIX) && !kept.contains(table)) {
          Command delete = Command.of("nft", "delete", "table", "netdev", table);
          gone &= removed(netns.map(delete::inNetns).orElse(delete));
        }
      }
      return gone;
    } catch (IOException failed) {
      LOG.debug("filters: {}", failed.getMessage());
      return false;
    }
  }

  private static boolean removed(Command remove) throws InterruptedException {
    try {
      var _ = remove.demand();
      return true;
    } catch (IOException failed) {
      LOG.debug("left: {}", failed.getMessage());
      return false;
    }
  }
}
