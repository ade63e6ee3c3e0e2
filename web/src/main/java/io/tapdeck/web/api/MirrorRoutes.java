package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.mirror.Completeness;
import io.tapdeck.web.mirror.Copies;
import io.tapdeck.web.mirror.MirrorFields;
import io.tapdeck.web.mirror.RecorderReading;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /mirrors}, {@code /tap-services} and {@code /tap-flows}. */
final class MirrorRoutes {
  private final Parts parts;

  MirrorRoutes(Parts parts) {
    this.parts = parts;
  }

  record MirrorHost(String name, String tunnelIp, boolean local) {}

  record GuestNic(
      String mac, List<String> ips, String bridge, String port, @Nullable Integer vlan) {}

  record Guest(String id, String name, String host, List<GuestNic> nics) {}

  /** All there is of mirrors; of an absent northbound nothing but that it is away. */
  record Mirrors(
      boolean connected,
      String detail,
      List<MirrorHost> hosts,
      List<Guest> guests,
      List<Map<String, Object>> services,
      List<Map<String, Object>> flows) {}

  record ServiceOrder(
      @Nullable String name,
      @Nullable String type,
      @Nullable String targetId,
      @Nullable String macAddr) {
    ServiceOrder {
      Given.field("name", name);
      Given.field("type", type);
      Given.field("targetId", targetId);
    }
  }

  record FlowOrder(
      @Nullable String name,
      @Nullable String type,
      @Nullable String tapId,
      @Nullable String guestId,
      @Nullable String macAddr,
      @Nullable String ipAddr,
      @Nullable String direction) {
    FlowOrder {
      Given.field("name", name);
      Given.field("tapId", tapId);
      Given.field("guestId", guestId);
    }

    TapFlows.Wish wish(UUID id) {
      return new TapFlows.Wish(
          id,
          String.valueOf(name),
          type == null ? TapFlows.VNIC : type,
          String.valueOf(tapId),
          String.valueOf(guestId),
          Optional.ofNullable(macAddr),
          Optional.ofNullable(ipAddr),
          direction == null ? "BOTH" : direction);
    }
  }

  List<Route> routes() {
    String service = "/tap-services/{id}";
    String flow = "/tap-flows/{id}";
    return List.of(
        Route.get("/mirrors", Role.VIEWER, "All of them", call -> call.json(mirrors(parts))),
        Route.get("/tap-services", Role.VIEWER, "Mirror destinations", told(this::services)),
        Route.get(service, Role.VIEWER, "One destination", told(this::service)),
        Route.get(
            service + "/completeness",
            Role.VIEWER,
            "How many copies came how far",
            told(call -> call.json(completeness(existingService(call))))),
        Route.put(service, Role.OPERATOR, "Make a destination", told(this::createService)),
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
        Route.get("/tap-flows", Role.VIEWER, "Mirror sources", told(this::flows)),
        Route.get(flow, Role.VIEWER, "One source", told(this::flow)),
        Route.get(
            flow + "/completeness",
            Role.VIEWER,
            "How many copies came how far",
            told(call -> call.json(completeness(existingFlow(call))))),
        Route.put(flow, Role.OPERATOR, "Make a source", told(this::createFlow)),
        Route.delete(
            flow,
            Role.OPERATOR,
            "Remove a source",
            told(call -> {
              northbound().flows().delete(existingFlow(call).id());
              call.none(204);
            })),
        Route.post(flow + "/enable", Role.OPERATOR, "Copy it", told(call -> copy(call, true))),
        Route.post(
            flow + "/disable", Role.OPERATOR, "Do not copy it", told(call -> copy(call, false))));
  }

  /** All there is of mirrors. */
  static Mirrors mirrors(Parts parts) {
    Optional<Northbound> northbound = parts.northbound().now();
    if (northbound.isEmpty()) {
      return new Mirrors(
          false, parts.northbound().detail(), List.of(), List.of(), List.of(), List.of());
    }
    MirrorView view = northbound.get().view();
    List<GroupCount> counts = counts(northbound.get());
    return new Mirrors(
        true,
        "",
        view.hosts().stream()
            .sorted(Comparator.comparing(Host::name))
            .map(host -> new MirrorHost(host.name(), host.tunnelIp(), isLocal(host, parts)))
            .toList(),
        guests(view),
        services(view, counts),
        flows(view, counts));
  }

