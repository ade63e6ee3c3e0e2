package io.tapdeck.web.api;

import io.tapdeck.web.account.User;
import io.tapdeck.web.account.Users;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /users}. */
final class UserRoutes {
  private final Users users;

  UserRoutes(Users users) {
    this.users = users;
  }

  record Order(Role role, @Nullable String password) {
    Order {
      Given.field("role", role);
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/users", Role.ADMIN, "All users", call -> call.json(users.all())),
        Route.put("/users/{name}", Role.ADMIN, "Make or change a user", this::put),
        Route.delete("/users/{name}", Role.ADMIN, "Remove a user", this::delete));
  }

  private void put(Call call) throws InterruptedException {
    Order order = call.body(Order.class);
    String name = call.path("name");
    boolean made = users.put(name, order.role(), Optional.ofNullable(order.password()));
    User user =
        users.all().stream()
            .filter(one -> one.name().equalsIgnoreCase(name))
            .findFirst()
            .orElseThrow(() -> Problem.conflict("the user was removed meanwhile"));
    call.json(made ? 201 : 200, user);
  }

  private void delete(Call call) {
    users.delete(call.path("name"));
    call.none(204);
  }
}
