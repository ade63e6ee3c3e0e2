package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.mirror.Completeness;
import io.tapdeck.web.mirror.FlowTrace;
import io.tapdeck.web.mirror.Known;
import io.tapdeck.web.mirror.MirrorFields;
import io.tapdeck.web.mirror.RecorderReading;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** {@code /mirrors}, {@code /tap_services} and {@code /tap_flows}. */
final class MirrorRoutes {
  /** How long agents may take to trace a flow. */
  private static final Duration TRACE = Duration.ofSeconds(5);

  private final Parts parts;

  /** Flows that are being traced. */
  private final Set<UUID> traced = ConcurrentHashMap.newKeySet();

  MirrorRoutes(Parts parts) {
    this.parts = parts;
  }

  List<Route> routes() {
    String service = "/tap_services/{id}";
    String flow = "/tap_flows/{id}";
    return List.of(
        Route.get(
            "/mirrors", Role.VIEWER, "All of them", call -> call.json(MirrorsAnswer.of(parts))),
        Route.get("/tap_services", Role.VIEWER, "Mirror destinations", told(this::services)),
        Route.get(service, Role.VIEWER, "One destination", told(this::service)),
        Route.get(
            service + "/completeness",
            Role.VIEWER,
            "How many copies came how far",
            told(call -> call.json(completeness(existingService(call))))),
        Route.put(service, Role.OPERATOR, "Make a destination", told(this::createService)),
        Route.patch(service, Role.OPERATOR, "Change a destination", told(this::changeService)),
        Route.delete(
            service,
            Role.OPERATOR,
            "Remove a destination",
            told(call -> {
              northbound().services().delete(existingService(call).id());
              call.none(204);
            })),
        Route.post(service + "/enable", Role.OPERATOR, "Use it", told(call -> enable(call, true))),
        Route.post(
            service + "/disable",
            Role.OPERATOR,
            "Do not use it",
            told(call -> enable(call, false))),
        Route.get("/tap_flows", Role.VIEWER, "Mirror sources", told(this::flows)),
        Route.get(flow, Role.VIEWER, "One source", told(this::flow)),
        Route.get(
            flow + "/completeness",
            Role.VIEWER,
            "How many copies came how far",
            told(call -> call.json(completeness(existingFlow(call))))),
        Route.put(flow, Role.OPERATOR, "Make a source", told(this::createFlow)),
        Route.patch(flow, Role.OPERATOR, "Change a source", told(this::changeFlow)),
        Route.delete(
            flow,
            Role.OPERATOR,
            "Remove a source",
            told(call -> {
              northbound().flows().delete(existingFlow(call).id());
              call.none(204);
            })),
        Route.post(
            flow + "/verify", Role.OPERATOR, "Trace its copies hop by hop", told(this::verify)),
        Route.post(flow + "/enable", Role.OPERATOR, "Copy it", told(call -> copy(call, true))),
        Route.post(
            flow + "/disable", Role.OPERATOR, "Do not copy it", told(call -> copy(call, false))));
  }

  private Northbound northbound() throws IOException {
    return parts.northbound().demand();
  }

  private void services(Call call) throws IOException, InterruptedException {
    call.json(MirrorsAnswer.services(northbound().view(), Known.of(northbound())));
  }

  private void flows(Call call) throws IOException, InterruptedException {
    call.json(MirrorsAnswer.flows(northbound().view(), Known.of(northbound())));
  }

  private Completeness completeness(TapService service) throws IOException, InterruptedException {
    // The last step first: what comes meanwhile is then missing nowhere.
    List<RecorderReading> recorders = RecorderReading.of(parts.recordings().sockets());
    List<GroupCount> counts = northbound().counts();
    return Completeness.of(
        service, northbound().view(), counts, recorders, host -> host.isOn(parts.machine()));
  }

  private Completeness completeness(TapFlow flow) throws IOException, InterruptedException {
    List<RecorderReading> recorders = RecorderReading.of(parts.recordings().sockets());
    List<GroupCount> counts = northbound().counts();
    return Completeness.of(
        flow, northbound().view(), counts, recorders, host -> host.isOn(parts.machine()));
  }

  private TapService existingService(Call call) throws IOException {
    UUID id = call.id("id");
    return northbound()
        .view()
        .service(id)
        .orElseThrow(() -> Problem.notFound("there is no tap service " + id));
  }

  private TapFlow existingFlow(Call call) throws IOException {
    UUID id = call.id("id");
    return northbound()
        .view()
        .flow(id)
        .orElseThrow(() -> Problem.notFound("there is no tap flow " + id));
  }

  private void service(Call call) throws IOException, InterruptedException {
    tell(call, 200, existingService(call));
  }

  private void flow(Call call) throws IOException, InterruptedException {
    tell(call, 200, existingFlow(call));
  }

  private void tell(Call call, int status, TapService service)
      throws IOException, InterruptedException {
    call.json(status, MirrorFields.of(service, northbound().view(), Known.of(northbound())));
  }

  private void tell(Call call, int status, TapFlow flow) throws IOException, InterruptedException {
    call.json(status, MirrorFields.of(flow, northbound().view(), Known.of(northbound())));
  }

  private void createService(Call call) throws IOException, InterruptedException {
    MirrorOrders.ServiceOrder order = call.body(MirrorOrders.ServiceOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().service(id).isEmpty();
    northbound.services().create(order.wish(id));
    tell(call, isNew ? 201 : 200, northbound.services().find(id.toString()));
  }

  private void createFlow(Call call) throws IOException, InterruptedException {
    MirrorOrders.FlowOrder order = call.body(MirrorOrders.FlowOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().flow(id).isEmpty();
    northbound.flows().create(order.wish(id));
    tell(call, isNew ? 201 : 200, northbound.flows().find(id.toString()));
  }

  private void changeService(Call call) throws IOException, InterruptedException {
    MirrorOrders.ServiceChange change = call.body(MirrorOrders.ServiceChange.class);
    UUID id = existingService(call).id();
    northbound().services().update(id, Optional.ofNullable(change.name()), change.wantedRate());
    tell(call, 200, existingService(call));
  }

  private void changeFlow(Call call) throws IOException, InterruptedException {
    MirrorOrders.FlowChange change = call.body(MirrorOrders.FlowChange.class);
    UUID id = existingFlow(call).id();
    northbound().flows().update(id, Optional.ofNullable(change.name()), change.settings());
    tell(call, 200, existingFlow(call));
  }

  private void verify(Call call) throws IOException, InterruptedException {
    TapFlow flow = existingFlow(call);
    if (!traced.add(flow.id())) {
      throw Problem.conflict(
          "tap flow " + flow.name() + " is being verified already: wait for what comes of that");
    }
    try {
      call.json(FlowTrace.of(flow, northbound(), TRACE).fields());
    } finally {
      traced.remove(flow.id());
    }
  }

  private void enable(Call call, boolean enabled) throws IOException, InterruptedException {
    TapService service = existingService(call);
    northbound().services().setEnabled(service.id(), enabled);
    tell(call, 200, existingService(call));
  }

  private void copy(Call call, boolean enabled) throws IOException, InterruptedException {
    TapFlow flow = existingFlow(call);
    northbound().flows().setEnabled(flow.id(), enabled);
    tell(call, 200, existingFlow(call));
  }
}
