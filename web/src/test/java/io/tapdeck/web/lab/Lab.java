package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The lab of {@code scripts/lab}, under a name of this process, and the command that works on it.
 */
final class Lab implements AutoCloseable {
  static final String PREFIX = "tdt" + ProcessHandle.current().pid();

  private static final List<String> HOSTS = List.of("host-a", "host-b");
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();
  private static final String NORTHBOUND = "unix:/run/" + PREFIX + "/data/northbound.sock";
  private static final Map<String, String> ENVIRONMENT =
      Map.of("TAPDECK_LAB_PREFIX", PREFIX, "TAPDECK_NORTHBOUND", NORTHBOUND);

  /** After so long without a frame, no more are on their way. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private final Northbound northbound;

  private Lab(Northbound northbound) {
    this.northbound = northbound;
  }

  static Lab up() {
    return up(Map.of());
  }

  /** One whose hosts' link takes IP packets of at most so many bytes. */
  static Lab upOverMtu(int bytes) {
    return up(Map.of("TAPDECK_LAB_UNDERLAY_MTU", Integer.toString(bytes)));
  }

  private static Lab up(Map<String, String> settings) {
    run("lab", "down");
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.putAll(settings);
    Command.run(environment, List.of(SCRIPTS.resolve("lab").toString(), "up"));
    return new Lab(northbound());
  }

