package io.tapdeck.provisioner.plan;

import static io.tapdeck.provisioner.plan.BrtapFlow.port;
import static io.tapdeck.provisioner.plan.HostPlan.BRTAP;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.IpVersion;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.plan.BrtapFlow.Count;
import io.tapdeck.provisioner.plan.BrtapFlow.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Plans a host: a pure function of what is wanted and known. The same view gives the same plan, in
 * whatever order its rows come.
 */
public final class Planner {
  /** The most Mirrors that a bridge can have; Open vSwitch says so only in its log. */
  private static final int MOST_MIRRORS = 32;

  /** What a tunnel adds to a frame: IP and GRE with a key. */
  private static final Map<IpVersion, Integer> TUNNEL_HEADERS =
      Map.of(IpVersion.IPV4, 20 + 8, IpVersion.IPV6, 40 + 8);

  private static final int ETHERNET_HEADER = 14;

  /** IP protocol number of GRE. */
  private static final int GRE = 47;

  private final MirrorView view;
  private final Host host;
  private final Map<String, Integer> foreignMirrors;

  private final Map<String, PlannedPort> ports = new TreeMap<>();
  private final List<PlannedMirror> mirrors = new ArrayList<>();
  private final Set<BrtapFlow> flows = new LinkedHashSet<>();
  private final List<TapNic> nics = new ArrayList<>();
  private final List<PlannedMeter> meters = new ArrayList<>();
  private final List<Repetition> repetitions = new ArrayList<>();
  private final Map<UUID, TapNic> nicOf = new HashMap<>();
  private final Set<String> neighbours = new TreeSet<>();
  private final Set<GroupIdentity> newGroups = new LinkedHashSet<>();
  private final Set<TapGroup> oldGroups = new LinkedHashSet<>();
  private final Map<UUID, Part> serviceParts = new HashMap<>();
  private final Map<UUID, Part> flowParts = new HashMap<>();

  /** By group, why its copies cannot be taken now. */
  private final Map<GroupIdentity, Part.Blocked> blockedGroups = new HashMap<>();

  /** By host, why there can be no tunnel to it. */
  private final Map<String, String> tunnelTrouble = new HashMap<>();

  private Planner(MirrorView view, Host host, Map<String, Integer> foreignMirrors) {
    this.view = view;
    this.host = host;
    this.foreignMirrors = foreignMirrors;
  }

  /**
   * The plan for one host.
   *
   * @param foreignMirrors by bridge of this host, how many Mirrors it has that are not ours
   */
  public static HostPlan plan(MirrorView view, Host host, Map<String, Integer> foreignMirrors) {
    return new Planner(view, host, foreignMirrors).plan();
  }

  private HostPlan plan() {
    flows.add(BrtapFlow.of(Table.ENTRY, 0, "", "drop"));
    guardAgainstLoops();
    view.services().stream()
        .sorted(Comparator.comparing(TapService::id))
        .forEach(this::planService);
    planGroups();
    view.flows().stream().sorted(Comparator.comparing(TapFlow::id)).forEach(this::planPart);
    return new HostPlan(
        List.copyOf(ports.values()),
        mirrors,
        List.copyOf(flows),
        meters,
        nics,
        neighbours,
        newGroups,
        oldGroups,
        serviceParts,
        flowParts,
        repetitions);
  }

  /**
   * The tunnels' own packets must not be copied into tunnels. Any two endpoints of ours: with one
   * flow for each source and one for each destination, joined by a conjunctive match.
   */
  private void guardAgainstLoops() {
    Set<String> endpoints = new TreeSet<>();
    view.hosts()
        .forEach(known -> TunnelAddress.canonical(known.tunnelIp()).ifPresent(endpoints::add));
    TunnelAddress.canonical(host.tunnelIp()).ifPresent(endpoints::add);
    if (endpoints.size() < 2) {
      return;
    }
    for (String ip : endpoints) {
      IpVersion version = IpVersion.of(ip);
      flows.add(guard(version, "src", ip, 1));
      flows.add(guard(version, "dst", ip, 2));
      flows.add(
          BrtapFlow.of(
              Table.ENTRY, 300, "conj_id=" + conjunction(version) + "," + word(version), "drop"));
    }
  }

