package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real Open vSwitch in user space, in a network namespace of its own, so that several run side by
 * side. Needs root.
 */
final class NamespaceSwitch {
  private static int made;

  private final SwitchDaemons daemons;
  private final String netns;
  private boolean entered;

  /** Starts one whose files are in a new directory. */
  NamespaceSwitch(Path run) throws Exception {
    netns = "tdsw" + ProcessHandle.current().pid() + "-" + ++made;
    daemons = new SwitchDaemons(Files.createDirectory(run), Optional.of(netns));
    var _ = Command.of("ip", "netns", "add", netns).demand();
    in("ip", "link", "set", "lo", "up");
    daemons.start();
  }

  /** Has this thread be in the namespace, until this ends. */
  void enter() throws Exception {
    PacketSocket.enter("/run/netns/" + netns);
    entered = true;
  }

  Path socket() {
    return daemons.socket();
  }

  String netns() {
    return netns;
  }

  /** Runs a command inside; its tools find this switch. */
  Command command(String... words) {
    return daemons.command(words);
  }

  /** Runs a command inside, which must succeed. */
  String in(String... words) throws Exception {
    return command(words).demand();
  }

  /** Has a shell do what is pasted, and end at the first command that fails. */
  void paste(List<String> commands) throws Exception {
    var _ = command("sh", "-e").withInput(String.join("\n", commands) + "\n").demand();
  }

  String vsctl(String... arguments) throws Exception {
    return daemons.vsctl(arguments);
  }

  /** A bridge. */
  void bridge(String name) throws Exception {
    in("ovs-vsctl", "add-br", name, "--", "set", "bridge", name, "datapath_type=netdev");
  }

  /** A guest's NIC on a bridge: a veth whose other end stays in the namespace. */
  void guest(String bridge, String port, String guest, String mac, String... more)
      throws Exception {
    in("ip", "link", "add", port, "type", "veth", "peer", "name", "g" + made + port);
    in("ip", "link", "set", port, "up");
    in("ip", "link", "set", "g" + made + port, "address", mac, "up");
    List<String> words =
        new ArrayList<>(
            List.of(
                "ovs-vsctl",
                "add-port",
                bridge,
                port,
                "--",
                "set",
                "interface",
                port,
                "external_ids:vm-id=" + guest,
                "external_ids:attached-mac=\"" + mac + "\""));
    words.addAll(List.of(more));
    in(words.toArray(String[]::new));
  }

  /** Makes a veth pair whose ends say nothing by themselves. */
  void link(String name, String peer) throws Exception {
    in("ip", "link", "add", name, "type", "veth", "peer", "name", peer);
    for (String end : List.of(name, peer)) {
      in("sysctl", "-q", "-w", "net.ipv6.conf." + end + ".disable_ipv6=1");
      in("ethtool", "-K", end, "tx", "off", "rx", "off", "tso", "off", "gso", "off", "gro", "off");
      in("ip", "link", "set", end, "arp", "off", "up");
    }
  }

  /** Ends it, and all that is in its namespace. */
  void close() throws Exception {
    daemons.end();
    if (entered) {
      PacketSocket.enter("/proc/" + ProcessHandle.current().pid() + "/ns/net");
    }
    var _ = Command.of("ip", "netns", "del", netns).run();
  }
}