  /** A connection of its own: what it shows is as new as what a command would see now. */
  private static Northbound northbound() {
    try {
      return Northbound.open(Endpoint.parse(NORTHBOUND), Duration.ofSeconds(5), () -> {});
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The network namespace of a host or guest. */
  static String namespace(String node) {
    return PREFIX + "-" + node;
  }

  Command.Result lab(String... words) {
    return run("lab", words);
  }

  /** Runs a command inside a host or guest. */
  Command.Result exec(String node, String... words) {
    return Command.run(ovs(node), inside(node, words));
  }

  Command startInside(String node, String... words) {
    return Command.start(ENVIRONMENT, inside(node, words));
  }

  private static List<String> inside(String node, String... words) {
    return Stream.concat(Stream.of("ip", "netns", "exec", namespace(node)), Stream.of(words))
        .toList();
  }

  /** With which tools of Open vSwitch find the daemons of a host; elsewhere there are none. */
  private static Map<String, String> ovs(String node) {
    String directory = "/run/" + PREFIX + "/" + node;
    return Map.of("OVS_RUNDIR", directory, "OVS_LOGDIR", directory, "OVS_DBDIR", directory);
  }

  Command startLab(String... words) {
    return Command.start(ENVIRONMENT, join(SCRIPTS.resolve("lab").toString(), words));
  }

  /** Runs {@code tapdeck}, which is to succeed. */
  Command.Result tapdeck(String... words) {
    return run("tapdeck", words);
  }

  Command startTapdeck(String... words) {
    return Command.start(ENVIRONMENT, join(SCRIPTS.resolve("tapdeck").toString(), words));
  }

  /** Makes a tap service on a host, or in a guest, and answers its JSON once it is active. */
  JsonNode activeService(String name, String type, String target) {
    tapdeck("tap-service-create", name, "--type", type, "--target-id", target);
    tapdeck("tap-service-enable", name, "--wait");
    return tapdeck("tap-service-show", name, "--json").json();
  }

  /** Makes a flow from a guest's NIC, and returns once it is active. */
  void activeFlow(String name, String service, String guest, String... options) {
    List<String> words =
        new ArrayList<>(List.of("tap-flow-create", name, "--type", "vnic", "--tap-id", service));
    words.addAll(List.of("--guest-id", guest, "--wait"));
    words.addAll(List.of(options));
    tapdeck(words.toArray(String[]::new));
    assertThat(flowState(name)).isEqualTo("active");
  }

  /**
   * Makes a flow, and returns once it is active.
   *
   * @param options with blanks between; a blank in one is written {@code _}
   */
  void flow(String name, String options) {
    List<String> words = new ArrayList<>(List.of("tap-flow-create", name, "--wait"));
    Stream.of(options.split(" ", -1)).map(word -> word.replace('_', ' ')).forEach(words::add);
    tapdeck(words.toArray(String[]::new));
    assertThat(flowState(name)).isEqualTo("active");
  }

  /**
   * Deletes all flows and services, and returns once nothing of them is left. Not by commands: what
   * they do is tested where they are, and each takes a second.
   */
  void forgetMirrors() {
    forgetFlows();
    try (Northbound now = northbound()) {
      for (TapService service : now.view().services()) {
        now.services().delete(service.id());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Await.until("nothing of the mirrors to be left", () -> ours().isEmpty());
  }

  /** Deletes all flows. */
  void forgetFlows() {
    try (Northbound now = northbound()) {
      for (TapFlow flow : now.view().flows()) {
        now.flows().delete(flow.id());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until nothing more comes in by an interface. */
  void awaitQuiet(String node, String nic) {
    String file = "/sys/class/net/" + nic + "/statistics/rx_packets";
    String before = "";
    String now = exec(node, "cat", file).out();
    while (!now.equals(before)) {
      LockSupport.parkNanos(QUIET.toNanos());
      before = now;
      now = exec(node, "cat", file).out();
    }
  }

  /** Calls back at the very moment that the flow of this name is read to be active. */
  CompletableFuture<Void> onceActive(String name, Runnable act) {
    return CompletableFuture.runAsync(() -> {
      try {
        assertThat(northbound.await(view -> isActive(name, view), Duration.ofSeconds(20)))
            .as("%s is active", name)
            .isTrue();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
      act.run();
    });
  }

  private static boolean isActive(String name, MirrorView view) {
    return view.flows().stream()
        .anyMatch(
            flow -> flow.name().equals(name) && Standing.of(flow, view).state() == State.ACTIVE);
  }

  /** How the flow of this name stands, as commands and the page show it. */
  String flowState(String name) {
    try (Northbound now = northbound()) {
      return Standing.of(now.flows().find(name), now.view()).state().word();
    }
  }

  /** All services and flows that are wanted, word for word. */
  String wanted() {
    MirrorView view = northbound.view();
    return view.services() + " " + view.flows();
  }

  /** Every port, interface and mirror of ours on both hosts. */
  List<String> ours() {
    List<String> words = new ArrayList<>(List.of("ovs-vsctl", "--bare"));
    for (String table : List.of("Port", "Interface", "Mirror")) {
      words.addAll(List.of("--", "--columns=name", "find", table));
      words.add("external_ids:owner=tapdeck");
    }
    List<String> found = new ArrayList<>();
    for (String host : HOSTS) {
      exec(host, words.toArray(String[]::new)).lines().stream()
          .filter(name -> !name.isBlank() && !name.equals("brtap"))
          .forEach(name -> found.add(host + " " + name));
    }
    return found;
  }

  /** What would change if anything were made anew: row versions, and flows with their counters. */
  List<String> datapath(String host) {
    List<String> found = new ArrayList<>();
    for (String table : List.of("Bridge", "Port")) {
      String select =
          """
          ["Open_vSwitch",{"op":"select","table":"%s","where":[],"columns":["_version","name"]}]\
          """
              .formatted(table);
      String database = "unix:/run/" + PREFIX + "/" + host + "/db.sock";
      found.add(Command.run("ovsdb-client", "transact", database, select).out());
    }
    // A Mirror's version also changes with its statistics, now and then.
    String mirror =
        "--columns=_uuid,name,select_all,select_src_port,select_dst_port,select_vlan,output_port,"
            + "external_ids";
    found.addAll(exec(host, "ovs-vsctl", mirror, "list", "Mirror").lines());
    String columns = "--columns=_uuid,name,type,options,external_ids,ofport";
    found.addAll(exec(host, "ovs-vsctl", columns, "list", "Interface").lines());
    for (String flow : exec(host, "ovs-ofctl", "--names", "dump-flows", "brtap").lines()) {
      found.add(flow.replaceAll("(duration|idle_age|hard_age)=[^,]*, ", ""));
    }
    return found;
  }

  /** Addresses, routes and neighbours of a host; not their ages. */
  List<String> networkState(String host) {
    List<String> found = new ArrayList<>();
    for (String what : List.of("-4 address", "-6 address", "-4 route", "-6 route", "neigh")) {
      String[] words = ("ip " + what + " show").split(" ");
      found.add(
          exec(host, words)
              .out()
              .replaceAll("REACHABLE|STALE|DELAY|PROBE", "known")
              .replaceAll("(valid_lft|preferred_lft) \\S+", ""));
    }
    return found;
  }

  @Override
  public void close() {
    northbound.close();
    lab("down");
  }

  private static Command.Result run(String script, String... words) {
    return Command.run(ENVIRONMENT, join(SCRIPTS.resolve(script).toString(), words));
  }

  private static List<String> join(String first, String... rest) {
    return join(first, List.of(rest));
  }

  private static List<String> join(String first, List<String> rest) {
    List<String> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }
}
