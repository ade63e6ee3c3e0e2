package io.tapdeck.provisioner.mirror;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How a service or flow stands, by what is wanted and what agents report of just that.
 *
 * @param reason why, for people; empty where the state says it all
 * @param settled whether the hosts have carried out what is wanted: active or degraded, or disabled
 *     and nothing of it left
 */
public record Standing(State state, String reason, boolean settled) {
  private static final Standing ACTIVE = new Standing(State.ACTIVE, "", true);

  /** How a service stands. */
  public static Standing of(TapService service, MirrorView view) {
    Optional<Host> destination = view.destination(service);
    if (!service.enabled()) {
      Set<String> holding = new TreeSet<>();
      for (ServiceReport report : view.serviceReports(service.id())) {
        if (report.progress() != Progress.GONE) {
          holding.add(report.host());
        }
      }
      destination
          .map(Host::name)
          .filter(host ->
              service.generation() > TapService.FIRST_GENERATION
                  && view.serviceReport(service.id(), host)
                      .filter(report -> report.generation() == service.generation())
                      .isEmpty())
          .ifPresent(holding::add);
      return disabled(holding, "");
    }
    if (destination.isEmpty()) {
      return noDestination(service, view);
    }
    String host = destination.get().name();
    return view.serviceReport(service.id(), host)
        .filter(report -> report.generation() == service.generation())
        .map(report -> reported(host, report.progress(), report.reason()))
        .orElseGet(() -> silent(host));
  }

  /** How a flow stands. */
  public static Standing of(TapFlow flow, MirrorView view) {
    TapService service =
        view.service(flow.service())
            .orElseThrow(() -> new IllegalArgumentException("a flow without its service"));
    List<SourcePlace> sources = view.sources(flow);
    if (!view.isOn(flow) || !service.enabled()) {
      return disabled(holding(flow, service, sources, view), whyDisabled(flow, service, view));
    }
    if (sources.isEmpty()) {
      return noSource(flow, view);
    }
    Optional<Host> destination = view.destination(service);
    if (destination.isEmpty()) {
      return noDestination(service, view);
    }
    List<Standing> parts = new ArrayList<>();
    parts.add(of(service, view));
    for (SourcePlace source : sources) {
      Optional<TapGroup> group = view.group(GroupIdentity.of(flow, source));
      // The source's host first: the other can do nothing before it.
      for (String host : new LinkedHashSet<>(List.of(source.host(), destination.get().name()))) {
        Predicate<FlowReport> isCurrent =
            report ->
                report.flowGeneration() == flow.generation()
                    && report.serviceGeneration() == service.generation()
                    && (!report.progress().isDone()
                        || group.filter(known -> report.keys().contains(known.key())).isPresent());
        parts.add(
            view.flowReport(flow.id(), host)
                .filter(isCurrent)
                .map(report -> reported(host, report.progress(), report.reason()))
                .orElseGet(() -> silent(host)));
      }
    }
    return worst(parts);
  }

  private static String whyDisabled(TapFlow flow, TapService service, MirrorView view) {
    if (flow.enabled() && flow.hasEnded(view.at())) {
      return "it ended at " + flow.end().map(Object::toString).orElse("");
    }
    return flow.enabled() ? "tap service " + service.name() + " is disabled" : "";
  }

  private static Standing noSource(TapFlow flow, MirrorView view) {
    return switch (flow.source()) {
      case Source.Vnic(String guest, String ignored) ->
          new Standing(State.WAITING, "guest " + view.guestName(guest) + " is off", false);
      case Source.Vswitch(String host, String wire, var ignored) ->
          view.host(host).isEmpty()
              ? unknownHost(host)
              : new Standing(State.WAITING, "host " + host + " has no wire " + wire, false);
    };
  }

  /** The hosts that may still copy something of a flow that is not wanted. */
  private static Set<String> holding(
      TapFlow flow, TapService service, List<SourcePlace> sources, MirrorView view) {
    Set<String> hosts = new TreeSet<>();
    for (FlowReport report : view.flowReports(flow.id())) {
      if (report.progress() != Progress.GONE) {
        hosts.add(report.host());
      }
    }
    for (SourcePlace source : sources) {
      boolean known =
          view.flowReport(flow.id(), source.host())
              .filter(report ->
                  report.flowGeneration() == flow.generation()
                      && report.serviceGeneration() == service.generation())
              .isPresent();
      if (!known) {
        hosts.add(source.host());
      }
    }
    return hosts;
  }

  private static Standing disabled(Set<String> holding, String reason) {
    return holding.isEmpty()
        ? new Standing(State.DISABLED, reason, true)
        : new Standing(
            State.DISABLED,
            (holding.size() == 1 ? "host " : "hosts ")
                + String.join(", ", holding)
                + (holding.size() == 1 ? " has" : " have")
                + " not reported it gone",
            false);
  }

  private static Standing noDestination(TapService service, MirrorView view) {
    return switch (service.target()) {
      case Target.OnHost(String host) -> unknownHost(host);
      case Target.ByHostNic(String host, String mac) ->
          view.host(host).isEmpty() ? unknownHost(host) : noNic(host, mac, view);
      case Target.InGuest(String guest) ->
          new Standing(State.WAITING, "guest " + view.guestName(guest) + " is off", false);
    };
  }

  private static Standing noNic(String host, String mac, MirrorView view) {
    String reason =
        view.hostNic(host, mac)
            .map(nic -> "NIC " + nic.name() + " " + nic.taken())
            .orElse("there is no NIC " + mac + " now");
    return new Standing(State.WAITING, "host " + host + ": " + reason, false);
  }

  private static Standing unknownHost(String host) {
    return new Standing(State.ERROR, "host " + host + " is unknown: start its agent", false);
  }

  private static Standing silent(String host) {
    return new Standing(State.PENDING, "host " + host + "'s agent has not reported", false);
  }

  private static Standing reported(String host, Progress progress, String reason) {
    return switch (progress) {
      case READY -> ACTIVE;
      case DEGRADED -> new Standing(State.DEGRADED, "host " + host + ": " + reason, true);
      case WAITING -> new Standing(State.WAITING, "host " + host + ": " + reason, false);
      case ERROR -> new Standing(State.ERROR, "host " + host + ": " + reason, false);
      case GONE -> silent(host);
    };
  }

  private static Standing worst(List<Standing> parts) {
    for (State state : List.of(State.ERROR, State.WAITING, State.PENDING, State.DEGRADED)) {
      for (Standing part : parts) {
        if (part.state() == state) {
          return part;
        }
      }
    }
    return ACTIVE;
  }
}
