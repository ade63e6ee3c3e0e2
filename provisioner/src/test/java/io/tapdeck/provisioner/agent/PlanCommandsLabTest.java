package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
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
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.Planner;
import io.tapdeck.provisioner.plan.PortNumbers;
import io.tapdeck.provisioner.plan.SwitchDiff;
import io.tapdeck.provisioner.process.Command;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
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

/** What tap-plan prints, pasted into a shell beside a real Open vSwitch; needs root. */
@Tag("lab")
class PlanCommandsLabTest {
  private static final String HOSTILE = "o'n \"e\"; $(touch x)";
  private static final String STRANGE_PORT = "p'$(x);&\"#";
  private static final Host HERE = new Host(new UUID(1, 1), "here", "198.18.0.1", 1600, "");
  private static final Host FAR = new Host(new UUID(1, 2), HOSTILE, "198.18.0.2", 1600, "");
  private static final String BRIDGE = "br-lab";

  @TempDir private Path directory;
  private NamespaceSwitch there;
  private String guestNetns = "";

  @BeforeEach
  void start() throws Exception {
    there = new NamespaceSwitch(directory.resolve("ovs"));
    guestNetns = there.netns() + "g";
    var _ = Command.of("ip", "netns", "add", guestNetns).demand();
    there.bridge(BRIDGE);
    there.guest(BRIDGE, "p1", "g1", "52:54:00:00:00:01");
    there.guest(BRIDGE, STRANGE_PORT, "g2", "52:54:00:00:00:02");
  }

  @AfterEach
  void stop() throws Exception {
    there.close();
    var _ = Command.of("ip", "netns", "del", guestNetns).run();
  }

  private static TapService service(int number, Target target, Optional<Long> rate) {
    return new TapService(new UUID(2, number), "s" + number, target, rate, true, 2);
  }

  private static TapFlow flow(int number, int service, Source source, Treatment treatment) {
    return new TapFlow(
        new UUID(3, number),
        "f" + number,
        new UUID(2, service),
        source,
        Direction.BOTH,
        treatment,
        Optional.empty(),
        true,
        1);
  }

  private static Nic nic(String guest, String mac, String port, Optional<String> netns) {
    return new Nic("here", guest, guest, mac, Set.of(), BRIDGE, port, Optional.empty(), netns);
  }

  /** Every kind of destination that needs no hardware, a filter, a rate, a VLAN, a tunnel. */
  private MirrorView view() {
    Treatment filtered =
        new Treatment(
            Filter.of(List.of("accept in proto tcp src 10.0.0.0/8:443", "reject proto udp")),
            Optional.of(128),
            Strip.ON,
            true);
    MirrorView wished =
        new MirrorView(
            new Inventory(
                List.of(HERE, FAR),
                List.of(
                    nic("g1", "52:54:00:00:00:01", "p1", Optional.empty()),
                    nic("g2", "52:54:00:00:00:02", STRANGE_PORT, Optional.of(guestNetns))),
                List.of(),
                List.of(new Wire("here", "w", BRIDGE, Set.of()))),
            List.of(
                service(1, new Target.OnHost("here"), Optional.of(5_000_000L)),
                service(2, new Target.OnHost(HOSTILE), Optional.empty()),
                service(3, new Target.InGuest("g2"), Optional.empty())),
            List.of(
                flow(1, 1, new Source.Vnic("g1", "52:54:00:00:00:01"), Treatment.DEFAULT),
                flow(2, 1, new Source.Vnic("g2", "52:54:00:00:00:02"), filtered),
                flow(3, 2, new Source.Vnic("g2", "52:54:00:00:00:02"), Treatment.DEFAULT),
                flow(4, 2, new Source.Vswitch("here", "w", Optional.of(7)), Treatment.DEFAULT),
                flow(5, 3, new Source.Vnic("g1", "52:54:00:00:00:01"), Treatment.DEFAULT)),
            List.of(),
            List.of(),
            List.of(),
            Instant.EPOCH);
    return Forecast.settled(wished, 17);
  }

