package io.tapdeck.web.api;

import io.tapdeck.web.account.Accounts;
import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.util.List;

/** {@code /setup}: the first user. */
final class SetupRoutes {
  private final Accounts accounts;

  SetupRoutes(Accounts accounts) {
    this.accounts = accounts;
  }

  record State(boolean needed) {}

  record Order(String code, String user, String password) {
    Order {
      Given.field("code", code);
      Given.field("user", user);
      Given.field("password", password);
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/setup", Role.NOBODY, "Whether a first user is needed", this::show),
        Route.post("/setup", Role.NOBODY, "Make the first user", this::setUp));
  }

  private void show(Call call) {
    call.json(new State(accounts.needSetup()));
  }

  private void setUp(Call call) throws InterruptedException {
    Order order = call.body(Order.class);
    Session session = accounts.setUp(order.code(), order.user(), order.password(), call.address());
    SessionRoutes.tell(call, session);
  }
}
