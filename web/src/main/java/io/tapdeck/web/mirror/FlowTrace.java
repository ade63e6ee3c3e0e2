package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A flow's copies traced through the live switches, hop by hop; no frame is sent. */
public record FlowTrace(TapFlow flow, List<Placed> hops) {
  /** A hop, and the host it is on; empty if it is on none. */
  public record Placed(String host, Hop hop) {}

  public FlowTrace {
    hops = List.copyOf(hops);
  }

  /**
   * Asks the agents of the hosts that the flow's copies pass.
   *
   * @param timeout how long they may take
   * @throws Refusal if nothing of the flow is wanted now
   */
  public static FlowTrace of(TapFlow flow, Northbound northbound, Duration timeout)
      throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    TapService service =
        view.service(flow.service())
            .orElseThrow(() -> new Refusal("tap flow " + flow.name() + " has no tap service"));
    refuseUnwanted(flow, service, view);
    Set<String> hosts = new LinkedHashSet<>();
    view.sources(flow).stream().map(SourcePlace::host).forEach(hosts::add);
    if (hosts.isEmpty()) {
      return nowhere(flow, "source");
    }
    Optional<Host> destination = view.destination(service);
    if (destination.isEmpty()) {
      return nowhere(flow, "destination");
    }
    hosts.add(destination.get().name());
    Map<String, List<Hop>> answers = northbound.flowChecks().ask(flow.id(), hosts, timeout);
    List<Placed> placed = new ArrayList<>();
    for (String host : hosts) {
      List<Hop> found = answers.get(host);
      if (found == null) {
        String away = "host " + host + "'s agent does not answer";
        placed.add(new Placed(host, Hop.failed("agent", away)));
      } else {
        found.forEach(hop -> placed.add(new Placed(host, hop)));
      }
    }
    return new FlowTrace(flow, placed);
  }

  private static void refuseUnwanted(TapFlow flow, TapService service, MirrorView view) {
    if (!view.isOn(flow)) {
      throw new Refusal(
          "tap flow "
              + flow.name()
              + (flow.enabled() ? " has ended" : " is disabled")
              + ": there is nothing to verify; see 'tapdeck tap-flow-enable'");
    }
    if (!service.enabled()) {
      throw new Refusal(
          "tap service "
              + service.name()
              + " is disabled: enable it first, with 'tapdeck tap-service-enable'");
    }
  }

  private static FlowTrace nowhere(TapFlow flow, String hop) {
    return new FlowTrace(flow, List.of(new Placed("", Hop.failed(hop, "it is on no host now"))));
  }

  /** The first hop that is not right. */
  public Optional<Placed> broken() {
    return hops.stream().filter(one -> !one.hop().ok()).findFirst();
  }

  /** It, by the names that scripts read. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", flow.id());
    fields.put("name", flow.name());
    fields.put("ok", broken().isEmpty());
    fields.put("hops", hops.stream().map(FlowTrace::fields).toList());
    broken().ifPresent(one -> fields.put("firstFailed", fields(one)));
    return fields;
  }

  private static Map<String, Object> fields(Placed one) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("host", one.host());
    fields.put("hop", one.hop().name());
    fields.put("ok", one.hop().ok());
    fields.put("detail", one.hop().detail());
    return fields;
  }
}