  /** How flows name a version of IP. */
  private static String word(IpVersion version) {
    return version == IpVersion.IPV4 ? "ip" : "ipv6";
  }

  private static int conjunction(IpVersion version) {
    return version == IpVersion.IPV4 ? 1 : 2;
  }

  private static BrtapFlow guard(IpVersion version, String side, String ip, int half) {
    return BrtapFlow.of(
        Table.ENTRY,
        300,
        word(version)
            + (version == IpVersion.IPV4 ? ",nw_" : ",ipv6_")
            + side
            + "="
            + ip
            + ",nw_proto="
            + GRE,
        "conjunction(" + conjunction(version) + "," + half + "/2)");
  }

  private boolean isHere(TapService service) {
    return view.destination(service).filter(there -> there.name().equals(host.name())).isPresent();
  }

  private void planService(TapService service) {
    if (!isHere(service)) {
      return;
    }
    if (!service.enabled()) {
      serviceParts.put(service.id(), new Part.Gone());
      return;
    }
    String name = InterfaceNames.tapNic(service.id());
    TapNic nic;
    switch (service.target()) {
      case Target.OnHost ignored ->
          nic = new TapNic(TapNic.Kind.INTERNAL, service.id(), name, name, Optional.empty());
      case Target.ByHostNic(String ignored, String mac) -> {
        // It is here only if that NIC is.
        String device = view.hostNic(host.name(), mac).map(HostNic::name).orElse("");
        if (!BrtapFlow.canName(device)) {
          block(
              service,
              "NIC "
                  + device
                  + " has '<', '>' or ':' in its name, which flows cannot name: rename it");
          return;
        }
        nic = new TapNic(TapNic.Kind.PHYSICAL, service.id(), device, device, Optional.empty());
      }
      case Target.InGuest(String guest) -> {
        Optional<String> netns = netns(guest);
        if (netns.isEmpty()) {
          block(service, "guest " + view.guestName(guest) + " is not a network namespace");
          return;
        }
        if (!Nic.isNetnsName(netns.get())) {
          block(
              service,
              "guest " + view.guestName(guest) + " is in a network namespace of no usable name");
          return;
        }
        nic =
            new TapNic(
                TapNic.Kind.VETH, service.id(), name, InterfaceNames.vethPort(service.id()), netns);
      }
    }
    PortKind kind =
        nic.kind() == TapNic.Kind.INTERNAL ? new PortKind.Internal() : new PortKind.Device();
    if (!add(
        new PlannedPort(
            nic.port(), BRTAP, kind, Map.of("tapdeck-service", service.id().toString())))) {
      block(service, "another tap service has port " + nic.port() + ": make this one anew");
      return;
    }
    flows.add(BrtapFlow.of(Table.ENTRY, 400, "in_port=" + port(nic.port()), "drop"));
    nics.add(nic);
    nicOf.put(service.id(), nic);
    serviceParts.put(
        service.id(),
        new Part.Needs(Set.of(nic.port()), Set.of(), Set.of(nic.port()), Set.of(), Set.of()));
  }

  private void block(TapService service, String reason) {
    serviceParts.put(service.id(), new Part.Blocked(Progress.ERROR, reason));
  }

  private Optional<String> netns(String guest) {
    return view.nicsOf(guest).stream()
        .filter(nic -> nic.host().equals(host.name()))
        .flatMap(nic -> nic.netns().stream())
        .sorted()
        .findFirst();
  }

  private boolean isWanted(TapFlow flow) {
    return view.isOn(flow)
        && view.service(flow.service())
            .filter(TapService::enabled)
            .flatMap(view::destination)
            .isPresent();
  }

  /** The groups that copies are taken for here, and those that are delivered here. */
  private void planGroups() {
    Map<GroupIdentity, List<Copied>> wanted = new LinkedHashMap<>();
    view.flows().stream()
        .filter(this::isWanted)
        .sorted(Comparator.comparing(TapFlow::id))
        .forEach(flow -> {
          for (SourcePlace place : view.sources(flow)) {
            if (place.host().equals(host.name())) {
              wanted
                  .computeIfAbsent(GroupIdentity.of(flow, place), group -> new ArrayList<>())
                  .add(new Copied(flow, place));
            }
          }
        });
    Set<GroupIdentity> allotted = new HashSet<>();
    List<SourceGroup> sources = new ArrayList<>();
    view.groups().stream()
        .sorted(Comparator.comparingLong(TapGroup::key))
        .forEach(group -> {
          GroupIdentity identity = group.identity();
          List<Copied> copied = wanted.get(identity);
          if (!identity.host().equals(host.name())) {
            planDelivery(group);
          } else if (copied == null) {
            oldGroups.add(group);
          } else {
            allotted.add(identity);
            sources.add(source(group, copied));
          }
        });
    wanted.keySet().stream()
        .filter(identity -> !allotted.contains(identity))
        .forEach(newGroups::add);
    planSources(sources);
  }

