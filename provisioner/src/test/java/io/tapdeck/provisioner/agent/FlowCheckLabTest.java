package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Strip;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.Planner;
import io.tapdeck.provisioner.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each hop broken on purpose on a real Open vSwitch, with no agent that heals; needs root. */
@Tag("lab")
class FlowCheckLabTest {
  private static final Host HERE = new Host(new UUID(1, 1), "here", "198.18.0.1", 1600, "");
  private static final Host FAR = new Host(new UUID(1, 2), "far", "198.18.0.2", 1600, "");
  private static final String BRIDGE = "br-lab";
  private static final UUID LOCAL = new UUID(3, 1);
  private static final UUID REMOTE = new UUID(3, 2);
  private static final UUID ARRIVING = new UUID(3, 3);
  private static final UUID FILTERED = new UUID(3, 4);
  private static final UUID SWITCH = new UUID(3, 5);
  private static final UUID TRUNK = new UUID(3, 40);
  private static final UUID REJECTING = new UUID(3, 6);
  private static final UUID REJECTING_SENT = new UUID(3, 7);
  private static final UUID REJECTING_ALL = new UUID(3, 8);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private NamespaceSwitch there;
  private String guestNetns = "";
  private MirrorView view = MirrorView.empty(Instant.EPOCH);

  @BeforeEach
  void start() throws Exception {
    there = new NamespaceSwitch(directory.resolve("ovs"));
    guestNetns = there.netns() + "g";
    var _ = Command.of("ip", "netns", "add", guestNetns).demand();
    there.bridge("br-phy");
    there.in("ip", "addr", "add", "198.18.0.1/24", "dev", "br-phy");
    there.in("ip", "link", "set", "br-phy", "up");
    there.bridge(BRIDGE);
    there.guest(BRIDGE, "p1", "g1", "52:54:00:00:00:01");
    there.guest(BRIDGE, "p2", "g2", "52:54:00:00:00:02", "--", "set", "port", "p2", "tag=20");
    there.guest(BRIDGE, "p4", "g4", "52:54:00:00:00:04", "--", "set", "port", "p4", "trunks=20");
    view = view();
    there.paste(PlanCommands.fromNothing(plan(), Optional.of(BRIDGE)));
    there.in("ovs-appctl", "tnl/neigh/set", "br-phy", "198.18.0.2", "02:00:00:00:00:02");
  }

  @AfterEach
  void stop() throws Exception {
    there.close();
    var _ = Command.of("ip", "netns", "del", guestNetns).run();
  }

  private MirrorView view() {
    Nic one = nic("here", "g1", 1, Optional.empty());
    Nic two = nic("here", "g2", 2, Optional.of(20));
    Nic far = nic("far", "g3", 3, Optional.empty());
    Nic trunk =
        new Nic(
            "here",
            "g4",
            "g4",
            "52:54:00:00:00:04",
            Set.of(),
            BRIDGE,
            "p4",
            Optional.empty(),
            Set.of(20),
            Optional.empty());
    Nic tap =
        new Nic(
            "here",
            "rec",
            "rec",
            "52:54:00:00:00:09",
            Set.of(),
            BRIDGE,
            "p9",
            Optional.empty(),
            Optional.of(guestNetns));
    Treatment filtered =
        new Treatment(
            Filter.of(List.of("accept in proto tcp src 10.0.0.0/8:443")),
            Optional.of(128),
            Strip.AUTO,
            true);
    return Forecast.settled(
        new MirrorView(
            new Inventory(
                List.of(HERE, FAR),
                List.of(one, two, far, tap, trunk),
                List.of(),
                List.of(new Wire("here", "w", BRIDGE, Set.of()))),
            List.of(
                service(1, new Target.InGuest("rec")),
                service(2, new Target.OnHost("far")),
                service(3, new Target.OnHost("far")),
                service(4, new Target.OnHost("far")),
                service(5, new Target.OnHost("far"))),
            List.of(
                flow(LOCAL, 1, new Source.Vnic("g1", one.mac()), Treatment.DEFAULT),
                flow(REMOTE, 2, new Source.Vnic("g2", two.mac()), Treatment.DEFAULT),
                flow(ARRIVING, 1, new Source.Vnic("g3", far.mac()), Treatment.DEFAULT),
                flow(TRUNK, 2, new Source.Vnic("g4", trunk.mac()), filtered("accept in", "reject")),
                flow(FILTERED, 2, new Source.Vnic("g1", one.mac()), filtered),
                flow(
                    REJECTING,
                    3,
                    new Source.Vnic("g1", one.mac()),
                    filtered("reject src 10.0.0.0/24", "accept src 10.0.0.0/8")),
                flow(
                    REJECTING_SENT,
                    4,
                    new Source.Vnic("g1", one.mac()),
                    filtered("reject out", "accept")),
                flow(
                    REJECTING_ALL,
                    5,
                    new Source.Vnic("g1", one.mac()),
                    filtered("reject src 10.0.0.0/8", "accept src 10.0.0.0/24")),
                flow(
                    SWITCH, 2, new Source.Vswitch("here", "w", Optional.of(7)), Treatment.DEFAULT)),
            List.of(),
            List.of(),
            List.of(),
            Instant.EPOCH),
        17);
  }

