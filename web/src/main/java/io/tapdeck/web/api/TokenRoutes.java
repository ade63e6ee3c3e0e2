package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tapdeck.web.account.ApiToken;
import io.tapdeck.web.account.ApiTokens;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /tokens}: the caller's own API tokens; an administrator sees and ends everybody's. */
final class TokenRoutes {
  private final ApiTokens tokens;

  TokenRoutes(ApiTokens tokens) {
    this.tokens = tokens;
  }

  record Order(String name, Role scope, @Nullable Instant expiresAt) {
    Order {
      Given.field("name", name);
      Given.field("scope", scope);
    }
  }

  /** A token with its secret, which is told this once. */
  record Made(@JsonUnwrapped ApiToken token, String secret) {}

  List<Route> routes() {
    return List.of(
        Route.get("/tokens", Role.VIEWER, "API tokens", this::list).with(Route.Trait.SESSION_ONLY),
        Route.put("/tokens/{id}", Role.VIEWER, "Make an API token", this::make)
            .with(Route.Trait.SESSION_ONLY),
        Route.delete("/tokens/{id}", Role.VIEWER, "End an API token", this::delete)
            .with(Route.Trait.SESSION_ONLY));
  }

  /** Whose tokens the caller may see and end: one user's, or anybody's. */
  private static Optional<String> whose(Caller caller) {
    return caller.role().covers(Role.ADMIN) ? Optional.empty() : Optional.of(caller.user());
  }

  private void list(Call call) {
    call.json(tokens.all(whose(call.caller())));
  }

  private void make(Call call) {
    Order order = call.body(Order.class);
    Caller caller = call.caller();
    if (!caller.role().covers(order.scope())) {
      throw Problem.unprocessable(
          "a token cannot do more than you may, and your role is " + caller.role().word());
    }
    ApiTokens.Made made =
        tokens.make(
            call.id("id"),
            caller.user(),
            order.name(),
            order.scope(),
            Optional.ofNullable(order.expiresAt()));
    call.json(201, new Made(made.token(), made.secret()));
  }

  private void delete(Call call) {
    UUID id = call.id("id");
    tokens.delete(id, whose(call.caller()));
    call.none(204);
  }
}
