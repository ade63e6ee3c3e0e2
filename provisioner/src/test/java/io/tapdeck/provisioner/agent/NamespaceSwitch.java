package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Open vSwitch in user space, in a network namespace of its own, so that several run side by
 * side. Needs root.
 */
final class NamespaceSwitch {
  private static int made;

  private final Path run;
  private final String netns;

  /** Starts one whose files are in a new directory. */
  NamespaceSwitch(Path run) throws Exception {
    this.run = Files.createDirectory(run);
    netns = "tdsw" + ProcessHandle.current().pid() + "-" + ++made;
    var _ = Command.of("ip", "netns", "add", netns).demand();
    in("ip", "link", "set", "lo", "up");
    in("ovsdb-tool", "create", run + "/conf.db", "/usr/share/openvswitch/vswitch.ovsschema");
    in(
        "ovsdb-server",
        "--detach",
        "--no-chdir",
        "--pidfile=" + run + "/ovsdb-server.pid",
        "--unixctl=" + run + "/ovsdb-server.ctl",
        "--log-file=" + run + "/ovsdb-server.log",
        "--remote=punix:" + run + "/db.sock",
        run + "/conf.db");
    in("ovs-vsctl", "--no-wait", "init");
    in(
        "ovs-vswitchd",
        "--detach",
        "--no-chdir",
        "--pidfile=" + run + "/ovs-vswitchd.pid",
        "--log-file=" + run + "/ovs-vswitchd.log",
        "unix:" + run + "/db.sock");
  }

  Path socket() {
    return run.resolve("db.sock");
  }

  String netns() {
    return netns;
  }

  /** Runs a command inside; its tools find this switch. */
  Command command(String... words) {
    return Command.of(words)
        .inNetns(netns)
        .with("OVS_RUNDIR", run.toString())
        .with("OVS_DBDIR", run.toString())
        .with("OVS_LOGDIR", run.toString());
  }

  /** Runs a command inside, which must succeed. */
  String in(String... words) throws Exception {
    return command(words).demand();
  }

  /** Has a shell do what is pasted, and end at the first command that fails. */
  void paste(List<String> commands) throws Exception {
    var _ = command("sh", "-e").withInput(String.join("\n", commands) + "\n").demand();
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

  /** Ends it, and all that is in its namespace. */
  void close() throws Exception {
    if (Files.exists(run.resolve("ovs-vswitchd.pid"))) {
      String pid = Files.readString(run.resolve("ovs-vswitchd.pid")).strip();
      var _ =
          command("ovs-appctl", "-t", run + "/ovs-vswitchd." + pid + ".ctl", "exit", "--cleanup")
              .run();
    }
    var _ = command("ovs-appctl", "-t", run + "/ovsdb-server.ctl", "exit").run();
    var _ = Command.of("ip", "netns", "del", netns).run();
  }
}