  private static Treatment filtered(String... rules) {
    return new Treatment(Filter.of(List.of(rules)), Optional.empty(), Strip.AUTO, true);
  }

  private static TapService service(int number, Target target) {
    return new TapService(new UUID(2, number), "s" + number, target, Optional.empty(), true, 2);
  }

  private static TapFlow flow(UUID id, int service, Source source, Treatment treatment) {
    return new TapFlow(
        id,
        id.toString(),
        new UUID(2, service),
        source,
        Direction.BOTH,
        treatment,
        Optional.empty(),
        true,
        1);
  }

  private static Nic nic(String host, String guest, int number, Optional<Integer> tag) {
    return new Nic(
        host,
        guest,
        guest,
        "52:54:00:00:00:0" + number,
        Set.of(),
        BRIDGE,
        "p" + number,
        tag,
        Optional.empty());
  }

  private HostPlan plan() {
    return Planner.plan(view, HERE, Map.of());
  }

  private List<Hop> hops(UUID flow) throws Exception {
    try (OpenVswitch ovs = OpenVswitch.open(there.socket(), () -> {})) {
      return new FlowCheckHops("here", view, plan(), ovs).of(flow);
    }
  }

  private Hop firstFailed(UUID flow) throws Exception {
    return hops(flow).stream()
        .filter(hop -> !hop.ok())
        .findFirst()
        .orElseGet(() -> Hop.ok("none", ""));
  }

  /** The group's ports end in this: its key in hexadecimal. */
  private String key(UUID flow) throws Exception {
    return hops(flow).stream()
        .filter(hop -> hop.name().equals("patch"))
        .map(hop -> hop.detail().replaceFirst("tdg-(\\w+)s to .*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private void breakFlows(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow14"));
    command.addAll(List.of(words));
    there.in(command.toArray(String[]::new));
  }

  @Test
  void healthyFlowsHaveHealthyHops() throws Exception {
    assertThat(hops(LOCAL)).allMatch(Hop::ok);
    assertThat(hops(LOCAL))
        .extracting(Hop::name)
        .containsExactly(
            "source", "mirror", "patch", "copy of sent", "copy of received", "brtap", "tap NIC");
    assertThat(hops(REMOTE)).allMatch(Hop::ok);
    assertThat(hops(REMOTE))
        .extracting(Hop::name)
        .containsExactly(
            "source", "mirror", "patch", "copy of sent", "copy of received", "brtap", "tunnel");
    assertThat(hops(ARRIVING)).allMatch(Hop::ok);
    assertThat(hops(ARRIVING)).extracting(Hop::name).containsExactly("tunnel", "brtap", "tap NIC");
    assertThat(hops(FILTERED)).allMatch(Hop::ok);
    assertThat(hops(SWITCH)).allMatch(Hop::ok);
    assertThat(hops(TRUNK)).allMatch(Hop::ok);
  }

  @Test
  void whatRejectsSomeFramesIsTracedWithOthers() throws Exception {
    assertThat(hops(REJECTING)).allMatch(Hop::ok);
    assertThat(hops(REJECTING_SENT)).allMatch(Hop::ok);
    assertThat(hops(REJECTING_ALL)).allMatch(Hop::ok);
    assertThat(hops(REJECTING_ALL))
        .extracting(Hop::detail)
        .contains("not traced: no test packet passes its filter");
    breakFlows("del-flows", "brtap", "table=8");
    assertThat(firstFailed(REJECTING).name()).isEqualTo("brtap");
    assertThat(firstFailed(REJECTING_SENT).name()).isEqualTo("brtap");
  }

  @Test
  void lostFlowsOfBrtapAreNamed() throws Exception {
    breakFlows("del-flows", "brtap", "table=8");
    assertThat(firstFailed(LOCAL).name()).isEqualTo("brtap");
    assertThat(firstFailed(REMOTE).name()).isEqualTo("brtap");
    assertThat(firstFailed(FILTERED).name()).isEqualTo("brtap");
    assertThat(firstFailed(ARRIVING).name()).isEqualTo("none");
    breakFlows("del-flows", "brtap");
    assertThat(firstFailed(ARRIVING).name()).isEqualTo("brtap");
  }