  /** What a flow copies here. */
  private record Copied(TapFlow flow, SourcePlace place) {}

  private static SourceGroup source(TapGroup group, List<Copied> copied) {
    List<SourceGroup.Member> members = new ArrayList<>();
    Set<Integer> vlans = new TreeSet<>();
    Set<String> uplinks = new TreeSet<>();
    for (Copied one : copied) {
      switch (one.place()) {
        case Nic nic -> members.add(new SourceGroup.Member(nic, one.flow().direction()));
        case Wire wire -> {
          uplinks.addAll(wire.uplinks());
          if (one.flow().source() instanceof Source.Vswitch of) {
            of.vlan().ifPresent(vlans::add);
          }
        }
      }
    }
    return new SourceGroup(group, members, vlans, uplinks);
  }

  /** Those that have a way, and room on their bridge: the oldest first. */
  private void planSources(List<SourceGroup> all) {
    Map<String, Integer> used = new HashMap<>(foreignMirrors);
    List<SourceGroup> planned = new ArrayList<>();
    Map<Long, SourceFlows.Way> ways = new HashMap<>();
    for (SourceGroup group : all) {
      GroupIdentity identity = group.identity();
      Optional<SourceFlows.Way> way =
          view.service(identity.service())
              .flatMap(view::destination)
              .flatMap(destination -> way(group, destination));
      // One that cannot be taken now keeps its place: its return must not displace another.
      int before = used.merge(identity.bridge(), 1, Integer::sum) - 1;
      if (group.isOneWay() && group.uplinks().isEmpty()) {
        blockedGroups.put(
            identity,
            new Part.Blocked(
                Progress.WAITING, "bridge " + identity.bridge() + " has no uplink now"));
      } else if (way.isPresent()) {
        if (before < MOST_MIRRORS) {
          planned.add(group);
          ways.put(group.key(), way.get());
        } else {
          blockedGroups.put(identity, new Part.Blocked(Progress.ERROR, noRoom(identity.bridge())));
        }
      }
    }
    planned.forEach(this::planMirror);
    planFlows(planned, ways);
  }

  private String noRoom(String bridge) {
    return "bridge "
        + bridge
        + " holds "
        + MOST_MIRRORS
        + " mirrors ("
        + foreignMirrors.getOrDefault(bridge, 0)
        + " not ours): delete some, or give tap flows of one service the same filter, truncation"
        + " and stripping, so that they share one";
  }

  private void planMirror(SourceGroup group) {
    long key = group.key();
    String source = InterfaceNames.groupSource(key);
    String tap = group.tap();
    Map<String, String> ids =
        Map.of("tapdeck-group", group.group().id().toString(), "tapdeck-key", Long.toString(key));
    String bridge = group.identity().bridge();
    // The names hold the whole key, and the northbound gives no key twice.
    var _ = add(new PlannedPort(source, bridge, new PortKind.Patch(tap), ids));
    var _ = add(new PlannedPort(tap, BRTAP, new PortKind.Patch(source), ids));
    Set<String> received = new TreeSet<>();
    Set<String> sent = new TreeSet<>();
    for (SourceGroup.Member member : group.members()) {
      if (member.direction().sends()) {
        received.add(member.nic().port());
      }
      if (member.direction().receives()) {
        sent.add(member.nic().port());
      }
    }
    if (group.isOneWay()) {
      (group.identity().direction() == Direction.IN ? received : sent).addAll(group.uplinks());
    }
    mirrors.add(
        new PlannedMirror(
            InterfaceNames.mirror(key),
            bridge,
            !group.isOfNics() && !group.isOneWay(),
            received,
            sent,
            group.vlans(),
            source,
            ids));
  }

