package io.tapdeck.provisioner.mirror;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** All that the northbound holds, at one moment. */
public final class MirrorView {
  private final Inventory inventory;
  private final List<TapService> services;
  private final List<TapFlow> flows;
  private final List<TapGroup> groups;
  private final List<ServiceReport> serviceReports;
  private final List<FlowReport> flowReports;
  private final Instant at;
  private final Index index;

  /** What is found by a key. */
  private record Index(
      Map<String, Host> hosts,
      Map<String, List<Nic>> nicsOfGuests,
      Map<UUID, TapService> services,
      Map<UUID, TapFlow> flows,
      Map<GroupIdentity, TapGroup> groups,
      Map<UUID, List<ServiceReport>> serviceReports,
      Map<UUID, List<FlowReport>> flowReports) {}

  /**
   * @param at the moment, by which flows have ended or not
   */
  public MirrorView(
      Inventory inventory,
      Collection<TapService> services,
      Collection<TapFlow> flows,
      Collection<TapGroup> groups,
      Collection<ServiceReport> serviceReports,
      Collection<FlowReport> flowReports,
      Instant at) {
    this.inventory = inventory;
    this.services = List.copyOf(services);
    this.flows = List.copyOf(flows);
    this.groups = List.copyOf(groups);
    this.serviceReports = List.copyOf(serviceReports);
    this.flowReports = List.copyOf(flowReports);
    this.at = at;
    index =
        new Index(
            byKey(inventory.hosts(), Host::name),
            lists(inventory.nics(), Nic::guest),
            byKey(services, TapService::id),
            byKey(flows, TapFlow::id),
            byKey(groups, TapGroup::identity),
            lists(serviceReports, ServiceReport::service),
            lists(flowReports, FlowReport::flow));
  }

  private MirrorView(MirrorView same, Instant at) {
    inventory = same.inventory;
    services = same.services;
    flows = same.flows;
    groups = same.groups;
    serviceReports = same.serviceReports;
    flowReports = same.flowReports;
    index = same.index;
    this.at = at;
  }

  /** Nothing at all. */
  public static MirrorView empty(Instant at) {
    return new MirrorView(
        new Inventory(List.of(), List.of()),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        at);
  }

  private static <K, T> Map<K, T> byKey(Collection<T> things, Function<T, K> key) {
    Map<K, T> map = new HashMap<>();
    things.forEach(thing -> map.putIfAbsent(key.apply(thing), thing));
    return map;
  }

  private static <K, T> Map<K, List<T>> lists(Collection<T> things, Function<T, K> key) {
    Map<K, List<T>> map = new HashMap<>();
    things.forEach(
        thing -> map.computeIfAbsent(key.apply(thing), any -> new ArrayList<>()).add(thing));
    return map;
  }

  /** The same at another moment. */
  public MirrorView at(Instant moment) {
    return new MirrorView(this, moment);
  }

  /** The same with another inventory. */
  public MirrorView with(Inventory found) {
    return new MirrorView(found, services, flows, groups, serviceReports, flowReports, at);
  }

  /** The moment. */
  public Instant at() {
    return at;
  }

  /** What agents found on their hosts. */
  public Inventory inventory() {
    return inventory;
  }

  /** The hosts. */
  public List<Host> hosts() {
    return inventory.hosts();
  }

  /** The guests' NICs. */
  public List<Nic> nics() {
    return inventory.nics();
  }

  /** The tap services. */
  public List<TapService> services() {
    return services;
  }

  /** The tap flows. */
  public List<TapFlow> flows() {
    return flows;
  }

  /** The groups. */
  public List<TapGroup> groups() {
    return groups;
  }

  /** What agents say of services. */
  public List<ServiceReport> serviceReports() {
    return serviceReports;
  }

  /** What agents say of flows. */
  public List<FlowReport> flowReports() {
    return flowReports;
  }

  /** The host of this name. */
  public Optional<Host> host(String name) {
    return Optional.ofNullable(index.hosts().get(name));
  }

  /** The service of this id. */
  public Optional<TapService> service(UUID id) {
    return Optional.ofNullable(index.services().get(id));
  }

  /** The flow of this id. */
  public Optional<TapFlow> flow(UUID id) {
    return Optional.ofNullable(index.flows().get(id));
  }

  /** The group of this identity. */
  public Optional<TapGroup> group(GroupIdentity identity) {
    return Optional.ofNullable(index.groups().get(identity));
  }

  /** The NICs of a guest, on whatever hosts. */
  public List<Nic> nicsOf(String guest) {
    return List.copyOf(index.nicsOfGuests().getOrDefault(guest, List.of()));
  }

  /** A host's wire, if its agent found it. */
  public Optional<Wire> wire(String host, String name) {
    return inventory.wires().stream()
        .filter(wire -> wire.host().equals(host) && wire.name().equals(name))
        .findFirst();
  }

  /**
   * A host's physical NIC, if its agent found it. Of several that have the same address it is
   * always the same one: a free one if there is one, and the first by name.
   */
  public Optional<HostNic> hostNic(String host, String mac) {
    return inventory.hostNics().stream()
        .filter(nic -> nic.host().equals(host) && nic.mac().equals(mac))
        .min(Comparator.comparing((HostNic nic) -> !nic.isFree()).thenComparing(HostNic::name));
  }

  /**
   * Where a flow's source is now: nowhere while the guest is off, two ports while it moves, a
   * bridge for a switch.
   */
  public List<SourcePlace> sources(TapFlow flow) {
    return switch (flow.source()) {
      case Source.Vnic(String guest, String mac) ->
          nicsOf(guest).stream()
              .filter(nic -> nic.mac().equals(mac))
              .map(SourcePlace.class::cast)
              .toList();
      case Source.Vswitch of ->
          wire(of.host(), of.wire()).map(SourcePlace.class::cast).stream().toList();
    };
  }

  /** Whether a flow is wanted now, as far as it lies with the flow: enabled, and not ended. */
  public boolean isOn(TapFlow flow) {
    return flow.isOn(at);
  }

  /** A guest's name, or its id if nobody knows the guest now. */
  public String guestName(String guest) {
    return nicsOf(guest).stream().map(Nic::guestName).findFirst().orElse(guest);
  }

  /**
   * The host that a service's copies go to, unless its guest is off, its NIC is not free or the
   * host is unknown.
   */
  public Optional<Host> destination(TapService service) {
    return switch (service.target()) {
      case Target.OnHost(String name) -> host(name);
      case Target.ByHostNic(String name, String mac) ->
          hostNic(name, mac).filter(HostNic::isFree).flatMap(nic -> host(name));
      case Target.InGuest(String guest) ->
          nicsOf(guest).stream().map(Nic::host).sorted().findFirst().flatMap(this::host);
    };
  }

  /** What hosts say of a service. */
  public List<ServiceReport> serviceReports(UUID service) {
    return List.copyOf(index.serviceReports().getOrDefault(service, List.of()));
  }

  /** What hosts say of a flow. */
  public List<FlowReport> flowReports(UUID flow) {
    return List.copyOf(index.flowReports().getOrDefault(flow, List.of()));
  }

  /** What that host says of the service. */
  public Optional<ServiceReport> serviceReport(UUID service, String host) {
    return serviceReports(service).stream()
        .filter(report -> report.host().equals(host))
        .findFirst();
  }

  /** What that host says of the flow. */
  public Optional<FlowReport> flowReport(UUID flow, String host) {
    return flowReports(flow).stream().filter(report -> report.host().equals(host)).findFirst();
  }
}