  @Test
  void aLostFlowThatOnlySomeFramesNeedIsNamed() throws Exception {
    breakFlows(
        "--strict", "del-flows", "brtap", "table=9,priority=100,in_port=tdg-" + key(REMOTE) + "t");
    assertThat(firstFailed(REMOTE).name()).isEqualTo("brtap");
  }

  @Test
  void anEmptiedMirrorIsNamed() throws Exception {
    String key = key(LOCAL);
    there.in(
        "ovs-vsctl", "clear", "Mirror", "tapdeck-" + key, "select_src_port", "select_dst_port");
    assertThat(hops(LOCAL))
        .filteredOn(hop -> !hop.ok())
        .extracting(Hop::name)
        .containsExactly("mirror", "copy of sent", "copy of received");
    assertThat(firstFailed(REMOTE).name()).isEqualTo("none");
  }

  @Test
  void aMissingPatchPortIsNamed() throws Exception {
    String tap = "tdg-" + key(LOCAL) + "t";
    there.in("ovs-vsctl", "del-port", "brtap", tap);
    assertThat(firstFailed(LOCAL).name()).isEqualTo("patch");
    assertThat(firstFailed(LOCAL).detail()).contains("port " + tap + " is not there");
  }

  @Test
  void aWrongKeyIsNamed() throws Exception {
    String tap = "tdg-" + key(REMOTE) + "t";
    breakFlows(
        "--strict",
        "mod-flows",
        "brtap",
        "table=9,priority=100,in_port="
            + tap
            + ",actions=set_field:0x99->tun_id,output:tdr-c6120002");
    assertThat(firstFailed(REMOTE).name()).isEqualTo("brtap");
    assertThat(firstFailed(REMOTE).detail()).contains("not under key");
  }

  @Test
  void aTunnelOfAnotherKeyOrWithoutItsNextHopIsNamed() throws Exception {
    there.in("ovs-appctl", "tnl/neigh/flush");
    assertThat(firstFailed(REMOTE).name()).isEqualTo("tunnel");
    assertThat(firstFailed(REMOTE).detail()).contains("198.18.0.2");
    there.in("ovs-vsctl", "set", "Interface", "tdr-c6120002", "options:key=5");
    assertThat(firstFailed(ARRIVING).name()).isEqualTo("tunnel");
    assertThat(firstFailed(ARRIVING).detail()).contains("key=5");
  }

  @Test
  void aTapNicThatIsDownIsNamed() throws Exception {
    String nic =
        hops(LOCAL).stream()
            .filter(hop -> hop.name().equals("tap NIC"))
            .map(hop -> hop.detail().substring(0, hop.detail().indexOf(' ')))
            .findFirst()
            .orElseThrow();
    var _ = Command.of("ip", "-n", guestNetns, "link", "set", nic, "down").demand();
    assertThat(firstFailed(LOCAL).name()).isEqualTo("tap NIC");
    assertThat(firstFailed(ARRIVING).name()).isEqualTo("tap NIC");
  }

  @Test
  void aRoundAnswersOnlyAFewAndEachOnce() throws Exception {
    NorthboundServer server = new NorthboundServer(directory);
    var _ = server.start();
    try (Northbound asking = Northbound.open(server.endpoint(), PATIENCE, () -> {});
        Northbound agent = Northbound.open(server.endpoint(), PATIENCE, () -> {});
        OpenVswitch ovs = OpenVswitch.open(there.socket(), () -> {})) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    // Two hosts, of which one never answers: the question stays.
                    var _ = asking.flowChecks().ask(LOCAL, Set.of("here", "far"), PATIENCE);
                  } catch (Exception ended) {
                    Thread.currentThread().interrupt();
                  }
                }));
      }
      assertThat(agent.await(view -> agent.flowChecks().all().size() == 5, PATIENCE)).isTrue();
      FlowCheckAnswers answers = new FlowCheckAnswers();
      for (int answered : List.of(2, 4, 5, 5)) {
        answers.answer(agent.flowChecks(), "here", view, plan(), ovs);
        assertThat(agent.await(view -> answered(agent) == answered, PATIENCE)).isTrue();
      }
      threads.forEach(Thread::interrupt);
    } finally {
      server.stop();
    }
  }

  private static long answered(Northbound agent) {
    return agent.flowChecks().all().stream()
        .filter(check -> check.answers().containsKey("here"))
        .count();
  }
}
