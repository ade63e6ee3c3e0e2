package io.tapdeck.provisioner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a person makes a tap NIC, sets it right, and removes it: ip(8), sysctl(8), nft(8). */
final class NicCommands {
  /** What the alias of a lent NIC says: that it was as the kernel makes it. */
  private static final String NOTE = "tapdeck holds this NIC; it was down, arp on, ipv6 on";

  private NicCommands() {}

  /** What there must be before its port. */
  static List<String> before(TapNic nic) {
    if (nic.kind() == TapNic.Kind.PHYSICAL) {
      return borrow(nic);
    }
    if (nic.netns().isEmpty()) {
      return List.of();
    }
    String port = ShellWord.of(nic.port());
    return List.of(
        "ip link add "
            + port
            + " mtu "
            + TapNic.LONGEST
            + " type veth peer name "
            + ShellWord.of(nic.name())
            + " mtu "
            + TapNic.LONGEST
            + " netns "
            + ShellWord.of(nic.netns().get()),
        quiet(nic.port(), Optional.empty()),
        "ip link set dev " + port + " alias " + ShellWord.of(nic.alias()) + " up");
  }

  /** Copies are sent through it, so it is only deaf. */
  private static List<String> borrow(TapNic nic) {
    String name = ShellWord.of(nic.name());
    String table = ShellWord.of("tapdeck-" + nic.name());
    return List.of(
        "# the alias notes how the NIC was: say so if it was up, or had an alias of its own",
        "ip link set dev " + name + " arp off alias " + ShellWord.of(NOTE),
        ipv6(nic, false),
        "nft add table netdev " + table,
        "nft add chain netdev " + table + " deaf " + hook("ingress", nic),
        "ip link set dev " + name + " up");
  }

  private static String ipv6(TapNic nic, boolean on) {
    return "sysctl -q -e -w "
        + ShellWord.of("net/ipv6/conf/" + nic.name() + "/disable_ipv6=" + (on ? 0 : 1));
  }

  /** What makes it deaf and mute, and then up, once its port is there. */
  static List<String> after(TapNic nic) {
    String name = ShellWord.of(nic.name());
    String ip = "ip " + nic.netns().map(netns -> "-n " + ShellWord.of(netns) + " ").orElse("");
    if (nic.kind() == TapNic.Kind.PHYSICAL) {
      return List.of();
    }
    List<String> commands = new ArrayList<>();
    commands.add(quiet(nic.name(), nic.netns()));
    commands.add(ip + "link set dev " + name + " arp off alias " + ShellWord.of(nic.alias()));
    commands.add(ip + "addr flush dev " + name);
    String nft = in(nic.netns()) + "nft add ";
    String table = ShellWord.of("tapdeck-" + nic.name());
    commands.add(nft + "table netdev " + table);
    commands.add(nft + "chain netdev " + table + " deaf " + hook("ingress", nic));
    commands.add(nft + "chain netdev " + table + " mute " + hook("egress", nic));
    commands.add(ip + "link set dev " + name + " up");
    return commands;
  }

  private static String hook(String hook, TapNic nic) {
    return ShellWord.of(
        "{ type filter hook "
            + hook
            + " device \""
            + nic.name()
            + "\" priority -500; policy drop; }");
  }

  /** What removes it, once its port is gone. */
  static List<String> gone(TapNic nic) {
    if (nic.kind() == TapNic.Kind.PHYSICAL) {
      String name = ShellWord.of(nic.name());
      return List.of(
          "# as the kernel makes it: its alias says how it was",
          "ip link set dev " + name + " down arp on",
          ipv6(nic, true),
          "ip link set dev " + name + " alias ''",
          "nft delete table netdev " + ShellWord.of("tapdeck-" + nic.name()));
    }
    List<String> commands = new ArrayList<>();
    if (nic.netns().isPresent()) {
      commands.add("ip link del dev " + ShellWord.of(nic.port()));
    }
    commands.add(
        in(nic.netns()) + "nft delete table netdev " + ShellWord.of("tapdeck-" + nic.name()));
    return commands;
  }

  private static String quiet(String device, Optional<String> netns) {
    return in(netns)
        + "sysctl -q -e -w "
        + ShellWord.of("net/ipv6/conf/" + device + "/disable_ipv6=1")
        + " "
        + ShellWord.of("net/ipv6/conf/" + device + "/accept_ra=0")
        + " "
        + ShellWord.of("net/ipv4/conf/" + device + "/arp_ignore=8");
  }

  private static String in(Optional<String> netns) {
    return netns.map(name -> "ip netns exec " + ShellWord.of(name) + " ").orElse("");
  }
}
