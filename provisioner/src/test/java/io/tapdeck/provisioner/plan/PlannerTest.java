package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Host A = new Host(id(1), "hostA", "198.18.0.1", 1600, "");
  private static final Host B = new Host(id(2), "hostB", "198.18.0.2", 1600, "");
  private static final TapService TAP =
      new TapService(id(10), "tap", new Target.OnHost("hostB"), Optional.empty(), true, 2);
  private static final TapService LOCAL =
      new TapService(id(11), "local", new Target.OnHost("hostA"), Optional.empty(), true, 2);

  private static UUID id(long number) {
    return new UUID(number << 32 | 0x4000, 0x8000000000000000L | number);
  }

  private static Nic nic(String host, int number, Optional<Integer> tag) {
    return new Nic(
        host,
        "g" + number,
        "g" + number,
        "m" + number,
        Set.of(),
        "br",
        "p" + number,
        tag,
        Optional.empty());
  }

  private static TapFlow flow(int number, TapService tap, Direction direction) {
    return flow(number, tap, direction, number);
  }

  private static GroupIdentity identity(TapService tap, boolean strip) {
    return new GroupIdentity(
        tap.id(),
        "hostA",
        "br",
        GroupIdentity.Kind.NICS,
        Direction.BOTH,
        strip ? GroupIdentity.Tags.ACCESS : GroupIdentity.Tags.KEPT,
        Filter.ALL,
        Optional.empty(),
        true);
  }

  private static TapGroup group(TapService tap, boolean strip, long key) {
    return new TapGroup(id(200 + key), identity(tap, strip), key);
  }

  private static MirrorView view(
      List<Nic> nics, List<TapService> services, List<TapFlow> flows, List<TapGroup> groups) {
    return new MirrorView(
        new Inventory(List.of(A, B), nics),
        services,
        flows,
        groups,
        List.of(),
        List.of(),
        Instant.EPOCH);
  }

  private static HostPlan plan(MirrorView view, Host host) {
    return Planner.plan(view, host, Map.of());
  }

  /** Ports numbered from 1 up, in the order of the plan. */
  private static PortNumbers numbers(HostPlan plan) {
    Map<String, Integer> numbers = new HashMap<>();
    plan.ports().forEach(port -> numbers.put(port.name(), numbers.size() + 1));
    return new PortNumbers(numbers);
  }

  /** The flows that copies go through, without the tables' numbers where it does not matter. */
  private static Set<String> copies(HostPlan plan) {
    return plan.flows().stream()
        .filter(flow -> flow.priority() > 0 && flow.priority() < 300)
        .map(flow -> flow.text(numbers(plan)))
        .collect(Collectors.toSet());
  }

  private static boolean counts(BrtapFlow flow, BrtapFlow.Count what) {
    return flow.counts().filter(counted -> counted.what() == what).isPresent();
  }

  @Test
  void aHostWithNothingToDoDropsEverything() {
    HostPlan plan = plan(view(List.of(), List.of(), List.of(), List.of()), A);
    assertThat(plan.ports()).isEmpty();
    assertThat(plan.flows())
        .extracting(flow -> flow.text(numbers(plan)))
        .containsExactlyInAnyOrder(
            "table=0,priority=0,actions=drop",
            "table=0,priority=300,conj_id=1,ip,actions=drop",
            "table=0,priority=300,ip,nw_src=198.18.0.1,nw_proto=47,actions=conjunction(1,1/2)",
            "table=0,priority=300,ip,nw_dst=198.18.0.1,nw_proto=47,actions=conjunction(1,2/2)",
            "table=0,priority=300,ip,nw_src=198.18.0.2,nw_proto=47,actions=conjunction(1,1/2)",
            "table=0,priority=300,ip,nw_dst=198.18.0.2,nw_proto=47,actions=conjunction(1,2/2)");
  }

  @Test
  void aNewGroupAsksForAKeyBeforeAnythingIsMade() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(TAP),
            List.of(flow(1, TAP, Direction.BOTH)),
            List.of());
    HostPlan plan = plan(view, A);
    assertThat(plan.newGroups()).containsExactly(identity(TAP, false));
    assertThat(plan.mirrors()).isEmpty();
    assertThat(plan.flowParts()).containsEntry(id(101), new Part.NotYet());
  }

  @Test
  void copiesGoThroughTheTunnelUnderTheGroupsKey() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty()), nic("hostA", 2, Optional.empty())),
            List.of(TAP),
            List.of(flow(1, TAP, Direction.IN), flow(2, TAP, Direction.OUT)),
            List.of(group(TAP, false, 17)));
    HostPlan source = plan(view, A);
    assertThat(source.mirrors()).hasSize(1);
    PlannedMirror mirror = source.mirrors().getFirst();
    assertThat(mirror.received()).containsExactly("p2");
    assertThat(mirror.sent()).containsExactly("p1");
    assertThat(mirror.output()).isEqualTo("tdg-11s");
    assertThat(source.neighbours()).containsExactly("198.18.0.2");
    assertThat(copies(source))
        .containsExactlyInAnyOrder(
            "table=0,priority=100,in_port=2,actions=goto_table:7",
            "table=7,priority=100,in_port=2,actions=goto_table:8",
            "table=8,priority=100,in_port=2,"
                + "actions=check_pkt_larger(1572)->NXM_NX_REG3[0],goto_table:9",
            "table=9,priority=110,reg3=0x1/0x1,in_port=2,"
                + "actions=meter:5,set_field:0x11->tun_id,output(port=3,max_len=1572)",
            "table=9,priority=100,in_port=2,actions=set_field:0x11->tun_id,output:3");
    assertThat(source.meters())
        .extracting(meter -> meter.text(numbers(source)))
        .containsExactly("meter=5 pktps stats bands=type=drop rate=4294967295");
    assertThat(source.flowParts().get(id(101)))
        .isEqualTo(
            new Part.Needs(
                Set.of("tdg-11s", "tdg-11t", "tdr-c6120002"),
                Set.of("tapdeck-11"),
                Set.of(),
                Set.of("198.18.0.2"),
                Set.of(17L)));

    HostPlan destination = plan(view, B);
    assertThat(destination.mirrors()).isEmpty();
    assertThat(destination.ports())
        .contains(
            new PlannedPort(
                "tdr-c6120001",
                "brtap",
                new PortKind.Gre("198.18.0.1", "198.18.0.2"),
                Map.of("tapdeck-host", "hostA")));
    assertThat(copies(destination))
        .containsExactly("table=0,priority=100,tun_id=0x11,in_port=2,actions=output:1");
  }

  @Test
  void onTheSameHostThereIsNoTunnel() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(LOCAL),
            List.of(flow(1, LOCAL, Direction.BOTH)),
            List.of(group(LOCAL, false, 1)));
    HostPlan plan = plan(view, A);
    assertThat(plan.neighbours()).isEmpty();
    assertThat(plan.ports())
        .extracting(PlannedPort::name)
        .containsExactly(InterfaceNames.tapNic(LOCAL.id()), "tdg-1s", "tdg-1t");
    assertThat(copies(plan)).contains("table=8,priority=100,in_port=3,actions=output:1");
    assertThat(plan.flows())
        .extracting(flow -> flow.text(numbers(plan)))
        .contains("table=0,priority=400,in_port=1,actions=drop");
    assertThat(plan(view, B).ports()).isEmpty();
  }

  @Test
  void onlyTheTagOfAnAccessPortIsTakenOff() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.of(100)), nic("hostA", 2, Optional.empty())),
            List.of(LOCAL),
            List.of(flow(1, LOCAL, Direction.BOTH), flow(2, LOCAL, Direction.BOTH)),
            List.of(group(LOCAL, true, 1), group(LOCAL, false, 2)));
    assertThat(copies(plan(view, A)))
        .contains(
            "table=7,priority=110,in_port=3,dl_vlan=100,actions=pop_vlan,goto_table:8",
            "table=7,priority=100,in_port=3,actions=goto_table:8",
            "table=7,priority=100,in_port=5,actions=goto_table:8")
        .noneMatch(flow -> flow.contains("in_port=5") && flow.contains("pop_vlan"));
  }

  @Test
  void whatIsDisabledLeavesNothing() {
    TapService off = new TapService(TAP.id(), "tap", TAP.target(), Optional.empty(), false, 3);
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(off),
            List.of(flow(1, TAP, Direction.BOTH)),
            List.of(group(TAP, false, 17)));
    for (Host host : List.of(A, B)) {
      HostPlan plan = plan(view, host);
      assertThat(plan.ports()).isEmpty();
      assertThat(plan.mirrors()).isEmpty();
      assertThat(plan.flowParts()).containsEntry(id(101), new Part.Gone());
    }
    assertThat(plan(view, A).oldGroups()).containsExactly(group(TAP, false, 17));
  }

  /** Host A's flows to host B and to host C. */
  private static HostPlan planWith(String addressOfC) {
    Host c = new Host(id(3), "hostC", addressOfC, 1600, "");
    TapService toC =
        new TapService(id(12), "c", new Target.OnHost("hostC"), Optional.empty(), true, 2);
    return plan(
        new MirrorView(
            new Inventory(List.of(A, B, c), List.of(nic("hostA", 1, Optional.empty()))),
            List.of(TAP, toC),
            List.of(flow(1, TAP, Direction.BOTH), flow(2, toC, Direction.BOTH, 1)),
            List.of(group(TAP, false, 1), group(toC, false, 2)),
            List.of(),
            List.of(),
            Instant.EPOCH),
        A);
  }

  private static TapFlow flow(int number, TapService tap, Direction direction, int guest) {
    return new TapFlow(
        id(100 + number),
        "f" + number,
        tap.id(),
        new Source.Vnic("g" + guest, "m" + guest),
        direction,
        Treatment.DEFAULT,
        Optional.empty(),
        true,
        1);
  }

  @Test
  void aHostWithoutAValidTunnelAddressBreaksOnlyItsOwnFlows() {
    HostPlan plan = planWith("myhost");
    assertThat(plan.flowParts().get(id(102)))
        .isEqualTo(new Part.Blocked(Progress.ERROR, "host hostC has no valid tunnel address"));
    assertThat(plan.flowParts().get(id(101))).isInstanceOf(Part.Needs.class);
    assertThat(plan.flows())
        .allSatisfy(flow -> assertThat(flow.toString()).doesNotContain("myhost"));
    assertThat(plan.mirrors()).extracting(PlannedMirror::name).containsExactly("tapdeck-1");
  }

  @Test
  void aTunnelIsNotTakenOverByAHostThatClaimsItsAddress() {
    HostPlan plan = planWith(B.tunnelIp());
    assertThat(plan.flowParts().get(id(102)))
        .isEqualTo(
            new Part.Blocked(Progress.ERROR, "host hostC has the tunnel address of another host"));
    assertThat(plan.flowParts().get(id(101))).isInstanceOf(Part.Needs.class);
    assertThat(plan.ports())
        .filteredOn(port -> port.kind() instanceof PortKind.Gre)
        .extracting(PlannedPort::externalIds)
        .containsExactly(Map.of("tapdeck-host", "hostB"));
  }

  @Test
  void idsThatBeginAlikeHaveNamesOfTheirOwn() {
    UUID one = UUID.fromString("00000001-0000-4000-8000-000000000001");
    UUID other = UUID.fromString("00000001-0000-4000-8000-000000000002");
    assertThat(InterfaceNames.tapNic(one)).isNotEqualTo(InterfaceNames.tapNic(other)).hasSize(15);
    assertThat(InterfaceNames.vethPort(one)).isNotEqualTo(InterfaceNames.vethPort(other));
  }

  @Test
  void aNamespaceOfAnUnusableNameIsNotEntered() {
    TapService guest =
        new TapService(id(13), "t", new Target.InGuest("g1"), Optional.empty(), true, 2);
    Nic plain = nic("hostA", 1, Optional.empty());
    Nic nic =
        new Nic(
            "hostA",
            "g1",
            "g1",
            "m1",
            Set.of(),
            plain.bridge(),
            plain.port(),
            Optional.empty(),
            Optional.of("--all"));
    HostPlan plan = plan(view(List.of(nic), List.of(guest), List.of(), List.of()), A);
    assertThat(plan.nics()).isEmpty();
    assertThat(plan.serviceParts().get(guest.id())).isInstanceOf(Part.Blocked.class);
  }

  private static MirrorView withHostNics(TapService tap, HostNic... nics) {
    return new MirrorView(
        new Inventory(List.of(A), List.of(), List.of(nics), List.of()),
        List.of(tap, LOCAL),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Instant.EPOCH);
  }

  private static TapService byNic(String mac) {
    return new TapService(
        id(14), "t", new Target.ByHostNic("hostA", mac), Optional.empty(), true, 2);
  }

  @Test
  void aNicThatFlowsCannotNameBlocksItsServiceOnly() {
    TapService tap = byNic("m1");
    HostPlan plan = plan(withHostNics(tap, new HostNic("hostA", "e<0>", "m1", 1500, "")), A);
    assertThat(plan.serviceParts().get(tap.id()))
        .isInstanceOfSatisfying(
            Part.Blocked.class, blocked -> assertThat(blocked.reason()).contains("NIC e<0> has"));
    assertThat(plan.serviceParts().get(LOCAL.id())).isInstanceOf(Part.Needs.class);
    assertThat(plan.flows()).allSatisfy(flow -> assertThat(flow.toString()).doesNotContain("e<0>"));
  }

  @Test
  void ofNicsWithOneAddressTheFirstFreeOneIsTaken() {
    TapService tap = byNic("m1");
    HostNic taken = new HostNic("hostA", "e0", "m1", 1500, "has a route");
    HostNic first = new HostNic("hostA", "e1", "m1", 1500, "");
    HostNic second = new HostNic("hostA", "e2", "m1", 1500, "");
    for (HostPlan plan :
        List.of(
            plan(withHostNics(tap, taken, second, first), A),
            plan(withHostNics(tap, first, second, taken), A))) {
      assertThat(plan.nics()).extracting(TapNic::name).contains("e1").doesNotContain("e0", "e2");
    }
  }

  @Property(tries = 200)
  void whatIsSentUnderAKeyIsDeliveredUnderIt(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    Host one = RandomMirrors.A;
    Host other = RandomMirrors.B;
    for (var ends : List.of(List.of(one, other), List.of(other, one))) {
      Set<Long> sent =
          plan(view, ends.getFirst()).flows().stream()
              .filter(flow -> flow.actions().contains("->tun_id"))
              .map(flow ->
                  Long.decode(flow.actions().replaceAll(".*set_field:(\\w+)->tun_id.*", "$1")))
              .collect(Collectors.toSet());
      Set<Long> delivered =
          plan(view, ends.getLast()).flows().stream()
              .filter(flow -> counts(flow, BrtapFlow.Count.DELIVERED))
              .map(flow -> flow.counts().orElseThrow().key())
              .collect(Collectors.toSet());
      assertThat(delivered).containsAll(sent);
    }
  }

  @Property(tries = 200)
  void namesFitAndFlowsNameOnlyPlannedPorts(@ForAll @LongRange(min = 0) long seed) {
    HostPlan plan = plan(RandomMirrors.view(seed), RandomMirrors.A);
    Set<String> names = plan.ports().stream().map(PlannedPort::name).collect(Collectors.toSet());
    assertThat(names).allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(15));
    Pattern named = Pattern.compile("<(?:\\w+:)?([^>]+)>");
    for (BrtapFlow flow : plan.flows()) {
      assertThat(named.matcher(flow.match() + flow.actions()).results())
          .allSatisfy(port -> assertThat(names).contains(port.group(1)));
    }
    assertThat(InterfaceNames.groupSource(0xffffffffL)).hasSizeLessThanOrEqualTo(15);
    assertThat(InterfaceNames.tunnel("fd00::1")).hasSizeLessThanOrEqualTo(15);
  }
}
