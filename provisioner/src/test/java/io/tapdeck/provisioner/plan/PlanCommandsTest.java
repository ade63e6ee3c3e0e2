package io.tapdeck.provisioner.plan;

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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlanCommandsTest {
  private static final Host A = new Host(new UUID(1, 1), "a", "198.18.0.1", 1600, "");
  private static final Host B = new Host(new UUID(1, 2), "b; 'b'", "198.18.0.2", 1600, "");
  private static final UUID LOCAL = new UUID(2, 1);
  private static final UUID REMOTE = new UUID(2, 2);
  private static final UUID TO_LOCAL = new UUID(3, 1);
  private static final UUID TO_REMOTE = new UUID(3, 2);

  private static Nic nic(String guest, String port) {
    return new Nic(
        "a",
        guest,
        guest,
        "52:54:00:00:00:01",
        Set.of(),
        "br 0",
        port,
        Optional.empty(),
        Optional.empty());
  }

  private static TapFlow flow(UUID id, String name, UUID service, String guest) {
    return new TapFlow(
        id,
        name,
        service,
        new Source.Vnic(guest, "52:54:00:00:00:01"),
        Direction.BOTH,
        Treatment.DEFAULT,
        Optional.empty(),
        true,
        1);
  }

  private static MirrorView wished() {
    return new MirrorView(
        new Inventory(List.of(A, B), List.of(nic("g1", "p1"), nic("g2", "p'2"))),
        List.of(
            new TapService(LOCAL, "local", new Target.OnHost("a"), Optional.empty(), true, 2),
            new TapService(
                REMOTE, "remote", new Target.OnHost(B.name()), Optional.empty(), true, 2)),
        List.of(flow(TO_LOCAL, "f1", LOCAL, "g1"), flow(TO_REMOTE, "f2", REMOTE, "g2")),
        List.of(),
        List.of(),
        List.of(),
        Instant.EPOCH);
  }

  private static MirrorView settled(Forecast.Wish wish) {
    return Forecast.settled(Forecast.with(wish, Forecast.settled(wished(), 17)), 19);
  }

  private static final Forecast.Wish NOTHING = new Forecast.Wish(Set.of(), Set.of(), Set.of());

  private static HostPlan plan(MirrorView view, Host host) {
    return Planner.plan(view, host, Map.of());
  }

  private static Forecast.Wish disable(UUID... ids) {
    return new Forecast.Wish(Set.of(), Set.of(ids), Set.of());
  }

  @Test
  void aFlowThatIsEnabledIsTwoPortsAMirrorAndItsFlows() {
    HostPlan before = plan(settled(disable(TO_LOCAL)), A);
    HostPlan after = plan(settled(NOTHING), A);
    assertThat(String.join("\n", PlanCommands.difference(before, after)))
        .isEqualTo(
            """
            ovs-vsctl -- add-port 'br 0' tdg-11s \\
              -- set Interface tdg-11s external_ids:owner=tapdeck \
            external_ids:tapdeck-group=00000000-0000-0000-0000-000000000011 \
            external_ids:tapdeck-key=17 options:peer=tdg-11t type=patch \\
              -- set Port tdg-11s external_ids:owner=tapdeck \
            external_ids:tapdeck-group=00000000-0000-0000-0000-000000000011 \
            external_ids:tapdeck-key=17 \\
              -- add-port brtap tdg-11t \\
              -- set Interface tdg-11t external_ids:owner=tapdeck \
            external_ids:tapdeck-group=00000000-0000-0000-0000-000000000011 \
            external_ids:tapdeck-key=17 ofport_request=4 options:peer=tdg-11s type=patch \\
              -- set Port tdg-11t external_ids:owner=tapdeck \
            external_ids:tapdeck-group=00000000-0000-0000-0000-000000000011 \
            external_ids:tapdeck-key=17 \\
              -- --id=@p1 get Port tdg-11s \\
              -- --id=@p2 get Port p1 \\
              -- --id=@n4m create Mirror external_ids:owner=tapdeck \
            external_ids:tapdeck-group=00000000-0000-0000-0000-000000000011 \
            external_ids:tapdeck-key=17 name=tapdeck-11 output_port=@p1 select_dst_port=@p2 \
            select_src_port=@p2 \\
              -- add Bridge 'br 0' mirrors @n4m
            ovs-ofctl -O OpenFlow14 --names --bundle add-flows brtap - <<'EOF'
            add table=0,priority=100,in_port=tdg-11t,actions=goto_table:7
            add table=7,priority=100,in_port=tdg-11t,actions=goto_table:8
            add table=8,priority=100,in_port=tdg-11t,actions=output:tap-9b9cb01a280
            EOF\
            """);
  }

  @Test
  void aFlowThatIsDisabledTakesJustItsPartAway() {
    HostPlan before = plan(settled(NOTHING), A);
    HostPlan after = plan(settled(disable(TO_REMOTE)), A);
    assertThat(String.join("\n", PlanCommands.difference(before, after)))
        .isEqualTo(
            """
            ovs-vsctl -- --id=@m1 get Mirror tapdeck-12 \\
              -- remove Bridge 'br 0' mirrors @m1
            ovs-ofctl -O OpenFlow14 --names --bundle add-flows brtap - <<'EOF'
            delete_strict table=0,priority=100,in_port=tdg-12t
            delete_strict table=7,priority=100,in_port=tdg-12t
            delete_strict table=8,priority=100,in_port=tdg-12t
            delete_strict table=9,priority=100,in_port=tdg-12t
            delete_strict table=9,priority=110,reg3=0x1/0x1,in_port=tdg-12t
            EOF
            ovs-ofctl -O OpenFlow14 del-meters brtap meter=7
            ovs-vsctl -- del-port 'br 0' tdg-12s \\
              -- del-port brtap tdg-12t \\
              -- del-port brtap tdr-c6120002\
            """);
  }

  @Test
  void aDestinationFromNothingIsATunnelANicAndAFlow() {
    assertThat(
            String.join(
                "\n", PlanCommands.fromNothing(plan(settled(NOTHING), B), Optional.of("br 0"))))
        .isEqualTo(
            """
            ovs-vsctl -- add-br brtap \\
              -- set Bridge brtap datapath_type="$(ovs-vsctl get Bridge 'br 0' \
            datapath_type)" fail_mode=secure other_config:disable-in-band=true \
            external_ids:owner=tapdeck
            ovs-vsctl -- add-port brtap tap-a78c45efc8f \\
              -- set Interface tap-a78c45efc8f external_ids:owner=tapdeck \
            external_ids:tapdeck-service=00000000-0000-0002-0000-000000000002 \
            mtu_request=65521 ofport_request=1 type=internal \\
              -- set Port tap-a78c45efc8f external_ids:owner=tapdeck \
            external_ids:tapdeck-service=00000000-0000-0002-0000-000000000002 \\
              -- add-port brtap tdr-c6120001 \\
              -- set Interface tdr-c6120001 external_ids:owner=tapdeck \
            external_ids:tapdeck-host=a ofport_request=2 options:key=flow \
            options:local_ip=198.18.0.2 options:remote_ip=198.18.0.1 type=gre \\
              -- set Port tdr-c6120001 external_ids:owner=tapdeck \
            external_ids:tapdeck-host=a
            sysctl -q -e -w net/ipv6/conf/tap-a78c45efc8f/disable_ipv6=1 \
            net/ipv6/conf/tap-a78c45efc8f/accept_ra=0 \
            net/ipv4/conf/tap-a78c45efc8f/arp_ignore=8
            ip link set dev tap-a78c45efc8f arp off alias 'tapdeck tap-service \
            00000000-0000-0002-0000-000000000002'
            ip addr flush dev tap-a78c45efc8f
            nft add table netdev tapdeck-tap-a78c45efc8f
            nft add chain netdev tapdeck-tap-a78c45efc8f deaf '{ type filter hook ingress \
            device "tap-a78c45efc8f" priority -500; policy drop; }'
            nft add chain netdev tapdeck-tap-a78c45efc8f mute '{ type filter hook egress \
            device "tap-a78c45efc8f" priority -500; policy drop; }'
            ip link set dev tap-a78c45efc8f up
            ovs-ofctl -O OpenFlow14 --names --bundle add-flows brtap - <<'EOF'
            add table=0,priority=0,actions=drop
            add \
            table=0,priority=300,ip,nw_src=198.18.0.1,nw_proto=47,actions=conjunction(1,1/2)
            add \
            table=0,priority=300,ip,nw_dst=198.18.0.1,nw_proto=47,actions=conjunction(1,2/2)
            add table=0,priority=300,conj_id=1,ip,actions=drop
            add \
            table=0,priority=300,ip,nw_src=198.18.0.2,nw_proto=47,actions=conjunction(1,1/2)
            add \
            table=0,priority=300,ip,nw_dst=198.18.0.2,nw_proto=47,actions=conjunction(1,2/2)
            add table=0,priority=400,in_port=tap-a78c45efc8f,actions=drop
            add \
            table=0,priority=100,tun_id=0x12,in_port=tdr-c6120001,actions=output:tap-a78c45efc8f
            EOF\
            """);
  }

  @Test
  void whatIsAsPlannedNeedsNothing() {
    HostPlan plan = plan(settled(NOTHING), A);
    assertThat(PlanCommands.difference(plan, plan)).isEmpty();
  }

  @Test
  void whatNoCommandCanChangeIsSaid() {
    HostPlan plan = plan(settled(NOTHING), A);
    assertThat(PlanCommands.obstacles(plan, HostPlans.carriedOut(plan, plan))).isEmpty();
    assertThat(PlanCommands.obstacles(plan, HostPlans.carriedOut(HostPlans.none(), plan)))
        .isEmpty();
    HostPlan less = plan(settled(disable(TO_LOCAL)), A);
    assertThat(PlanCommands.obstacles(plan, HostPlans.carriedOut(less, less)))
        .containsExactly("port p1 is not on bridge br 0");
  }

  @Test
  void keysAreGivenInOneOrderAndOldGroupsGo() {
    MirrorView view = settled(NOTHING);
    assertThat(view.groups()).extracting(group -> group.key()).containsExactly(17L, 18L);
    assertThat(settled(disable(LOCAL)).groups()).hasSize(1);
    assertThat(settled(new Forecast.Wish(Set.of(), Set.of(), Set.of(LOCAL, TO_LOCAL))).flows())
        .hasSize(1);
  }

  private static Nic farNic() {
    return new Nic(
        B.name(),
        "g3",
        "g3",
        "52:54:00:00:00:03",
        Set.of(),
        "br",
        "p3",
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void whatMayArriveTwiceIsSaidInWords() {
    MirrorView one = wished();
    TapFlow in =
        new TapFlow(
            new UUID(3, 3),
            "in",
            REMOTE,
            new Source.Vswitch("a", "w", Optional.empty()),
            Direction.IN,
            Treatment.DEFAULT,
            Optional.empty(),
            true,
            1);
    TapFlow far =
        new TapFlow(
            new UUID(3, 4),
            "far",
            REMOTE,
            new Source.Vnic("g3", "52:54:00:00:00:03"),
            Direction.BOTH,
            new Treatment(Filter.ALL, Optional.of(64), Strip.AUTO, true),
            Optional.empty(),
            true,
            1);
    TapFlow cut =
        new TapFlow(
            new UUID(3, 5),
            "cut",
            REMOTE,
            new Source.Vnic("g1", "52:54:00:00:00:01"),
            Direction.BOTH,
            new Treatment(Filter.ALL, Optional.of(64), Strip.AUTO, true),
            Optional.empty(),
            true,
            1);
    MirrorView view =
        Forecast.settled(
            new MirrorView(
                new Inventory(
                    one.hosts(),
                    List.of(nic("g1", "p1"), farNic()),
                    List.of(),
                    List.of(new Wire("a", "w", "br 0", Set.of("up")))),
                one.services(),
                List.of(in, far, cut),
                List.of(),
                List.of(),
                List.of(),
                Instant.EPOCH),
            1);
    assertThat(Forecast.repetitions(plan(view, A), view))
        .containsExactly(
            "tap flows in and cut: frames that pass the uplink of bridge br 0 cannot be told from"
                + " others by what is in them");
    assertThat(Forecast.severalPlaces(view))
        .containsExactly(
            "tap service remote: a frame that passes several of the hosts a, b; 'b' is copied on"
                + " each of them");
  }

  private static TapFlow ofWire(int number, String wire, Direction direction, int vlan) {
    return new TapFlow(
        new UUID(3, number),
        wire + direction,
        REMOTE,
        new Source.Vswitch("a", wire, Optional.of(vlan).filter(tag -> tag > 0)),
        direction,
        Treatment.DEFAULT,
        Optional.empty(),
        true,
        1);
  }

  private static List<String> severalPlaces(TapFlow... flows) {
    MirrorView one = wished();
    return Forecast.severalPlaces(
        new MirrorView(
            new Inventory(
                one.hosts(),
                List.of(),
                List.of(),
                List.of(
                    new Wire("a", "w", "br0", Set.of("up1", "up2")),
                    new Wire("a", "v", "br1", Set.of("up3")))),
            one.services(),
            List.of(flows),
            List.of(),
            List.of(),
            List.of(),
            Instant.EPOCH));
  }

  @Test
  void severalBridgesOfAHostMayCopyAFrameEach() {
    assertThat(severalPlaces(ofWire(3, "w", Direction.BOTH, 0), ofWire(4, "v", Direction.IN, 0)))
        .containsExactly(
            "tap service remote: a frame that passes several of the bridges br0, br1 of host a, as"
                + " by patch ports, is copied on each of them");
  }

  @Test
  void whatPassesTwoUplinksOfAWireIsBothInAndOut() {
    assertThat(severalPlaces(ofWire(3, "w", Direction.IN, 0), ofWire(4, "w", Direction.OUT, 7)))
        .containsExactly(
            "tap service remote: a frame that comes by one of the uplinks up1, up2 of bridge br0 of"
                + " host a and leaves by another is copied as IN and as OUT");
    assertThat(severalPlaces(ofWire(3, "w", Direction.IN, 8), ofWire(4, "w", Direction.OUT, 7)))
        .isEmpty();
    assertThat(severalPlaces(ofWire(3, "v", Direction.IN, 0), ofWire(4, "v", Direction.OUT, 0)))
        .isEmpty();
  }
}