  private void planFlows(List<SourceGroup> planned, Map<Long, SourceFlows.Way> ways) {
    SourceFlows all = new SourceFlows();
    Set<SourceGroup> asked = new HashSet<>();
    List<SourceGroup> inOrder = planned.stream().sorted(SourceGroup.ORDER).toList();
    for (int i = 0; i < inOrder.size(); i++) {
      SourceGroup group = inOrder.get(i);
      List<SourceGroup> earlier = new ArrayList<>();
      for (SourceGroup one : inOrder.subList(0, i)) {
        if (!one.isApartFrom(group)) {
          one.doubtOver(group)
              .ifPresent(doubt -> repetitions.add(new Repetition(one.key(), group.key(), doubt)));
          if (one.isKnownIn(group)) {
            earlier.add(one);
          }
        }
      }
      asked.addAll(earlier);
      SourceFlows.Way way = ways.get(group.key());
      if (way != null) {
        all.add(group, earlier, way, limiter(group, planned));
      }
    }
    inOrder.forEach(group -> all.judge(group, asked.contains(group)));
    flows.addAll(all.flows());
    meters.addAll(all.meters());
    for (SourceGroup group : planned) {
      if (limiter(group, planned).equals(Optional.of(group.tap()))) {
        view.service(group.identity().service())
            .flatMap(TapService::maxRate)
            .ifPresent(rate ->
                meters.add(
                    new PlannedMeter(
                        PlannedMeter.Use.LIMIT,
                        group.tap(),
                        Optional.of(Math.max(1, rate / 1000)),
                        Optional.empty(),
                        group.key())));
      }
    }
  }

  /** One meter limits all that a service is sent from here; it is named after its oldest group. */
  private Optional<String> limiter(SourceGroup group, List<SourceGroup> planned) {
    UUID service = group.identity().service();
    return view.service(service).flatMap(TapService::maxRate).isEmpty()
        ? Optional.empty()
        : planned.stream()
            .filter(one -> one.identity().service().equals(service))
            .min(Comparator.comparingLong(SourceGroup::key))
            .map(SourceGroup::tap);
  }

  private Optional<SourceFlows.Way> way(SourceGroup group, Host destination) {
    if (destination.name().equals(host.name())) {
      return Optional.ofNullable(nicOf.get(group.identity().service()))
          .map(nic -> new SourceFlows.Way(nic.port(), Optional.empty(), longest(nic), true));
    }
    Optional<Tunnel> tunnel = tunnelTo(destination);
    tunnel.ifPresent(known -> neighbours.add(known.remoteIp()));
    return tunnel.map(known ->
        new SourceFlows.Way(
            known.port(), Optional.of(group.key()), longest(destination, known), false));
  }

  /** The longest frame that leaves by a physical NIC; tap NICs of our own take all. */
  private Optional<Integer> longest(TapNic nic) {
    return nic.kind() == TapNic.Kind.PHYSICAL
        ? view.inventory().hostNics().stream()
            .filter(known -> known.host().equals(host.name()) && known.name().equals(nic.name()))
            .map(known -> known.mtu() + ETHERNET_HEADER)
            .findFirst()
        : Optional.empty();
  }

  private Optional<Integer> longest(Host destination, Tunnel tunnel) {
    int headers = TUNNEL_HEADERS.getOrDefault(IpVersion.of(tunnel.remoteIp()), 0);
    return Stream.of(host.tunnelMtu(), destination.tunnelMtu())
        .filter(mtu -> mtu > headers + ETHERNET_HEADER)
        .min(Comparator.naturalOrder())
        .map(mtu -> mtu - headers);
  }

  private void planDelivery(TapGroup group) {
    TapNic nic = nicOf.get(group.identity().service());
    Optional<Host> source = view.host(group.identity().host());
    if (nic != null && source.isPresent()) {
      tunnelTo(source.get())
          .ifPresent(tunnel ->
              flows.add(
                  BrtapFlow.of(
                          Table.ENTRY,
                          100,
                          "tun_id=0x"
                              + Long.toHexString(group.key())
                              + ",in_port="
                              + port(tunnel.port()),
                          "output:" + port(nic.port()))
                      .counting(Count.DELIVERED, group.key())));
    }
  }