  private static HostPlan plan(MirrorView view) {
    return Planner.plan(view, HERE, Map.of());
  }

  private void assertAsPlanned(HostPlan plan) throws Exception {
    try (OpenVswitch ovs = OpenVswitch.open(there.socket(), () -> {})) {
      PortNumbers numbers = PortNumbers.of(plan, ovs.view());
      SwitchDiff.Difference difference = SwitchDiff.of(plan, numbers, ovs.view());
      assertThat(difference.operations()).isEmpty();
      assertThat(difference.amiss()).isEmpty();
      assertThat(difference.leftover()).isFalse();
      Set<String> flows = new HashSet<>();
      plan.flows().forEach(flow -> flows.add(flow.text(numbers)));
      assertThat(ovs.flows()).isEqualTo(flows);
      Set<String> meters = new HashSet<>();
      plan.meters().forEach(meter -> meters.add(meter.text(numbers)));
      assertThat(ovs.meters()).isEqualTo(meters);
    }
  }

  @Test
  void whatIsPastedMakesTheSwitchAsPlannedAndChangesAndUndoesIt() throws Exception {
    MirrorView all = view();
    HostPlan first = plan(all);
    assertThat(first.mirrors()).hasSize(5);
    there.paste(PlanCommands.fromNothing(first, Optional.of(BRIDGE)));
    assertAsPlanned(first);

    Forecast.Wish less =
        new Forecast.Wish(Set.of(), Set.of(new UUID(3, 1), new UUID(2, 3)), Set.of());
    HostPlan second = plan(Forecast.settled(Forecast.with(less, all), 99));
    there.paste(PlanCommands.difference(first, second));
    assertAsPlanned(second);
    // A plan knows no numbers that ports have been given meanwhile; the switch does.
    there.paste(fromLive(second, first));
    assertAsPlanned(first);
    assertThat(fromLive(first, first)).isEmpty();

    HostPlan none =
        plan(
            Forecast.settled(
                Forecast.with(
                    new Forecast.Wish(
                        Set.of(), Set.of(new UUID(2, 1), new UUID(2, 2), new UUID(2, 3)), Set.of()),
                    all),
                99));
    there.paste(PlanCommands.difference(first, none));
    assertAsPlanned(none);
    assertThat(there.in("ovs-vsctl", "list-ports", "brtap")).isBlank();
    assertThat(there.in("ip", "link")).doesNotContain("tpv-", "tap-");
    assertThat(there.in("nft", "list", "tables")).isBlank();
  }

  @Test
  void whatIsThereIsComparedAndSetRight() throws Exception {
    HostPlan plan = plan(view());
    there.paste(PlanCommands.fromNothing(plan, Optional.empty()));
    there.in("ovs-vsctl", "set", "Interface", "tdg-11t", "external_ids={}", "options:peer=wrong");
    there.in("ovs-vsctl", "clear", "Mirror", "tapdeck-12", "select_src_port");
    there.in("ovs-vsctl", "del-port", "tdg-13s");
    there.in("ovs-ofctl", "-O", "OpenFlow14", "del-flows", "brtap", "table=7");
    there.in("ovs-ofctl", "-O", "OpenFlow14", "add-flow", "brtap", "in_port=77,actions=drop");
    there.paste(fromLive(plan, plan));
    assertAsPlanned(plan);
  }

  private List<String> fromLive(HostPlan nics, HostPlan plan) throws Exception {
    try (OpenVswitch ovs = OpenVswitch.open(there.socket(), () -> {})) {
      return PlanCommands.difference(
          new PlanCommands.There(
              ovs.view(), ovs.flows(), ovs.meters(), Set.copyOf(nics.nics()), plan.neighbours()),
          plan);
    }
  }
}
