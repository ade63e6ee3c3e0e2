package io.tapdeck.provisioner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.plan.InterfaceNames;
import io.tapdeck.provisioner.plan.TapNic;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
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

  /** Makes the veth pair of a NIC in a namespace, if it is not there; the NIC stays down. */
  void prepare(TapNic nic) throws IOException, InterruptedException {
    if (nic.netns().isEmpty() || look(nic).isPresent()) {
      return;
    }
    String netns = nic.netns().get();
    // An end without its NIC is left from a namespace that was made anew.
    var _ = Command.of("ip", "link", "del", "dev", nic.port()).run();
    var _ =
        Command.of(
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
                netns)
            .demand();
    quiet(nic.port(), Optional.empty());
    var _ = Command.of("ip", "link", "set", "dev", nic.port(), "alias", nic.alias(), "up").demand();
  }

  /**
   * Sets a NIC right, unless it is.
   *
   * @param ifindex of its device if Open vSwitch made it, which may make it anew at any time; else
   *     0
   * @throws IOException if it could not be set right
   */
  void ensure(TapNic nic, long ifindex) throws IOException, InterruptedException {
    Seen seen = right.get(nic);
    if (seen != null
        && seen.ifindex() == ifindex
        && System.nanoTime() - seen.since() < RECHECK.toNanos()) {
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

  private static Optional<JsonNode> look(TapNic nic) throws IOException, InterruptedException {
    Command show = Command.of("ip", "-j", "-d", "addr", "show", "dev", nic.name());
    Command.Output output = nic.netns().map(show::inNetns).orElse(show).run();
    if (output.status() != 0) {
      return Optional.empty();
    }
    for (JsonNode link : MAPPER.readTree(output.out())) {
      if (link.path("ifname").asText().equals(nic.name())) {
        return Optional.of(link);
      }
    }
    return Optional.empty();
  }

  private boolean isRight(TapNic nic) throws IOException, InterruptedException {
    Optional<JsonNode> link = look(nic);
    if (link.isEmpty()) {
      return false;
    }
    Set<String> flags = new HashSet<>();
    link.get().path("flags").forEach(flag -> flags.add(flag.asText()));
    return flags.containsAll(List.of("UP", "NOARP"))
        && link.get().path("addr_info").isEmpty()
        && link.get().path("ifalias").asText().equals(nic.alias())
        && readsDisabledIpv6(nic)
        && (!hasNft || isFiltered(nic));
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
   * Open vSwitch already, and filters on the host.
   */
  void removeOthers(List<TapNic> planned) throws IOException, InterruptedException {
    Set<String> ports = new HashSet<>();
    Set<String> tables = new HashSet<>();
    for (TapNic nic : planned) {
      ports.add(nic.port());
      tables.add(TABLE_PREFIX + nic.name());
    }
    for (TapNic nic : List.copyOf(right.keySet())) {
      if (!planned.contains(nic)) {
        right.remove(nic);
        if (hasNft && nic.netns().isPresent()) {
          // The namespace may be gone with its guest, and the filter with it.
          var _ =
              Command.of("nft", "delete", "table", "netdev", TABLE_PREFIX + nic.name())
                  .inNetns(nic.netns().get())
                  .run();
        }
      }
    }
    for (JsonNode link :
        MAPPER.readTree(Command.of("ip", "-j", "link", "show", "type", "veth").demand())) {
      String name = link.path("ifname").asText();
      if (name.startsWith(InterfaceNames.VETH_PREFIX)
          && link.path("ifalias").asText().startsWith("tapdeck ")
          && !ports.contains(name)) {
        var _ = Command.of("ip", "link", "del", "dev", name).demand();
      }
    }
    if (hasNft) {
      for (String line : Command.of("nft", "list", "tables", "netdev").demand().split("\n", -1)) {
        String table = line.substring(line.lastIndexOf(' ') + 1).strip();
        if (table.startsWith(TABLE_PREFIX) && !tables.contains(table)) {
          var _ = Command.of("nft", "delete", "table", "netdev", table).demand();
        }
      }
    }
  }
}