  /** Counters are shown with the mirrors; without them these are still worth showing. */
  private static List<GroupCount> counts(Northbound northbound) {
    try {
      return northbound.counts();
    } catch (IOException away) {
      return List.of();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static boolean isLocal(Host host, Parts parts) {
    return !parts.machine().isEmpty() && host.machine().equals(parts.machine());
  }

  private static List<Guest> guests(MirrorView view) {
    Map<String, List<Nic>> nics = new TreeMap<>();
    for (Nic nic : view.nics()) {
      nics.computeIfAbsent(nic.guestName() + "\n" + nic.guest(), key -> new java.util.ArrayList<>())
          .add(nic);
    }
    return nics.values().stream().map(MirrorRoutes::guest).toList();
  }

  private static Guest guest(List<Nic> nics) {
    Nic first = nics.getFirst();
    return new Guest(
        first.guest(),
        first.guestName(),
        first.host(),
        nics.stream()
            .sorted(Comparator.comparing(Nic::mac))
            .map(nic ->
                new GuestNic(
                    nic.mac(),
                    nic.ips().stream().sorted().toList(),
                    nic.bridge(),
                    nic.port(),
                    nic.accessTag().orElse(null)))
            .toList());
  }

  private static Map<String, Object> fields(
      TapService service, MirrorView view, List<GroupCount> counts) {
    Map<String, Object> fields = new LinkedHashMap<>(MirrorFields.of(service, view));
    fields.put("copies", Copies.of(service, view, counts));
    return fields;
  }

  private static List<Map<String, Object>> services(MirrorView view, List<GroupCount> counts) {
    return view.services().stream()
        .sorted(Comparator.comparing(TapService::name))
        .map(service -> fields(service, view, counts))
        .toList();
  }

  private static Map<String, Object> fields(
      TapFlow flow, MirrorView view, List<GroupCount> counts) {
    Map<String, Object> fields = new LinkedHashMap<>(MirrorFields.of(flow, view));
    fields.put("copies", Copies.of(flow, view, counts));
    return fields;
  }

  private static List<Map<String, Object>> flows(MirrorView view, List<GroupCount> counts) {
    return view.flows().stream()
        .sorted(Comparator.comparing(TapFlow::name))
        .map(flow -> fields(flow, view, counts))
        .toList();
  }

  private Northbound northbound() throws IOException {
    return parts.northbound().demand();
  }

  private void services(Call call) throws IOException {
    call.json(services(northbound().view(), counts(northbound())));
  }

  private void flows(Call call) throws IOException {
    call.json(flows(northbound().view(), counts(northbound())));
  }

  private Completeness completeness(TapService service) throws IOException, InterruptedException {
    return Completeness.of(
        service,
        northbound().view(),
        northbound().counts(),
        RecorderReading.of(parts.recordings().sockets()),
        host -> isLocal(host, parts));
  }

  private Completeness completeness(TapFlow flow) throws IOException, InterruptedException {
    return Completeness.of(
        flow,
        northbound().view(),
        northbound().counts(),
        RecorderReading.of(parts.recordings().sockets()),
        host -> isLocal(host, parts));
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

  private void service(Call call) throws IOException {
    tell(call, 200, existingService(call));
  }

  private void flow(Call call) throws IOException {
    tell(call, 200, existingFlow(call));
  }

  private void tell(Call call, int status, TapService service) throws IOException {
    call.json(status, fields(service, northbound().view(), counts(northbound())));
  }

  private void tell(Call call, int status, TapFlow flow) throws IOException {
    call.json(status, fields(flow, northbound().view(), counts(northbound())));
  }

  private void createService(Call call) throws IOException, InterruptedException {
    ServiceOrder order = call.body(ServiceOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().service(id).isEmpty();
    northbound
        .services()
        .create(
            id,
            String.valueOf(order.name()),
            String.valueOf(order.type()),
            String.valueOf(order.targetId()),
            Optional.ofNullable(order.macAddr()));
    tell(call, isNew ? 201 : 200, northbound.services().find(id.toString()));
  }

  private void createFlow(Call call) throws IOException, InterruptedException {
    FlowOrder order = call.body(FlowOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().flow(id).isEmpty();
    northbound.flows().create(order.wish(id));
    tell(call, isNew ? 201 : 200, northbound.flows().find(id.toString()));
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
