package io.tapdeck.provisioner.mirror;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** All that the northbound holds, at one moment. */
public record MirrorView(
    List<Host> hosts,
    List<Nic> nics,
    List<TapService> services,
    List<TapFlow> flows,
    List<TapGroup> groups,
    List<ServiceReport> serviceReports,
    List<FlowReport> flowReports) {
  public MirrorView {
    hosts = List.copyOf(hosts);
    nics = List.copyOf(nics);
    services = List.copyOf(services);
    flows = List.copyOf(flows);
    groups = List.copyOf(groups);
    serviceReports = List.copyOf(serviceReports);
    flowReports = List.copyOf(flowReports);
  }

  /** The host of this name. */
  public Optional<Host> host(String name) {
    return hosts.stream().filter(host -> host.name().equals(name)).findFirst();
  }

  /** The service of this id. */
  public Optional<TapService> service(UUID id) {
    return services.stream().filter(service -> service.id().equals(id)).findFirst();
  }

  /** The flow of this id. */
  public Optional<TapFlow> flow(UUID id) {
    return flows.stream().filter(flow -> flow.id().equals(id)).findFirst();
  }

  /** The group of this identity. */
  public Optional<TapGroup> group(GroupIdentity identity) {
    return groups.stream().filter(group -> group.identity().equals(identity)).findFirst();
  }

  /** The NICs of a guest, on whatever hosts. */
  public List<Nic> nicsOf(String guest) {
    return nics.stream().filter(nic -> nic.guest().equals(guest)).toList();
  }

  /** The ports that are a flow's source now: none while the guest is off, two while it moves. */
  public List<Nic> sources(TapFlow flow) {
    return nicsOf(flow.guest()).stream().filter(nic -> nic.mac().equals(flow.mac())).toList();
  }

  /** A guest's name, or its id if nobody knows the guest now. */
  public String guestName(String guest) {
    return nicsOf(guest).stream().map(Nic::guestName).findFirst().orElse(guest);
  }

  /** The host that a service's copies go to, unless its guest is off or the host is unknown. */
  public Optional<Host> destination(TapService service) {
    return switch (service.target()) {
      case Target.OnHost(String name) -> host(name);
      case Target.InGuest(String guest) ->
          nicsOf(guest).stream().map(Nic::host).sorted().findFirst().flatMap(this::host);
    };
  }

  /** What that host says of the service. */
  public Optional<ServiceReport> serviceReport(UUID service, String host) {
    return serviceReports.stream()
        .filter(report -> report.service().equals(service) && report.host().equals(host))
        .findFirst();
  }

  /** What that host says of the flow. */
  public Optional<FlowReport> flowReport(UUID flow, String host) {
    return flowReports.stream()
        .filter(report -> report.flow().equals(flow) && report.host().equals(host))
        .findFirst();
  }
}
