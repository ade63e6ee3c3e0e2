package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.FlowEnd;
import io.tapdeck.provisioner.northbound.FlowSettings;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.mirror.Completeness;
import io.tapdeck.web.mirror.Known;
import io.tapdeck.web.mirror.MirrorFields;
import io.tapdeck.web.mirror.RecorderReading;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
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

  /**
   * @param agent {@code up} or {@code away}
   */
  record MirrorHost(String name, String tunnelIp, boolean local, String agent) {}

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
      @Nullable String macAddr,
      @Nullable Long maxRate) {
    ServiceOrder {
      Given.field("name", name);
      Given.field("type", type);
      Given.field("targetId", targetId);
    }

    TapServices.Wish wish(UUID id) {
      return new TapServices.Wish(
          id,
          String.valueOf(name),
          String.valueOf(type),
          String.valueOf(targetId),
          Optional.ofNullable(macAddr).filter(mac -> !mac.isEmpty()),
          Optional.ofNullable(maxRate).filter(rate -> rate != 0));
    }
  }

  /** What is to be changed of a service; what is left out stays as it is. */
  record ServiceChange(@Nullable String name, @Nullable Long maxRate) {}

  record FlowOrder(
      @Nullable String name,
      @Nullable String type,
      @Nullable String tapId,
      @Nullable String guestId,
      @Nullable String macAddr,
      @Nullable String ipAddr,
      @Nullable String hostId,
      @Nullable String wireId,
      @Nullable Integer vlanId,
      @Nullable String direction,
      @Nullable List<String> filter,
      @Nullable Integer truncate,
      @Nullable String stripVlan,
      @Nullable Boolean fit,
      @JsonProperty("for") @Nullable Duration time,
      @Nullable String until) {
    FlowOrder {
      Given.field("name", name);
      Given.field("tapId", tapId);
    }

    TapFlows.Wish wish(UUID id) {
      TapFlows.From from =
          new TapFlows.From(
              Optional.ofNullable(guestId),
              Optional.ofNullable(macAddr),
              Optional.ofNullable(ipAddr),
              Optional.ofNullable(hostId),
              Optional.ofNullable(wireId),
              Optional.ofNullable(vlanId));
      return new TapFlows.Wish(
          id,
          String.valueOf(name),
          type == null ? TapFlows.VNIC : type,
          String.valueOf(tapId),
          from,
          new FlowSettings(
              Optional.ofNullable(direction),
              Optional.ofNullable(filter),
              Optional.ofNullable(truncate),
              Optional.ofNullable(stripVlan),
              Optional.ofNullable(fit),
              end(time, until)));
    }
  }

  /**
   * What is to be changed of a flow; what is left out stays as it is.
   *
   * @param truncate 0 for no longer
   * @param until empty for never
   */
  record FlowChange(
      @Nullable String name,
      @Nullable String direction,
      @Nullable List<String> filter,
      @Nullable Integer truncate,
      @Nullable String stripVlan,
      @Nullable Boolean fit,
      @JsonProperty("for") @Nullable Duration time,
      @Nullable String until) {
    FlowSettings settings() {
      return new FlowSettings(
          Optional.ofNullable(direction),
          Optional.ofNullable(filter),
          Optional.ofNullable(truncate).map(bytes -> bytes == 0 ? FlowSettings.WHOLE : bytes),
          Optional.ofNullable(stripVlan),
          Optional.ofNullable(fit),
          end(time, until));
    }
  }

  private static Optional<FlowEnd> end(@Nullable Duration time, @Nullable String until) {
    if (time != null && until != null) {
      throw Problem.badRequest("'for' and 'until' are both given: leave one out");
    }
    if (until != null) {
      return Optional.of(until.isEmpty() ? new FlowEnd.Never() : FlowEnd.at(until));
    }
    return Optional.ofNullable(time).map(FlowEnd.After::new);
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
        Route.get("/tap-flows", Role.VIEWER, "Mirror sources", told(this::flows)),
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
        Route.post(flow + "/enable", Role.OPERATOR, "Copy it", told(call -> copy(call, true))),
        Route.post(
            flow + "/disable", Role.OPERATOR, "Do not copy it", told(call -> copy(call, false))));
  }

  /** All there is of mirrors. */
  static Mirrors mirrors(Parts parts) throws InterruptedException {
    Optional<Northbound> northbound = parts.northbound().now();
    if (northbound.isEmpty()) {
      return away(parts.northbound().detail());
    }
    MirrorView view = northbound.get().view();
    Known known;
    try {
      known = Known.of(northbound.get());
    } catch (IOException ended) {
      return away(String.valueOf(ended.getMessage()));
    }
    return new Mirrors(
        true,
        "",
        view.hosts().stream()
            .sorted(Comparator.comparing(Host::name))
            .map(host ->
                new MirrorHost(
                    host.name(),
                    host.tunnelIp(),
                    host.isOn(parts.machine()),
                    known.away().contains(host.name()) ? "away" : "up"))
            .toList(),
        guests(view),
        services(view, known),
        flows(view, known));
  }

  private static Mirrors away(String detail) {
    return new Mirrors(false, detail, List.of(), List.of(), List.of(), List.of());
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

  private static List<Map<String, Object>> services(MirrorView view, Known known) {
    return view.services().stream()
        .sorted(Comparator.comparing(TapService::name))
        .map(service -> MirrorFields.of(service, view, known))
        .toList();
  }

  private static List<Map<String, Object>> flows(MirrorView view, Known known) {
    return view.flows().stream()
        .sorted(Comparator.comparing(TapFlow::name))
        .map(flow -> MirrorFields.of(flow, view, known))
        .toList();
  }

  private Northbound northbound() throws IOException {
    return parts.northbound().demand();
  }

  private void services(Call call) throws IOException, InterruptedException {
    call.json(services(northbound().view(), Known.of(northbound())));
  }

  private void flows(Call call) throws IOException, InterruptedException {
    call.json(flows(northbound().view(), Known.of(northbound())));
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
    ServiceOrder order = call.body(ServiceOrder.class);
    UUID id = call.id("id");
    Northbound northbound = northbound();
    boolean isNew = northbound.view().service(id).isEmpty();
    northbound.services().create(order.wish(id));
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

  private void changeService(Call call) throws IOException, InterruptedException {
    ServiceChange change = call.body(ServiceChange.class);
    UUID id = existingService(call).id();
    northbound()
        .services()
        .update(
            id,
            Optional.ofNullable(change.name()),
            Optional.ofNullable(change.maxRate())
                .map(rate -> rate == 0 ? TapServices.UNLIMITED : rate));
    tell(call, 200, existingService(call));
  }

  private void changeFlow(Call call) throws IOException, InterruptedException {
    FlowChange change = call.body(FlowChange.class);
    UUID id = existingFlow(call).id();
    northbound().flows().update(id, Optional.ofNullable(change.name()), change.settings());
    tell(call, 200, existingFlow(call));
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
