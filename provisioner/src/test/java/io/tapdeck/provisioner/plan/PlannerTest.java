package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Host A = new Host(id(1), "hostA", "198.18.0.1", "");
  private static final Host B = new Host(id(2), "hostB", "198.18.0.2", "");
  private static final TapService TAP =
      new TapService(id(10), "tap", new Target.OnHost("hostB"), true, 2);
  private static final TapService LOCAL =
      new TapService(id(11), "local", new Target.OnHost("hostA"), true, 2);

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
    return new TapFlow(
        id(100 + number), "f" + number, tap.id(), "g" + number, "m" + number, direction, true, 1);
  }

  private static TapGroup group(TapService tap, boolean strip, long key) {
    return new TapGroup(id(200 + key), new GroupIdentity(tap.id(), "hostA", "br", strip), key);
  }

  private static MirrorView view(
      List<Nic> nics, List<TapService> services, List<TapFlow> flows, List<TapGroup> groups) {
    return new MirrorView(List.of(A, B), nics, services, flows, groups, List.of(), List.of());
  }

  private static Set<String> copies(HostPlan plan) {
    List<String> names = new ArrayList<>(plan.ports().stream().map(PlannedPort::name).toList());
    return plan.flows().stream()
        .filter(flow -> flow instanceof BrtapFlow.Copy || flow instanceof BrtapFlow.Deliver)
        .map(flow -> flow.text(port -> names.indexOf(port) + 1))
        .collect(Collectors.toSet());
  }

  @Test
  void aHostWithNothingToDoDropsEverything() {
    HostPlan plan = Planner.plan(view(List.of(), List.of(), List.of(), List.of()), A);
    assertThat(plan.ports()).isEmpty();
    assertThat(plan.flows())
        .contains(new BrtapFlow.DropRest(), new BrtapFlow.GuardDrop(IpVersion.IPV4));
    assertThat(plan.flows()).hasSize(6);
  }

  @Test
  void aNewGroupAsksForAKeyBeforeAnythingIsMade() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(TAP),
            List.of(flow(1, TAP, Direction.BOTH)),
            List.of());
    HostPlan plan = Planner.plan(view, A);
    assertThat(plan.newGroups()).containsExactly(new GroupIdentity(TAP.id(), "hostA", "br", false));
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
    HostPlan source = Planner.plan(view, A);
    assertThat(source.mirrors()).hasSize(1);
    PlannedMirror mirror = source.mirrors().getFirst();
    assertThat(mirror.received()).containsExactly("p2");
    assertThat(mirror.sent()).containsExactly("p1");
    assertThat(mirror.output()).isEqualTo("tdg-11s");
    assertThat(source.neighbours()).containsExactly("198.18.0.2");
    assertThat(copies(source))
        .containsExactly("priority=100,in_port=2,actions=set_field:0x11->tun_id,output:3");
    assertThat(source.flowParts().get(id(101)))
        .isEqualTo(
            new Part.Needs(
                Set.of("tdg-11s", "tdg-11t", "tdr-c6120002"),
                Set.of("tapdeck-11"),
                Set.of(),
                Set.of("198.18.0.2"),
                Set.of(17L)));

    HostPlan destination = Planner.plan(view, B);
    assertThat(destination.mirrors()).isEmpty();
    assertThat(destination.ports())
        .contains(
            new PlannedPort(
                "tdr-c6120001",
                "brtap",
                new PortKind.Gre("198.18.0.1", "198.18.0.2"),
                Map.of("tapdeck-host", "hostA")));
    assertThat(copies(destination))
        .containsExactly("priority=100,tun_id=0x11,in_port=2,actions=output:1");
  }

  @Test
  void onTheSameHostThereIsNoTunnel() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(LOCAL),
            List.of(flow(1, LOCAL, Direction.BOTH)),
            List.of(group(LOCAL, false, 1)));
    HostPlan plan = Planner.plan(view, A);
    assertThat(plan.neighbours()).isEmpty();
    assertThat(plan.ports())
        .extracting(PlannedPort::name)
        .containsExactly(InterfaceNames.tapNic(LOCAL.id()), "tdg-1s", "tdg-1t");
    assertThat(copies(plan)).containsExactly("priority=100,in_port=3,actions=output:1");
    assertThat(plan.flows()).contains(new BrtapFlow.Mute(InterfaceNames.tapNic(LOCAL.id())));
    assertThat(Planner.plan(view, B).ports()).isEmpty();
  }

  @Test
  void onlyTheTagOfAnAccessPortIsTakenOff() {
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.of(100)), nic("hostA", 2, Optional.empty())),
            List.of(LOCAL),
            List.of(flow(1, LOCAL, Direction.BOTH), flow(2, LOCAL, Direction.BOTH)),
            List.of(group(LOCAL, true, 1), group(LOCAL, false, 2)));
    assertThat(copies(Planner.plan(view, A)))
        .containsExactlyInAnyOrder(
            "priority=100,in_port=3,actions=output:1",
            "priority=110,in_port=3,dl_vlan=100,actions=pop_vlan,output:1",
            "priority=100,in_port=5,actions=output:1");
  }

  @Test
  void whatIsDisabledLeavesNothing() {
    TapService off = new TapService(TAP.id(), "tap", TAP.target(), false, 3);
    MirrorView view =
        view(
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(off),
            List.of(flow(1, TAP, Direction.BOTH)),
            List.of(group(TAP, false, 17)));
    for (Host host : List.of(A, B)) {
      HostPlan plan = Planner.plan(view, host);
      assertThat(plan.ports()).isEmpty();
      assertThat(plan.mirrors()).isEmpty();
      assertThat(plan.flowParts()).containsEntry(id(101), new Part.Gone());
    }
    assertThat(Planner.plan(view, A).oldGroups()).containsExactly(group(TAP, false, 17));
  }

  /** Host A's flows to host B and to host C. */
  private static HostPlan planWith(String addressOfC) {
    Host c = new Host(id(3), "hostC", addressOfC, "");
    TapService toC = new TapService(id(12), "c", new Target.OnHost("hostC"), true, 2);
    return Planner.plan(
        new MirrorView(
            List.of(A, B, c),
            List.of(nic("hostA", 1, Optional.empty())),
            List.of(TAP, toC),
            List.of(flow(1, TAP, Direction.BOTH), flow(2, toC, Direction.BOTH, 1)),
            List.of(group(TAP, false, 1), group(toC, false, 2)),
            List.of(),
            List.of()),
        A);
  }

  private static TapFlow flow(int number, TapService tap, Direction direction, int guest) {
    TapFlow flow = flow(number, tap, direction);
    return new TapFlow(
        flow.id(), flow.name(), flow.service(), "g" + guest, "m" + guest, direction, true, 1);
  }

  @Test
  void aHostWithoutAValidTunnelAddressBreaksOnlyItsOwnFlows() {
    HostPlan plan = planWith("myhost");
    assertThat(plan.flowParts().get(id(102)))
        .isEqualTo(new Part.Blocked(Progress.ERROR, "host hostC has no valid tunnel address"));
    assertThat(plan.flowParts().get(id(101))).isInstanceOf(Part.Needs.class);
    assertThat(plan.flows())
        .allSatisfy(flow -> assertThat(flow.text(port -> 1)).doesNotContain("myhost"));
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
    TapService guest = new TapService(id(13), "t", new Target.InGuest("g1"), true, 2);
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
    HostPlan plan = Planner.plan(view(List.of(nic), List.of(guest), List.of(), List.of()), A);
    assertThat(plan.nics()).isEmpty();
    assertThat(plan.serviceParts().get(guest.id())).isInstanceOf(Part.Blocked.class);
  }

  /** Some of everything, some of it enabled. */
  private static MirrorView random(long seed) {
    Random random = new Random(seed);
    List<Nic> nics = new ArrayList<>();
    List<TapService> services = new ArrayList<>();
    List<TapFlow> flows = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(8); i++) {
      nics.add(
          nic(
              random.nextBoolean() ? "hostA" : "hostB",
              i,
              random.nextBoolean() ? Optional.of(100 + random.nextInt(2)) : Optional.empty()));
    }
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      services.add(
          new TapService(
              id(10 + i),
              "s" + i,
              new Target.OnHost(random.nextBoolean() ? "hostA" : "hostB"),
              random.nextInt(4) > 0,
              2));
      for (int j = 0; j < nics.size(); j++) {
        if (random.nextBoolean()) {
          flows.add(
              new TapFlow(
                  id(1000 + i * 100L + j),
                  "f",
                  id(10 + i),
                  "g" + j,
                  "m" + j,
                  random.nextBoolean() ? Direction.IN : Direction.BOTH,
                  random.nextInt(4) > 0,
                  1));
        }
      }
    }
    MirrorView unkeyed = view(nics, services, flows, List.of());
    List<TapGroup> groups = new ArrayList<>();
    for (Host host : List.of(A, B)) {
      for (GroupIdentity identity : Planner.plan(unkeyed, host).newGroups()) {
        groups.add(new TapGroup(UUID.randomUUID(), identity, groups.size() + 1L));
      }
    }
    return view(nics, services, flows, groups);
  }

  @Property(tries = 200)
  void theOrderOfRowsDoesNotMatter(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = random(seed);
    List<Nic> nics = shuffled(view.nics(), seed);
    MirrorView other =
        view(
            nics,
            shuffled(view.services(), seed),
            shuffled(view.flows(), seed),
            shuffled(view.groups(), seed));
    HostPlan plan = Planner.plan(view, A);
    HostPlan same = Planner.plan(other, A);
    assertThat(same.ports()).isEqualTo(plan.ports());
    assertThat(same.mirrors()).isEqualTo(plan.mirrors());
    assertThat(new HashSet<>(same.flows())).isEqualTo(new HashSet<>(plan.flows()));
    assertThat(same.flowParts()).isEqualTo(plan.flowParts());
  }

  private static <T> List<T> shuffled(List<T> list, long seed) {
    List<T> copy = new ArrayList<>(list);
    Collections.shuffle(copy, new Random(seed));
    return copy;
  }

  @Property(tries = 200)
  void whatIsSentUnderAKeyIsDeliveredUnderIt(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = random(seed);
    for (var ends : List.of(List.of(A, B), List.of(B, A))) {
      Set<Long> sent =
          Planner.plan(view, ends.getFirst()).flows().stream()
              .filter(BrtapFlow.Copy.class::isInstance)
              .map(flow -> ((BrtapFlow.Copy) flow).delivery())
              .filter(BrtapFlow.ToTunnel.class::isInstance)
              .map(delivery -> ((BrtapFlow.ToTunnel) delivery).key())
              .collect(Collectors.toSet());
      Set<Long> delivered =
          Planner.plan(view, ends.getLast()).flows().stream()
              .filter(BrtapFlow.Deliver.class::isInstance)
              .map(flow -> ((BrtapFlow.Deliver) flow).key())
              .collect(Collectors.toSet());
      assertThat(delivered).isEqualTo(sent);
    }
  }

  @Property(tries = 200)
  void namesFitAndFlowsNameOnlyPlannedPorts(@ForAll @LongRange(min = 0) long seed) {
    HostPlan plan = Planner.plan(random(seed), A);
    Set<String> names = plan.ports().stream().map(PlannedPort::name).collect(Collectors.toSet());
    assertThat(names).allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(15));
    for (BrtapFlow flow : plan.flows()) {
      var _ =
          flow.text(port -> {
            assertThat(names).contains(port);
            return 1;
          });
    }
    assertThat(InterfaceNames.groupSource(0xffffffffL)).hasSizeLessThanOrEqualTo(15);
    assertThat(InterfaceNames.tunnel("fd00::1")).hasSizeLessThanOrEqualTo(15);
  }
}
