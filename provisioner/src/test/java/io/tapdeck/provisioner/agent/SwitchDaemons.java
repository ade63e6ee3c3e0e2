package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The daemons of an Open vSwitch in user space, whose files are in one directory. Needs root.
 *
 * @param netns the network namespace that they run in; where this process is, if absent
 */
record SwitchDaemons(Path run, Optional<String> netns) {
  /** Makes a database, and starts both on it. */
  void start() throws Exception {
    run("ovsdb-tool", "create", run + "/conf.db", "/usr/share/openvswitch/vswitch.ovsschema");
    startDatabase();
    vsctl("--no-wait", "init");
    startSwitch();
  }

  /** Starts ovsdb-server on the database that there is. */
  void startDatabase() throws Exception {
    daemon("ovsdb-server", run + "/conf.db", "--remote=punix:" + socket());
  }

  /** Starts ovs-vswitchd on the database that there is. */
  void startSwitch() throws Exception {
    daemon("ovs-vswitchd", "unix:" + socket());
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
  Path socket() {
    return run.resolve("db.sock");
  }

  /** A command whose tools find this switch. */
  Command command(String... words) {
    Command command = Command.of(words);
    return netns
        .map(command::inNetns)
        .orElse(command)
        .with("OVS_RUNDIR", run.toString())
        .with("OVS_DBDIR", run.toString())
        .with("OVS_LOGDIR", run.toString());
  }

  /** Runs a command, which must succeed. */
  String run(String... words) throws Exception {
    return command(words).demand();
  }

  String vsctl(String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + socket()));
    words.addAll(List.of(arguments));
    return run(words.toArray(String[]::new));
  }

  /** Ends those that run, and what ovs-vswitchd made. */
  void end() throws Exception {
    exit("ovs-vswitchd", "exit", "--cleanup");
    exit("ovsdb-server", "exit");
  }

  private void exit(String program, String... order) throws Exception {
    Path pid = run.resolve(program + ".pid");
    if (Files.exists(pid)) {
      List<String> words =
          new ArrayList<>(
              List.of(
                  "ovs-appctl",
                  "-t",
                  run + "/" + program + "." + Files.readString(pid).strip() + ".ctl"));
      words.addAll(List.of(order));
      var _ = command(words.toArray(String[]::new)).run();
    }
  }
}
