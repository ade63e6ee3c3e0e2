package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An Open vSwitch in user space, in a network namespace of its own, which the thread that starts it
 * is in until it ends it. Needs root.
 */
final class SwitchLab {
  private final String netns = "tdx" + ProcessHandle.current().pid();
  private final Path run;

  private SwitchLab(Path run) {
    this.run = run;
  }

  static SwitchLab start(Path directory) throws Exception {
    SwitchLab lab = new SwitchLab(directory);
    var _ = Command.of("ip", "netns", "add", lab.netns).demand();
    PacketSocket.enter("/run/netns/" + lab.netns);
    lab.run(
        "ovsdb-tool", "create", directory + "/conf.db", "/usr/share/openvswitch/vswitch.ovsschema");
    lab.daemon("ovsdb-server", directory + "/conf.db", "--remote=punix:" + directory + "/db.sock");
    lab.vsctl("--no-wait", "init");
    lab.daemon("ovs-vswitchd", "unix:" + lab.database());
    return lab;
  }

  private void daemon(String program, String... arguments) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                program,
                "--detach",
                "--no-chdir",
                "-vconsole:off",
                "--pidfile=" + run + "/" + program + ".pid",
                "--log-file=" + run + "/" + program + ".log"));
    words.addAll(List.of(arguments));
    run(words.toArray(String[]::new));
  }

  /** The database's socket. */
  Path database() {
    return run.resolve("db.sock");
  }

  /** Runs a program that finds this Open vSwitch. */
  String run(String... words) throws Exception {
    return Command.of(words)
        .with("OVS_RUNDIR", run.toString())
        .with("OVS_DBDIR", run.toString())
        .with("OVS_LOGDIR", run.toString())
        .demand();
  }

  String vsctl(String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + database()));
    words.addAll(List.of(arguments));
    return run(words.toArray(String[]::new));
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
      for (String program : List.of("ovs-vswitchd", "ovsdb-server")) {
        String pid = Files.readString(run.resolve(program + ".pid")).strip();
        run("ovs-appctl", "-t", run + "/" + program + "." + pid + ".ctl", "exit");
      }
    } finally {
      leave();
    }
  }

  private void leave() throws IOException, InterruptedException {
    PacketSocket.enter("/proc/" + ProcessHandle.current().pid() + "/ns/net");
    var _ = Command.of("ip", "netns", "del", netns).demand();
  }
}
