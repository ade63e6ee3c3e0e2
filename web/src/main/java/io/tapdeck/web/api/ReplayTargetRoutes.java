package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.web.account.ReplayTargets;
import io.tapdeck.web.account.ReplayTargets.Target;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.Bounds;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /replay_targets}: the interfaces that analysts may play to. */
final class ReplayTargetRoutes {
  private final ReplayTargets targets;

  ReplayTargetRoutes(ReplayTargets targets) {
    this.targets = targets;
  }

  record Named(@JsonProperty("interface") String interfaceName, @Nullable String netns) {
    Named {
      Given.field("interface", interfaceName);
    }

    static Named of(Target target) {
      return new Named(target.name(), target.netns());
    }

    Target target() {
      return new Target(
          Bounds.interfaceName(interfaceName),
          Optional.ofNullable(netns)
              .map(NetworkNamespace::new)
              .map(NetworkNamespace::name)
              .orElse(null));
    }
  }

  record Order(List<Named> interfaces) {
    Order {
      interfaces = List.copyOf(Given.field("interfaces", interfaces));
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/replay_targets", Role.VIEWER, "Where analysts may play to", this::list),
        Route.put("/replay_targets", Role.ADMIN, "Choose where analysts may play to", this::put));
  }

  private void list(Call call) {
    call.json(new Order(targets.all().stream().map(Named::of).toList()));
  }

  private void put(Call call) {
    Order order = call.body(Order.class);
    targets.replace(Refusals.within(() -> order.interfaces().stream().map(Named::target).toList()));
    list(call);
  }
}
