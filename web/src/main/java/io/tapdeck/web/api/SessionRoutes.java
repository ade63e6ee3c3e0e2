package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.web.account.Accounts;
import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.util.List;

/** {@code /session}: the caller's own. */
final class SessionRoutes {
  private final Accounts accounts;

  SessionRoutes(Accounts accounts) {
    this.accounts = accounts;
  }

  record Credentials(String user, String password) {
    Credentials {
      Given.field("user", user);
      Given.field("password", password);
    }
  }

  /** The names are those of the API. */
  record PasswordChange(String current, @JsonProperty("new") String fresh) {
    PasswordChange {
      Given.field("current", current);
      Given.field("new", fresh);
    }
  }

  List<Route> routes() {
    return List.of(
        Route.post("/session", Role.NOBODY, "Sign in", this::signIn),
        Route.get("/session", Role.VIEWER, "Who is signed in", call -> call.json(call.caller())),
        Route.delete("/session", Role.VIEWER, "Sign out", this::signOut)
            .with(Route.Trait.SESSION_ONLY),
        Route.put(
                "/session/password", Role.VIEWER, "Change one's own password", this::changePassword)
            .with(Route.Trait.SESSION_ONLY));
  }

  private void signIn(Call call) throws InterruptedException {
    Credentials given = call.body(Credentials.class);
    call.triedAs(accounts.known(given.user()));
    Session session = accounts.signIn(given.user(), given.password(), call.address());
    // The one before, in the same browser, is not left behind.
    call.token().ifPresent(accounts.sessions()::end);
    tell(call, session);
  }

  static void tell(Call call, Session session) {
    Caller caller = session.caller();
    call.signedIn(caller.user(), session.token());
    call.json(caller);
  }

  private void signOut(Call call) {
    call.token().ifPresent(accounts.sessions()::end);
    call.signedOut();
    call.none(204);
  }

  private void changePassword(Call call) throws InterruptedException {
    PasswordChange change = call.body(PasswordChange.class);
    tell(
        call,
        accounts.changePassword(
            call.caller().user(), change.current(), change.fresh(), call.address()));
  }
}
