package io.tapdeck.provisioner.agent;

import com.fasterxml.jackson.databind.JsonNode;
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

  /** How often a NIC that was right is looked at again. */
  private static final Duration RECHECK = Duration.ofSeconds(5);

  /** How often it is compared with what is known of the host anyway. */
  private static final Duration COMPARE = Duration.ofSeconds(1);

  /** What the aliases of all our devices begin with. */
  private static final String ALIAS_PREFIX = "tapdeck ";

  /** What the flags of a device that does not speak ARP hold. */
  private static final String NO_ARP = "NOARP";

  private static final String LONGEST = Integer.toString(TapNic.LONGEST);

  private final Map<TapNic, Seen> right = new HashMap<>();
  private final NicFilters filters;
  private long comparedAt = System.nanoTime();

  private record Seen(long ifindex, long since) {}

  TapNics() throws InterruptedException {
    filters = new NicFilters();
  }

  /**
   * Makes ready what has to be there before its port, unless it was right a moment ago: the veth
   * pair of a NIC in a namespace, or what is missing of it; a physical NIC.
   *
   * @param isPort whether its port is there already
   * @throws IOException if it could not be made, or is in use by others
   */
  void prepare(TapNic nic, boolean isPort) throws IOException, InterruptedException {
    if (isKnownRight(nic, 0)) {
      return;
    }
    switch (nic.kind()) {
      case INTERNAL -> {
        // Its port makes it.
      }
      case PHYSICAL -> borrow(nic, isPort);
      case VETH -> pair(nic, nic.netns().orElse(""));
    }
  }

  /** Notes how a physical NIC is set, and sets it, before it is a port. */
  private void borrow(TapNic nic, boolean isPort) throws IOException, InterruptedException {
    JsonNode link =
        look(nic.name(), Optional.empty())
            .orElseThrow(() -> new IOException("NIC " + nic.name() + " is gone"));
    if (Loan.read(link.path("ifalias").asText("")).isEmpty()) {
      HostLink seen = HostLinks.link(link);
      if (!seen.addresses().isEmpty()) {
        throw new IOException("NIC " + nic.name() + " has an address");
      }
      if (seen.master().isPresent() && !isPort) {
        throw new IOException("NIC " + nic.name() + " is a part of " + seen.master().get());
      }
      // Of one that is a port and has lost its note, what it shows is what was set here: it is
      // to be as the kernel makes it.
      String note =
          new Loan(
                  seen.alias(),
                  seen.isUp(),
                  isPort || !flags(link).contains(NO_ARP),
                  !Ipv6Setting.isOff(isPort ? Ipv6Setting.DEFAULT : nic.name()))
              .note(nic.name());
      run(Optional.empty(), "ip", "link", "set", "dev", nic.name(), "alias", note);
    }
    if (!isRight(nic)) {
      set(nic);
    }
  }

  /**
   * Sets a physical NIC as it was. Its note goes last: until then this can be done again. One that
   * somebody has meanwhile put to use stays up: that may be the way to this host.
   */
  private static void giveBack(String device, Loan loan, boolean inUse)
      throws IOException, InterruptedException {
    String arp = loan.hasArp() ? "on" : "off";
    run(Optional.empty(), "ip", "link", "set", "dev", device, "arp", arp);
    if (!inUse) {
      run(Optional.empty(), "ip", "link", "set", "dev", device, loan.isUp() ? "up" : "down");
    }
    if (loan.hasIpv6()) {
      Ipv6Setting.set(device, true);
    }
    run(Optional.empty(), "ip", "link", "set", "dev", device, "alias", loan.alias());
  }

  private void pair(TapNic nic, String netns) throws IOException, InterruptedException {
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
          "mtu",
          LONGEST,
          "type",
          "veth",
          "peer",
          "name",
          nic.name(),
          "mtu",
          LONGEST,
          "netns",
          netns);
      outside = Optional.empty();
    }
    if (outside.isEmpty() || !isHostEndRight(outside.get(), nic)) {
      quiet(nic.port(), Optional.empty());
      run(
          Optional.empty(),
          "ip",
          "link",
          "set",
          "dev",
          nic.port(),
          "mtu",
          LONGEST,
          "alias",
          nic.alias(),
          "up");
    }
  }

  private static boolean isHostEndRight(JsonNode link, TapNic nic) {
    return flags(link).contains("UP")
        && link.path("mtu").asText().equals(LONGEST)
        && link.path("ifalias").asText().equals(nic.alias());
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

  /**
   * Doubts the NICs that do not look right in what was read of the host anyway, and those whose
   * filters are gone. What is inside a guest's namespace does not show here.
   */
  void compare(HostLinks links) throws InterruptedException {
    long now = System.nanoTime();
    if (right.isEmpty() || now - comparedAt < COMPARE.toNanos()) {
      return;
    }
    comparedAt = now;
    Set<TapNic> doubted = new HashSet<>(filters.withoutTable(right.keySet()));
    for (TapNic nic : right.keySet()) {
      if (nic.netns().isEmpty() && !looksRight(nic, links.link(nic.name()))) {
        doubted.add(nic);
      }
    }
    doubted.forEach(this::doubt);
  }

  private static boolean looksRight(TapNic nic, Optional<HostLink> link) {
    try {
      return link.isPresent()
          && link.get().isUp()
          && link.get().addresses().isEmpty()
          && isNoted(link.get().alias(), nic)
          && Ipv6Setting.isOff(nic.name());
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Something says that this NIC is not right any more. */
  void doubt(TapNic nic) {
    right.remove(nic);
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
    for (JsonNode link : HostLinks.JSON.readTree(output.out())) {
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
    return flags.containsAll(List.of("UP", NO_ARP))
        // The two ends of a veth pair carry nothing until both are up.
        && (nic.netns().isEmpty() || flags.contains("LOWER_UP"))
        && link.get().path("addr_info").isEmpty()
        && isNoted(link.get().path("ifalias").asText(""), nic)
        && (nic.kind() != TapNic.Kind.VETH || link.get().path("mtu").asText().equals(LONGEST))
        && readsDisabledIpv6(nic)
        && filters.isRight(nic);
  }

  /** Whether a device says what it is for. */
  private static boolean isNoted(String alias, TapNic nic) {
    return nic.kind() == TapNic.Kind.PHYSICAL
        ? Loan.read(alias).isPresent()
        : alias.equals(nic.alias());
  }

  private static Set<String> flags(JsonNode link) {
    Set<String> flags = new HashSet<>();
    link.path("flags").forEach(flag -> flags.add(flag.asText()));
    return flags;
  }

  private static boolean readsDisabledIpv6(TapNic nic) throws IOException, InterruptedException {
    if (nic.netns().isEmpty()) {
      return Ipv6Setting.isOff(nic.name());
    }
    Command read = Command.of("sysctl", "-n", "net.ipv6.conf." + nic.name() + ".disable_ipv6");
    Command.Output output = nic.netns().map(read::inNetns).orElse(read).run();
    // A kernel without IPv6 has no such setting.
    return output.status() != 0 || output.out().strip().equals("1");
  }

  private void set(TapNic nic) throws IOException, InterruptedException {
    switch (nic.kind()) {
      case PHYSICAL -> {
        // Only what is put back afterwards.
        Ipv6Setting.set(nic.name(), false);
        run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "arp", "off");
      }
      case INTERNAL -> quietAndName(nic);
      case VETH -> {
        quietAndName(nic);
        run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "mtu", LONGEST);
      }
    }
    filters.set(nic);
    run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "up");
  }

  private static void quietAndName(TapNic nic) throws IOException, InterruptedException {
    quiet(nic.name(), nic.netns());
    run(nic.netns(), "ip", "link", "set", "dev", nic.name(), "arp", "off", "alias", nic.alias());
    run(nic.netns(), "ip", "addr", "flush", "dev", nic.name());
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

  private static void run(Optional<String> netns, String... arguments)
      throws IOException, InterruptedException {
    Command command = Command.of(arguments);
    var _ = netns.map(command::inNetns).orElse(command).demand();
  }

  /**
   * Removes what is left of NICs that are not planned: veth pairs, whose ports must be gone from
   * Open vSwitch already, and filters; and gives physical NICs back. What cannot be removed does
   * not keep the rest.
   *
   * @param suspects namespaces in which filters may be left from an agent before this one
   * @param foreign devices that are ports of other bridges
   * @return whether nothing is left
   */
  boolean removeOthers(List<TapNic> planned, Set<String> suspects, Set<String> foreign)
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
    String links = Command.of("ip", "-j", "-d", "addr").demand();
    for (JsonNode link : HostLinks.JSON.readTree(links)) {
      String name = link.path("ifname").asText();
      Optional<Loan> loan = Loan.read(link.path("ifalias").asText(""));
      if (loan.isPresent() && !ports.contains(name)) {
        gone &= isGivenBack(name, loan.get(), isInUse(link) || foreign.contains(name));
      } else if (name.startsWith(InterfaceNames.VETH_PREFIX)
          && link.path("ifalias").asText().startsWith(ALIAS_PREFIX)
          && !ports.contains(name)) {
        gone &= removed(Command.of("ip", "link", "del", "dev", name));
      }
    }
    return filters.removeOthers(planned, namespaces) && gone;
  }

  private static boolean isInUse(JsonNode link) {
    HostLink seen = HostLinks.link(link);
    return !seen.addresses().isEmpty() || seen.master().isPresent();
  }

  private static boolean isGivenBack(String device, Loan loan, boolean inUse)
      throws InterruptedException {
    try {
      giveBack(device, loan, inUse);
      return true;
    } catch (IOException failed) {
      LOG.debug("held: {}", failed.getMessage());
      return false;
    }
  }

  static boolean removed(Command remove) throws InterruptedException {
    try {
      var _ = remove.demand();
      return true;
    } catch (IOException failed) {
      LOG.debug("left: {}", failed.getMessage());
      return false;
    }
  }
}
