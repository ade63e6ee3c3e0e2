package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Rehearsal;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.mirror.ChangePlan;
import io.tapdeck.web.mirror.MirrorPlan;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What changes of tap services and flows would do; none is made. */
final class MirrorPlanRoutes {
  private final Parts parts;

  MirrorPlanRoutes(Parts parts) {
    this.parts = parts;
  }

  /**
   * One change of a service.
   *
   * @param enable also together with {@code create}
   */
  record ServicePlan(
      MirrorOrders.@Nullable ServiceOrder create,
      MirrorOrders.@Nullable ServiceChange change,
      @Nullable Boolean enable,
      @Nullable Boolean delete) {
    ServicePlan {
      one(create, change, create == null ? enable : null, isAsked(delete));
    }
  }

  /** One change of a flow. */
  record FlowPlan(
      MirrorOrders.@Nullable FlowOrder create,
      MirrorOrders.@Nullable FlowChange change,
      @Nullable Boolean enable,
      @Nullable Boolean delete) {
    FlowPlan {
      one(create, change, enable, isAsked(delete));
    }
  }

  private static @Nullable Boolean isAsked(@Nullable Boolean delete) {
    return Boolean.TRUE.equals(delete) ? delete : null;
  }

  private static void one(@Nullable Object... asked) {
    int given = 0;
    for (Object one : asked) {
      given += one == null ? 0 : 1;
    }
    if (given != 1) {
      throw new IllegalArgumentException("give one of 'create', 'change', 'enable' and 'delete'");
    }
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/mirrors/plan",
                Role.OPERATOR,
                "What makes the hosts as planned, or what several changes would do",
                told(this::mirrors))
            .with(Route.Trait.ASKS_ONLY),
        Route.post(
                "/tap_services/{id}/plan",
                Role.OPERATOR,
                "What a change would do",
                told(this::service))
            .with(Route.Trait.ASKS_ONLY),
        Route.post(
                "/tap_flows/{id}/plan", Role.OPERATOR, "What a change would do", told(this::flow))
            .with(Route.Trait.ASKS_ONLY));
  }

  /** See {@link MirrorPlan.Asked}. */
  record PlanOrder(
      @Nullable String host,
      @Nullable List<String> enable,
      @Nullable List<String> disable,
      @Nullable List<String> delete) {
    PlanOrder {
      Given.elements("enable", enable);
      Given.elements("disable", disable);
      Given.elements("delete", delete);
    }

    MirrorPlan.Asked asked() {
      return new MirrorPlan.Asked(
          Optional.ofNullable(host), list(enable), list(disable), list(delete));
    }

    private static List<String> list(@Nullable List<String> given) {
      return given == null ? List.of() : given;
    }
  }

  private void mirrors(Call call) throws IOException {
    PlanOrder asked = call.body(PlanOrder.class);
    call.json(MirrorPlan.of(asked.asked(), parts.northbound().demand()));
  }

  private void service(Call call) throws IOException, InterruptedException {
    ServicePlan asked = call.body(ServicePlan.class);
    UUID id = call.id("id");
    Northbound northbound = parts.northbound().demand();
    if (asked.create() == null && northbound.view().service(id).isEmpty()) {
      throw Problem.notFound("there is no tap service " + id);
    }
    Optional<TapService> outcome = outcome(asked, id, northbound.rehearsal());
    tell(
        call,
        northbound,
        view ->
            outcome.map(service -> Forecast.with(service, view)).orElseGet(() -> without(id, view)),
        view -> view.service(id).map(service -> Standing.of(service, view)));
  }

  /** As it would be; nothing if it would be gone. */
  private static Optional<TapService> outcome(ServicePlan asked, UUID id, Rehearsal rehearsal)
      throws IOException, InterruptedException {
    if (asked.create() != null) {
      TapService made = rehearsal.create(asked.create().wish(id));
      return Optional.of(
          Boolean.TRUE.equals(asked.enable())
              ? new TapService(
                  id, made.name(), made.target(), made.maxRate(), true, made.generation())
              : made);
    }
    if (asked.change() != null) {
      MirrorOrders.ServiceChange change = asked.change();
      return Optional.of(
          rehearsal.update(id, Optional.ofNullable(change.name()), change.wantedRate()));
    }
    if (asked.enable() != null) {
      return Optional.of(rehearsal.setServiceEnabled(id, asked.enable()));
    }
    rehearsal.deleteService(id);
    return Optional.empty();
  }

  private void flow(Call call) throws IOException, InterruptedException {
    FlowPlan asked = call.body(FlowPlan.class);
    UUID id = call.id("id");
    Northbound northbound = parts.northbound().demand();
    if (asked.create() == null && northbound.view().flow(id).isEmpty()) {
      throw Problem.notFound("there is no tap flow " + id);
    }
    Optional<TapFlow> outcome = outcome(asked, id, northbound.rehearsal());
    tell(
        call,
        northbound,
        view -> outcome.map(flow -> Forecast.with(flow, view)).orElseGet(() -> without(id, view)),
        view -> view.flow(id).map(flow -> Standing.of(flow, view)));
  }

  private static Optional<TapFlow> outcome(FlowPlan asked, UUID id, Rehearsal rehearsal)
      throws IOException, InterruptedException {
    if (asked.create() != null) {
      return Optional.of(rehearsal.create(asked.create().wish(id)));
    }
    if (asked.change() != null) {
      MirrorOrders.FlowChange change = asked.change();
      return Optional.of(
          rehearsal.update(id, Optional.ofNullable(change.name()), change.settings()));
    }
    if (asked.enable() != null) {
      return Optional.of(rehearsal.setFlowEnabled(id, asked.enable()));
    }
    rehearsal.deleteFlow(id);
    return Optional.empty();
  }

  private static MirrorView without(UUID id, MirrorView view) {
    return Forecast.with(new Forecast.Wish(Set.of(), Set.of(), Set.of(id)), view);
  }

  private static void tell(
      Call call,
      Northbound northbound,
      UnaryOperator<MirrorView> change,
      Function<MirrorView, Optional<Standing>> standing)
      throws IOException, InterruptedException {
    call.json(
        ChangePlan.of(
            northbound.view(),
            northbound.nextKey().orElse(1L),
            change,
            standing,
            northbound.hostsWithoutAgent()));
  }
}
