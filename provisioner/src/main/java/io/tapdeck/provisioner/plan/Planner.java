package io.tapdeck.provisioner.plan;

import static io.tapdeck.provisioner.plan.HostPlan.BRTAP;

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

/**
 * Plans a host: a pure function of what is wanted and known. The same view gives the same plan, in
 * whatever order its rows come.
 */
public final class Planner {
  private final MirrorView view;
  private final Host host;

  private final Map<String, PlannedPort> ports = new TreeMap<>();
  private final List<PlannedMirror> mirrors = new ArrayList<>();
  private final Set<BrtapFlow> flows = new LinkedHashSet<>();
  private final List<TapNic> nics = new ArrayList<>();
  private final Map<UUID, TapNic> nicOf = new HashMap<>();
  private final Set<String> neighbours = new TreeSet<>();
  private final Set<GroupIdentity> newGroups = new LinkedHashSet<>();
  private final Set<TapGroup> oldGroups = new LinkedHashSet<>();
  private final Map<UUID, Part> serviceParts = new HashMap<>();
  private final Map<UUID, Part> flowParts = new HashMap<>();

  /** By host, why there can be no tunnel to it. */
  private final Map<String, String> tunnelTrouble = new HashMap<>();

  private Planner(MirrorView view, Host host) {
    this.view = view;
    this.host = host;
  }

  /** The plan for one host. */
  public static HostPlan plan(MirrorView view, Host host) {
    return new Planner(view, host).plan();
  }

  private HostPlan plan() {
    flows.add(new BrtapFlow.DropRest());
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
        nics,
        neighbours,
        newGroups,
        oldGroups,
        serviceParts,
        flowParts);
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
      flows.add(new BrtapFlow.GuardFrom(version, ip));
      flows.add(new BrtapFlow.GuardTo(version, ip));
      flows.add(new BrtapFlow.GuardDrop(version));
    }
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
    String alias = "tapdeck tap-service " + service.id();
    TapNic nic;
    switch (service.target()) {
      case Target.OnHost ignored -> nic = new TapNic(name, name, Optional.empty(), alias);
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
        nic = new TapNic(name, InterfaceNames.vethPort(service.id()), netns, alias);
      }
    }
    PortKind kind = nic.netns().isPresent() ? new PortKind.Device() : new PortKind.Internal();
    if (!add(
        new PlannedPort(
            nic.port(), BRTAP, kind, Map.of("tapdeck-service", service.id().toString())))) {
      block(service, "another tap service has port " + nic.port() + ": make this one anew");
      return;
    }
    flows.add(new BrtapFlow.Mute(nic.port()));
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
    return flow.enabled()
        && view.service(flow.service())
            .filter(TapService::enabled)
            .flatMap(view::destination)
            .isPresent();
  }

  /** The groups that copies are taken for here, and those that are delivered here. */
  private void planGroups() {
    Map<GroupIdentity, Map<Nic, TapFlow>> wanted = new LinkedHashMap<>();
    view.flows().stream()
        .filter(this::isWanted)
        .sorted(Comparator.comparing(TapFlow::id))
        .forEach(flow -> {
          for (Nic nic : view.sources(flow)) {
            if (nic.host().equals(host.name())) {
              wanted
                  .computeIfAbsent(GroupIdentity.of(flow, nic), group -> new LinkedHashMap<>())
                  .put(nic, flow);
            }
          }
        });
    Set<GroupIdentity> allotted = new HashSet<>();
    view.groups().stream()
        .sorted(Comparator.comparingLong(TapGroup::key))
        .forEach(group -> {
          GroupIdentity identity = group.identity();
          if (!identity.host().equals(host.name())) {
            planDelivery(group);
          } else if (wanted.containsKey(identity)) {
            allotted.add(identity);
            planSource(group, wanted.getOrDefault(identity, Map.of()));
          } else {
            oldGroups.add(group);
          }
        });
    for (GroupIdentity identity : wanted.keySet()) {
      if (!allotted.contains(identity)) {
        newGroups.add(identity);
      }
    }
  }

  private void planSource(TapGroup group, Map<Nic, TapFlow> members) {
    GroupIdentity identity = group.identity();
    Optional<TapService> service = view.service(identity.service());
    Optional<Host> destination = service.flatMap(view::destination);
    if (service.isEmpty() || destination.isEmpty()) {
      return;
    }
    Optional<BrtapFlow.Delivery> delivery = delivery(group, destination.get());
    if (delivery.isEmpty()) {
      return;
    }
    long key = group.key();
    String source = InterfaceNames.groupSource(key);
    String tap = InterfaceNames.groupTap(key);
    Map<String, String> ids =
        Map.of("tapdeck-group", group.id().toString(), "tapdeck-key", Long.toString(key));
    Set<String> received = new TreeSet<>();
    Set<String> sent = new TreeSet<>();
    Set<Integer> tags = new TreeSet<>();
    members.forEach((nic, flow) -> {
      if (flow.direction().sends()) {
        received.add(nic.port());
      }
      if (flow.direction().receives()) {
        sent.add(nic.port());
      }
      nic.accessTag().ifPresent(tags::add);
    });
    // The names hold the whole key, and the northbound gives no key twice.
    var _ = add(new PlannedPort(source, identity.bridge(), new PortKind.Patch(tap), ids));
    var _ = add(new PlannedPort(tap, BRTAP, new PortKind.Patch(source), ids));
    mirrors.add(
        new PlannedMirror(
            InterfaceNames.mirror(key), identity.bridge(), received, sent, source, ids));
    flows.add(new BrtapFlow.Copy(tap, Optional.empty(), delivery.get()));
    for (int tag : tags) {
      flows.add(new BrtapFlow.Copy(tap, Optional.of(tag), delivery.get()));
    }
  }

  private Optional<BrtapFlow.Delivery> delivery(TapGroup group, Host destination) {
    if (destination.name().equals(host.name())) {
      return Optional.ofNullable(nicOf.get(group.identity().service()))
          .map(nic -> new BrtapFlow.ToNic(nic.port()));
    }
    Optional<Tunnel> tunnel = tunnelTo(destination);
    tunnel.ifPresent(known -> neighbours.add(known.remoteIp()));
    return tunnel.map(known -> new BrtapFlow.ToTunnel(known.port(), group.key()));
  }

  private void planDelivery(TapGroup group) {
    TapNic nic = nicOf.get(group.identity().service());
    Optional<Host> source = view.host(group.identity().host());
    if (nic != null && source.isPresent()) {
      tunnelTo(source.get())
          .ifPresent(
              tunnel -> flows.add(new BrtapFlow.Deliver(tunnel.port(), group.key(), nic.port())));
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
    List<Nic> here =
        view.sources(flow).stream().filter(nic -> nic.host().equals(host.name())).toList();
    if (!delivers && here.isEmpty()) {
      return;
    }
    flowParts.put(flow.id(), part(flow, service.get(), here, delivers));
  }

  private Part part(TapFlow flow, TapService service, List<Nic> here, boolean delivers) {
    if (!flow.enabled() || !service.enabled()) {
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
    for (Nic copied : delivers ? view.sources(flow) : here) {
      Optional<TapGroup> known = view.group(GroupIdentity.of(flow, copied));
      if (known.isEmpty()) {
        return new Part.NotYet();
      }
      long key = known.get().key();
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
