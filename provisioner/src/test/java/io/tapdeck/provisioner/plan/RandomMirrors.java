package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Strip;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.mirror.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Mirrors of every kind between two hosts, by chance, the same for the same seed. */
final class RandomMirrors {
  static final Host A = new Host(new UUID(0, 1), "a", "198.18.0.1", 1600, "");
  static final Host B = new Host(new UUID(0, 2), "b", "198.18.0.2", 1500, "");
  static final List<String> BRIDGES = List.of("br0", "br1");
  static final int NICS = 8;

  private static final List<List<String>> FILTERS =
      List.of(
          List.of(),
          List.of(),
          List.of("accept proto udp dst 10.0.0.0/8:53"),
          List.of("reject in proto tcp", "accept out src 2001:db8::/32", "accept proto arp"));

  private final Random random;

  private RandomMirrors(long seed) {
    random = new Random(seed);
  }

  /** With a key for each group. */
  static MirrorView view(long seed) {
    return view(seed, 1);
  }

  /** Likewise, the first of the keys being that one: no key is given twice. */
  static MirrorView view(long seed, long firstKey) {
    MirrorView unkeyed = new RandomMirrors(seed).view();
    List<TapGroup> groups = new ArrayList<>();
    for (Host host : List.of(A, B)) {
      for (GroupIdentity identity : Planner.plan(unkeyed, host, Map.of()).newGroups()) {
        long key = firstKey + groups.size();
        groups.add(new TapGroup(new UUID(3, key), identity, key));
      }
    }
    return new MirrorView(
        unkeyed.inventory(),
        unkeyed.services(),
        unkeyed.flows(),
        groups,
        List.of(),
        List.of(),
        unkeyed.at());
  }

  static String port(String host, int number) {
    return host + "-p" + number;
  }

  static String uplink(String host, String bridge) {
    return host + "-" + bridge + "-up";
  }

  private MirrorView view() {
    List<Nic> nics = new ArrayList<>();
    for (int i = 0; i < NICS; i++) {
      String host = any(List.of("a", "b"));
      nics.add(
          new Nic(
              host,
              "g" + i,
              "g" + i,
              "02:00:00:00:00:0" + i,
              Set.of(),
              any(BRIDGES),
              port(host, i),
              chance(3) ? Optional.of(20 + random.nextInt(2)) : Optional.empty(),
              Optional.empty()));
    }
    List<Wire> wires = new ArrayList<>();
    for (String host : List.of("a", "b")) {
      for (String bridge : BRIDGES) {
        wires.add(
            new Wire(host, bridge, bridge, chance(4) ? Set.of() : Set.of(uplink(host, bridge))));
      }
    }
    List<HostNic> hostNics =
        List.of(
            new HostNic("a", "spare", "02:00:00:00:01:0a", 1500, ""),
            new HostNic(
                "b", "spare", "02:00:00:00:01:0b", 1500, chance(2) ? "has an address" : ""));
    List<TapService> services = new ArrayList<>();
    List<TapFlow> flows = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      UUID service = new UUID(1, i);
      services.add(
          new TapService(
              service,
              "s" + i,
              target(i),
              chance(3) ? Optional.of(1_000_000L) : Optional.empty(),
              !chance(5),
              2));
      for (int j = 0; j < random.nextInt(10); j++) {
        flows.add(flow(new UUID(2, 100L * i + j), service));
      }
    }
    return new MirrorView(
        new Inventory(List.of(A, B), nics, hostNics, wires),
        services,
        flows,
        List.of(),
        List.of(),
        List.of(),
        Instant.EPOCH);
  }

  private Target target(int number) {
    // Two services never share a NIC: that is refused.
    if (number < 2 && chance(2)) {
      return number == 0
          ? new Target.ByHostNic("a", "02:00:00:00:01:0a")
          : new Target.ByHostNic("b", "02:00:00:00:01:0b");
    }
    return new Target.OnHost(number % 2 == 0 ? "a" : "b");
  }

  private TapFlow flow(UUID id, UUID service) {
    Source source =
        chance(2)
            ? new Source.Vnic("g" + random.nextInt(NICS), "02:00:00:00:00:0" + random.nextInt(NICS))
            : new Source.Vswitch(
                any(List.of("a", "b")),
                any(BRIDGES),
                chance(2) ? Optional.of(random.nextInt(3)) : Optional.empty());
    if (source instanceof Source.Vnic(String guest, var ignored)) {
      source = new Source.Vnic(guest, "02:00:00:00:00:0" + guest.substring(1));
    }
    boolean ofNic = source instanceof Source.Vnic;
    return new TapFlow(
        id,
        "f" + id,
        service,
        source,
        any(List.of(Direction.values())),
        new Treatment(
            Filter.of(FILTERS.get(random.nextInt(ofNic ? FILTERS.size() : FILTERS.size() - 1))),
            any(List.of(Optional.empty(), Optional.of(64), Optional.of(9000))),
            any(List.of(Strip.values())),
            !chance(3)),
        chance(6) ? Optional.of(Instant.EPOCH) : Optional.empty(),
        !chance(6),
        1);
  }

  private boolean chance(int oneOf) {
    return random.nextInt(oneOf) == 0;
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }
}
