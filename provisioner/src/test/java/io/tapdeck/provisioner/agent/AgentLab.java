package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** An agent on a real Open vSwitch in user space; needs root, and no other vswitchd beside it. */
@Tag("lab")
abstract class AgentLab {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final String GUEST = "00000001-0000-4000-8000-000000000001";

  @TempDir private Path directory;
  private final List<Thread> threads = new ArrayList<>();
  Path run = Path.of("/nonexistent");
  NorthboundServer server = new NorthboundServer(Path.of("/nonexistent"));
  String guestPort = "";

  @BeforeEach
  void start() throws Exception {
    run = Files.createDirectory(directory.resolve("ovs"));
    guestPort = "tdp" + ProcessHandle.current().pid();
    daemons().start();
    var _ =
        Command.of("ip", "link", "add", guestPort, "type", "veth", "peer", "name", guestPort + "p")
            .demand();
    vsctl(
        "add-br",
        "br-lab",
        "--",
        "set",
        "bridge",
        "br-lab",
        "datapath_type=netdev",
        "--",
        "add-port",
        "br-lab",
        guestPort,
        "--",
        "set",
        "interface",
        guestPort,
        "external_ids:vm-id=" + GUEST,
        "external_ids:vm-name=web",
        "external_ids:attached-mac=52:54:00:00:00:01");
    server = new NorthboundServer(directory);
    var _ = server.start();
  }

  /** The Open vSwitch that the agent works on. */
  SwitchDaemons daemons() {
    return new SwitchDaemons(run, Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    daemons().end();
    var _ = Command.of("ip", "link", "del", guestPort).demand();
  }

  String ovs(String... command) throws Exception {
    return daemons().run(command);
  }

  String vsctl(String... arguments) throws Exception {
    return daemons().vsctl(arguments);
  }

  Agent agent() throws Exception {
    Agent agent =
        new Agent(
            new AgentSettings(
                server.endpoint(),
                run.resolve("db.sock"),
                Optional.of("lab"),
                Optional.of("198.18.255.1")));
    threads.add(
        Thread.ofPlatform()
            .start(() -> {
              try {
                agent.run();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            }));
    return agent;
  }

  void stop(Agent agent) throws Exception {
    agent.stop();
    threads.removeLast().join(PATIENCE);
  }

  Northbound open() throws Exception {
    Endpoint endpoint = server.endpoint();
    return Northbound.open(endpoint, PATIENCE, () -> {});
  }

  static boolean isSettled(Northbound northbound, State state) throws Exception {
    return northbound.await(
        view ->
            view.flows().stream()
                .map(flow -> Standing.of(flow, view))
                .allMatch(standing -> standing.settled() && standing.state() == state),
        PATIENCE);
  }

  /** A service on this host and a flow of its one guest. */
  static UUID mirror(Northbound northbound) throws Exception {
    assertThat(northbound.await(view -> !view.nics().isEmpty(), PATIENCE)).isTrue();
    UUID service = UUID.randomUUID();
    northbound.services().create(service, "t", "host", "lab", Optional.empty());
    northbound.services().setEnabled(service, true);
    northbound
        .flows()
        .create(
            new TapFlows.Wish(
                UUID.randomUUID(),
                "f",
                TapFlows.VNIC,
                "t",
                "web",
                Optional.empty(),
                Optional.empty(),
                Direction.BOTH.name()));
    return service;
  }

  static boolean comes(Callable<Boolean> wish) throws Exception {
    for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
      if (wish.call()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return false;
  }

  static boolean says(String words, String... command) throws Exception {
    return Command.of(command).run().out().contains(words);
  }

  static boolean isService(Northbound northbound, State state) throws Exception {
    return northbound.await(
        view -> Standing.of(view.services().getFirst(), view).state() == state, PATIENCE);
  }

  /** Asks the northbound's server, as ovsdb-client(1) does: "update" and what follows it. */
  void northbound(String operation) throws Exception {
    String answer =
        Command.of(
                "ovsdb-client",
                "transact",
                server.endpoint().toString(),
                "[\"Tapdeck\"," + operation + "]")
            .demand();
    assertThat(answer).doesNotContain("error");
  }

  /** A command of ovs-ofctl(8) on brtap. */
  String ofctl(String command, String... words) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "ovs-ofctl",
                "--protocols=OpenFlow14",
                "--no-stats",
                command,
                "unix:" + run + "/brtap.mgmt"));
    all.addAll(List.of(words));
    return ovs(all.toArray(String[]::new));
  }

  /** The flows of brtap, without what changes by itself. */
  List<String> flows() throws Exception {
    return ofctl("dump-flows").lines().sorted().toList();
  }

  static String ip(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    return Command.of(command.toArray(String[]::new)).demand();
  }
}
