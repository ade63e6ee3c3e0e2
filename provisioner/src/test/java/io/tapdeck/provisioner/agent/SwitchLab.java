package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An Open vSwitch in user space, in a network namespace of its own, which the thread that starts it
 * is in until it ends it. Needs root.
 */
final class SwitchLab {
  private final String netns = "tdx" + ProcessHandle.current().pid();
  private final SwitchDaemons daemons;

  private SwitchLab(Path run) {
    // Where this thread is.
    daemons = new SwitchDaemons(run, Optional.empty());
  }

  static SwitchLab start(Path directory) throws Exception {
    SwitchLab lab = new SwitchLab(directory);
    var _ = Command.of("ip", "netns", "add", lab.netns).demand();
    PacketSocket.enter("/run/netns/" + lab.netns);
    lab.daemons.start();
    return lab;
  }

  /** The database's socket. */
  Path database() {
    return daemons.socket();
  }

  /** Runs a program that finds this Open vSwitch. */
  String run(String... words) throws Exception {
    return daemons.run(words);
  }

  String vsctl(String... arguments) throws Exception {
    return daemons.vsctl(arguments);
  }

  /** Makes a veth pair whose ends say nothing by themselves. */
  void link(String name, String peer) throws Exception {
    run("ip", "link", "add", name, "type", "veth", "peer", "name", peer);
    for (String end : List.of(name, peer)) {
      run("sysctl", "-q", "-w", "net.ipv6.conf." + end + ".disable_ipv6=1");
      run("ethtool", "-K", end, "tx", "off", "rx", "off", "tso", "off", "gso", "off", "gro", "off");
      run("ip", "link", "set", end, "arp", "off", "up");
    }
  }

  /** Ends it. */
  void end() throws Exception {
    try {
      daemons.end();
    } finally {
      leave();
    }
  }

  private void leave() throws IOException, InterruptedException {
    PacketSocket.enter("/proc/" + ProcessHandle.current().pid() + "/ns/net");
    var _ = Command.of("ip", "netns", "del", netns).demand();
  }
}
