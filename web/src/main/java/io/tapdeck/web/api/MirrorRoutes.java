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
import io.tapdeck.web.mirror.InventoryFields;
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
import org.jspecify.annotations.Nullable;

/** {@code /mirrors}, what hosts have, {@code /tap_services} and {@code /tap_flows}. */
final class MirrorRoutes {
  /** How long agents may take to trace a flow. */
  private static final Duration TRACE = Duration.ofSeconds(5);

  /** How long they may be given. */
  private static final Duration LONGEST_TRACE = Duration.ofSeconds(30);

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
        Route.get("/hosts", Role.VIEWER, "Hosts that have had an agent", told(this::hosts)),
        Route.get(
            "/guest_nics",
            Role.VIEWER,
            "The NICs of guests that are running",
            told(call -> call.json(InventoryFields.guestNics(northbound().view())))),
        Route.get(
            "/wires",
            Role.VIEWER,
            "Layer-2 networks, on each host a bridge",
            told(call -> call.json(InventoryFields.wires(northbound().view())))),
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
              UUID id = call.id("id");
              Northbound northbound = northbound();
              northbound.services().delete(service(id, northbound).id());
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
              UUID id = call.id("id");
              Northbound northbound = northbound();
              northbound.flows().delete(flow(id, northbound).id());
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

  private void hosts(Call call) throws IOException, InterruptedException {
    Northbound northbound = northbound();
    call.json(InventoryFields.hosts(northbound.view(), northbound.hostsWithoutAgent()));
  }

  private void services(Call call) throws IOException, InterruptedException {
    Northbound northbound = northbound();
    call.json(MirrorFields.services(northbound.view(), Known.of(northbound)));
  }

  private void flows(Call call) throws IOException, InterruptedException {
    Northbound northbound = northbound();
    call.json(MirrorFields.flows(northbound.view(), Known.of(northbound)));
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
    return service(call.id("id"), northbound());
  }

  private static TapService service(UUID id, Northbound northbound) {
    return northbound
        .view()
        .service(id)
        .orElseThrow(() -> Problem.notFound("there is no tap service " + id));
  }

  private TapFlow existingFlow(Call call) throws IOException {
    return flow(call.id("id"), northbound());
  }

  private static TapFlow flow(UUID id, Northbound northbound) {
    return northbound
        .view()
        .flow(id)
        .orElseThrow(() -> Problem.notFound("there is no tap flow " + id));
  }

  private void service(Call call) throws IOException, InterruptedException {
    tellService(call, 200, call.id("id"), northbound());
  }

  private void flow(Call call) throws IOException, InterruptedException {
    tellFlow(call, 200, call.id("id"), northbound());
  }

  private static void tellService(Call call, int status, UUID id, Northbound northbound)
      throws IOException, InterruptedException {
    call.json(
        status, MirrorFields.of(service(id, northbound), northbound.view(), Known.of(northbound)));
  }

  private static void tellFlow(Call call, int status, UUID id, Northbound northbound)
      throws IOException, InterruptedException {
    call.json(
        status, MirrorFields.of(flow(id, northbound), northbound.view(), Known.of(northbound)));
  }

  // The northbound is asked for once in each of these: that it is away then says that nothing was
  // done.

  private void createService(Call call) throws IOException, InterruptedException {
    MirrorOrders.ServiceOrder order = call.body(MirrorOrders.ServiceOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().service(id).isEmpty();
    northbound.services().create(order.wish(id));
    tellService(call, isNew ? 201 : 200, id, northbound);
  }

  private void createFlow(Call call) throws IOException, InterruptedException {
    MirrorOrders.FlowOrder order = call.body(MirrorOrders.FlowOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().flow(id).isEmpty();
    northbound.flows().create(order.wish(id));
    tellFlow(call, isNew ? 201 : 200, id, northbound);
  }

  private void changeService(Call call) throws IOException, InterruptedException {
    MirrorOrders.ServiceChange change = call.body(MirrorOrders.ServiceChange.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    TapService service = service(id, northbound);
    northbound
        .services()
        .update(service.id(), Optional.ofNullable(change.name()), change.wantedRate());
    tellService(call, 200, id, northbound);
  }

  private void changeFlow(Call call) throws IOException, InterruptedException {
    MirrorOrders.FlowChange change = call.body(MirrorOrders.FlowChange.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    TapFlow flow = flow(id, northbound);
    northbound.flows().update(flow.id(), Optional.ofNullable(change.name()), change.settings());
    tellFlow(call, 200, id, northbound);
  }

  /**
   * How a flow is traced.
   *
   * @param timeout how long agents may take
   */
  record VerifyOrder(@Nullable Duration timeout) {
    VerifyOrder {
      if (timeout != null && (!timeout.isPositive() || timeout.compareTo(LONGEST_TRACE) > 0)) {
        throw new IllegalArgumentException(
            "the field 'timeout' is more than 0 and at most " + LONGEST_TRACE);
      }
    }
  }

  private void verify(Call call) throws IOException, InterruptedException {
    Duration timeout = call.bodyIfAny(VerifyOrder.class).map(VerifyOrder::timeout).orElse(TRACE);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    TapFlow flow = flow(id, northbound);
    if (!traced.add(flow.id())) {
      throw Problem.conflict(
          "tap flow " + flow.name() + " is being verified already: wait for what comes of that");
    }
    try {
      call.json(FlowTrace.of(flow, northbound, timeout).fields());
    } finally {
      traced.remove(flow.id());
    }
  }

  private void enable(Call call, boolean enabled) throws IOException, InterruptedException {
    UUID id = call.id("id");
    Northbound northbound = northbound();
    northbound.services().setEnabled(service(id, northbound).id(), enabled);
    tellService(call, 200, id, northbound);
  }

  private void copy(Call call, boolean enabled) throws IOException, InterruptedException {
    UUID id = call.id("id");
    Northbound northbound = northbound();
    northbound.flows().setEnabled(flow(id, northbound).id(), enabled);
    tellFlow(call, 200, id, northbound);
  }
}