  private record Tunnel(String port, String remoteIp) {}

  private Optional<Tunnel> tunnelTo(Host other) {
    Optional<String> remote = TunnelAddress.canonical(other.tunnelIp());
    Optional<String> local = TunnelAddress.canonical(host.tunnelIp());
    if (remote.isEmpty() || local.isEmpty()) {
      tunnelTrouble.put(
          other.name(),
          "host " + (remote.isEmpty() ? other : host).name() + " has no valid tunnel address");
      return Optional.empty();
    }
    String name = InterfaceNames.tunnel(remote.get());
    if (remote.equals(local)
        || !add(
            new PlannedPort(
                name,
                BRTAP,
                new PortKind.Gre(remote.get(), local.get()),
                Map.of("tapdeck-host", other.name())))) {
      tunnelTrouble.put(
          other.name(), "host " + other.name() + " has the tunnel address of another host");
      return Optional.empty();
    }
    return Optional.of(new Tunnel(name, remote.get()));
  }

  /** Plans a port, unless another has its name. */
  private boolean add(PlannedPort port) {
    PlannedPort other = ports.putIfAbsent(port.name(), port);
    return other == null || other.equals(port);
  }

  /** What this host does for a flow: takes its copies, delivers them, both, or nothing. */
  private void planPart(TapFlow flow) {
    Optional<TapService> service = view.service(flow.service());
    if (service.isEmpty()) {
      return;
    }
    boolean delivers = isHere(service.get());
    List<SourcePlace> here =
        view.sources(flow).stream().filter(place -> place.host().equals(host.name())).toList();
    if (!delivers && here.isEmpty()) {
      return;
    }
    flowParts.put(flow.id(), part(flow, service.get(), here, delivers));
  }

  private Part part(TapFlow flow, TapService service, List<SourcePlace> here, boolean delivers) {
    if (!view.isOn(flow) || !service.enabled()) {
      return new Part.Gone();
    }
    if (view.destination(service).isEmpty()) {
      return new Part.NotYet();
    }
    if (delivers && !nicOf.containsKey(service.id())) {
      return serviceParts.getOrDefault(service.id(), new Part.NotYet());
    }
    Set<String> portsNeeded = new TreeSet<>();
    Set<String> mirrorsNeeded = new TreeSet<>();
    Set<String> nicsNeeded = new TreeSet<>();
    Set<String> neighboursNeeded = new TreeSet<>();
    Set<Long> keys = new TreeSet<>();
    for (SourcePlace copied : delivers ? view.sources(flow) : here) {
      Optional<TapGroup> known = view.group(GroupIdentity.of(flow, copied));
      if (known.isEmpty()) {
        return new Part.NotYet();
      }
      long key = known.get().key();
      Part.Blocked blocked = blockedGroups.get(known.get().identity());
      if (blocked != null) {
        return blocked;
      }
      keys.add(key);
      if (copied.host().equals(host.name())) {
        portsNeeded.add(InterfaceNames.groupSource(key));
        portsNeeded.add(InterfaceNames.groupTap(key));
        mirrorsNeeded.add(InterfaceNames.mirror(key));
      } else {
        Optional<Host> source = view.host(copied.host());
        if (source.isPresent()) {
          Optional<Tunnel> tunnel = tunnelTo(source.get());
          if (tunnel.isEmpty()) {
            return noTunnel(source.get());
          }
          portsNeeded.add(tunnel.get().port());
        }
      }
    }
    TapNic nic = nicOf.get(service.id());
    if (nic != null) {
      portsNeeded.add(nic.port());
      nicsNeeded.add(nic.port());
    } else {
      Host destination = view.destination(service).get();
      Optional<Tunnel> tunnel = tunnelTo(destination);
      if (tunnel.isEmpty()) {
        return noTunnel(destination);
      }
      portsNeeded.add(tunnel.get().port());
      neighboursNeeded.add(tunnel.get().remoteIp());
    }
    return new Part.Needs(portsNeeded, mirrorsNeeded, nicsNeeded, neighboursNeeded, keys);
  }

  private Part noTunnel(Host other) {
    return new Part.Blocked(
        Progress.ERROR,
        tunnelTrouble.getOrDefault(other.name(), "there is no tunnel to host " + other.name()));
  }
}
