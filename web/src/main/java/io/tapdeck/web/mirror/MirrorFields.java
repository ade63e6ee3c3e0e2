package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.FilterRule;
import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What is shown of services and flows, by the names that scripts read. */
public final class MirrorFields {
  private MirrorFields() {}

  /**
   * A service; {@code nic} is empty until the NIC is there and right.
   *
   * @param known what is known beside the view
   */
  public static Map<String, Object> of(TapService service, MirrorView view, Known known) {
    Standing standing = standing(service, view, known.away());
    Optional<String> host = view.destination(service).map(Host::name);
    String nic =
        host.flatMap(name -> view.serviceReport(service.id(), name))
            .filter(report -> service.enabled() && report.generation() == service.generation())
            .map(ServiceReport::nic)
            .orElse("");
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", service.id().toString());
    fields.put("name", service.name());
    fields.put("type", TapServices.type(service.target()));
    fields.put("targetId", service.target().id());
    fields.put(
        "target",
        switch (service.target()) {
          case Target.OnHost(String name) -> name;
          case Target.ByHostNic(String name, String ignored) -> name;
          case Target.InGuest(String guest) -> view.guestName(guest);
        });
    fields.put(
        "macAddr", service.target() instanceof Target.ByHostNic(var any, String mac) ? mac : "");
    fields.put("maxRate", service.maxRate().orElse(0L));
    fields.put("enabled", service.enabled());
    fields.put("state", standing.state().word());
    fields.put("settled", standing.settled());
    fields.put("reason", standing.reason());
    fields.put("advice", Advice.of(service, standing, view, away(hosts(service, view), known)));
    fields.put("nic", nic);
    fields.put("host", host.orElse(""));
    fields.put("copies", Copies.of(service, view, known.counts()));
    return fields;
  }

  /**
   * A flow.
   *
   * @param known what is known beside the view
   */
  public static Map<String, Object> of(TapFlow flow, MirrorView view, Known known) {
    Standing standing = standing(flow, view, known.away());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", flow.id().toString());
    fields.put("name", flow.name());
    fields.put("type", TapFlows.type(flow.source()));
    fields.put("tapId", flow.service().toString());
    fields.put("tap", view.service(flow.service()).map(TapService::name).orElse(""));
    switch (flow.source()) {
      case Source.Vnic(String guest, String mac) -> {
        fields.put("guestId", guest);
        fields.put("guest", view.guestName(guest));
        fields.put("macAddr", mac);
      }
      case Source.Vswitch of -> {
        fields.put("hostId", of.host());
        fields.put("wireId", of.wire());
        of.vlan().ifPresent(vlan -> fields.put("vlanId", vlan));
      }
    }
    fields.put("source", source(flow, view));
    fields.put("direction", flow.direction().name());
    fields.put("filter", flow.treatment().filter().rules().stream().map(FilterRule::text).toList());
    flow.treatment().truncate().ifPresent(bytes -> fields.put("truncate", bytes));
    fields.put("stripVlan", flow.treatment().strip().word());
    fields.put("fit", flow.treatment().fit());
    flow.end().ifPresent(end -> fields.put("until", end.toString()));
    fields.put("enabled", flow.enabled());
    fields.put("state", standing.state().word());
    fields.put("settled", standing.settled());
    fields.put("reason", standing.reason());
    Copies copies = Copies.of(flow, view, known.counts());
    fields.put("advice", Advice.of(flow, standing, view, away(hosts(flow, view), known), copies));
    fields.put("copies", copies);
    return fields;
  }

  /** All services, by their names. */
  public static List<Map<String, Object>> services(MirrorView view, Known known) {
    return view.services().stream()
        .sorted(Comparator.comparing(TapService::name))
        .map(service -> of(service, view, known))
        .toList();
  }

  /** All flows, by their names. */
  public static List<Map<String, Object>> flows(MirrorView view, Known known) {
    return view.flows().stream()
        .sorted(Comparator.comparing(TapFlow::name))
        .map(flow -> of(flow, view, known))
        .toList();
  }

  /** How a service stands, whose reason also tells which of its hosts' agents are away. */
  public static Standing standing(TapService service, MirrorView view, Set<String> away) {
    return told(Standing.of(service, view), hosts(service, view), away);
  }

  private static Set<String> hosts(TapService service, MirrorView view) {
    Set<String> hosts = new TreeSet<>();
    view.destination(service).map(Host::name).ifPresent(hosts::add);
    view.serviceReports(service.id()).stream()
        .filter(report -> report.progress() != Progress.GONE)
        .map(ServiceReport::host)
        .forEach(hosts::add);
    return hosts;
  }

  /** How a flow stands, whose reason also tells which of its hosts' agents are away. */
  public static Standing standing(TapFlow flow, MirrorView view, Set<String> away) {
    return told(Standing.of(flow, view), hosts(flow, view), away);
  }

  private static Set<String> hosts(TapFlow flow, MirrorView view) {
    Set<String> hosts = new TreeSet<>();
    view.sources(flow).stream().map(SourcePlace::host).forEach(hosts::add);
    if (flow.source() instanceof Source.Vswitch of) {
      hosts.add(of.host());
    }
    view.service(flow.service()).flatMap(view::destination).map(Host::name).ifPresent(hosts::add);
    view.flowReports(flow.id()).stream()
        .filter(report -> report.progress() != Progress.GONE)
        .map(FlowReport::host)
        .forEach(hosts::add);
    return hosts;
  }

  private static Set<String> away(Set<String> hosts, Known known) {
    hosts.retainAll(known.away());
    return hosts;
  }

  private static Standing told(Standing standing, Set<String> hosts, Set<String> away) {
    hosts.retainAll(away);
    if (hosts.isEmpty() || (standing.state() == State.DISABLED && standing.settled())) {
      return standing;
    }
    List<String> reasons = new ArrayList<>();
    // That an agent has not reported says less than that it is not there.
    if (standing.state() != State.PENDING && !standing.reason().isEmpty()) {
      reasons.add(standing.reason());
    }
    for (String host : hosts) {
      reasons.add("host " + host + "'s agent is away: it keeps what it was last told");
    }
    return new Standing(standing.state(), String.join("; ", reasons), standing.settled());
  }

  /** What a flow copies from, in a few words. */
  private static String source(TapFlow flow, MirrorView view) {
    return switch (flow.source()) {
      case Source.Vnic(String guest, String mac) -> view.guestName(guest) + " " + mac;
      case Source.Vswitch of ->
          of.host() + "/" + of.wire() + of.vlan().map(vlan -> " VLAN " + vlan).orElse("");
    };
  }
}
