package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.Method;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.WebServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every route there is, each of them called. */
class RoutesTest {
  private static final String JSON = "Content-Type: application/json";

  /** Each may do what those before it may. */
  private static final List<Role> ROLES =
      List.of(Role.NOBODY, Role.VIEWER, Role.ANALYST, Role.OPERATOR, Role.ADMIN);

  private static final String SOME_ID = "6f1c1d2e-0000-4000-8000-000000000001";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  RoutesTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  private List<Route> all() {
    return Stream.of(
            appliance.routes.stream().map(route -> route.under(WebServer.API)),
            appliance.monitoring.stream(),
            appliance.page.stream())
        .flatMap(routes -> routes)
        .toList();
  }

  private static String path(Route route) {
    return route
        .path()
        .replace("{id}", SOME_ID)
        .replace("{number}", "1")
        .replace("{name}", "somebody");
  }

  /** Calls it with an empty object for a body. */
  private Answer call(String method, Route route, String... headers) throws IOException {
    List<String> lines = new ArrayList<>(List.of(headers));
    String body = route.method().writes() ? "{}" : "";
    if (route.method().writes()) {
      lines.add("Content-Length: " + body.length());
    }
    return appliance.http.sendForHead(
        method + " " + path(route) + " HTTP/1.1", body, lines.toArray(String[]::new));
  }

  private String[] headers(Role role, boolean csrf, String... more) throws Exception {
    List<String> headers = new ArrayList<>(List.of(more));
    if (role != Role.NOBODY) {
      Session session = appliance.session(role);
      headers.add("Cookie: tapdeck_session=" + session.token());
      if (csrf) {
        headers.add("X-CSRF-Token: " + session.caller().csrf());
      }
    }
    return headers.toArray(String[]::new);
  }

  @Test
  void thereAreNoOtherRoles() {
    assertThat(Role.values()).containsExactlyElementsOf(ROLES);
  }

  @Test
  void everyRouteIsForItsRoleAndThoseAbove() throws Exception {
    int calls = 0;
    for (Route route : all()) {
      List<String> methods =
          route.method() == Method.GET ? List.of("GET", "HEAD") : List.of(route.method().name());
      for (String method : methods) {
        for (Role role : ROLES) {
          int status = call(method, route, headers(role, true, JSON)).status();
          String what = role.word() + ": " + method + " " + route.path();
          if (ROLES.indexOf(role) >= ROLES.indexOf(route.role())) {
            // 503: the northbound is away.
            assertThat(status).as(what).isNotIn(401, 403);
            assertThat(status < 500 || status == 503).as(what + " " + status).isTrue();
          } else {
            assertThat(status).as(what).isEqualTo(role == Role.NOBODY ? 401 : 403);
          }
          calls++;
        }
      }
    }
    assertThat(calls).isGreaterThanOrEqualTo(300);
  }

  /** A token does what both its scope and its user's role allow, and never what needs a person. */
  @Test
  void everyRouteIsForApiTokensOfItsRoleAndScope() throws Exception {
    List<Role> known = ROLES.subList(1, ROLES.size());
    int refused = 0;
    for (Role role : known) {
      for (Role scope : known) {
        String bearer = "Authorization: Bearer " + appliance.apiToken(role, scope);
        for (Route route : all()) {
          int status = call(route.method().name(), route, JSON, bearer).status();
          String what =
              "%s with scope %s: %s %s"
                  .formatted(role.word(), scope.word(), route.method(), route.path());
          boolean allowed =
              Math.min(ROLES.indexOf(role), ROLES.indexOf(scope)) >= ROLES.indexOf(route.role())
                  && !route.traits().contains(Route.Trait.SESSION_ONLY);
          if (allowed) {
            assertThat(status).as(what).isNotIn(401, 403);
          } else {
            assertThat(status).as(what).isEqualTo(403);
            refused++;
          }
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(all().stream().filter(route -> route.traits().contains(Route.Trait.SESSION_ONLY)))
        .extracting(Route::path)
        .containsExactlyInAnyOrder(
            "/api/v1/session",
            "/api/v1/session/password",
            "/api/v1/tokens",
            "/api/v1/tokens/{id}",
            "/api/v1/tokens/{id}");
  }

  @Test
  void whatTakesPacketsOrTheRecordAwayIsItselfOnRecord() {
    assertThat(all().stream().filter(route -> route.traits().contains(Route.Trait.RECORDED)))
        .extracting(Route::path)
        .containsExactlyInAnyOrder(
            "/api/v1/recordings/{id}/segments/current/file",
            "/api/v1/recordings/{id}/segments/{number}/file",
            "/api/v1/recordings/{id}/span",
            "/api/v1/recordings/{id}/archive",
            "/api/v1/audit.csv");
    assertThat(all().stream().filter(route -> route.traits().contains(Route.Trait.ASKS_ONLY)))
        .extracting(Route::path)
        .containsExactlyInAnyOrder(
            "/api/v1/filters/check",
            "/api/v1/mirrors/plan",
            "/api/v1/tap_services/{id}/plan",
            "/api/v1/tap_flows/{id}/plan");
    assertThat(all().stream().filter(route -> route.traits().contains(Route.Trait.STREAMS_BODY)))
        .extracting(Route::path)
        .containsExactly("/api/v1/recordings/{id}/upload");
  }

  @Test
  void onlyAnAdminPlaysToWhatIsRecordedOrMirrored() throws Exception {
    String body =
        """
        {"recording": "%s", "interface": "x", "delivery": {"force": true}}\
        """
            .formatted(SOME_ID);
    String request = "PUT " + WebServer.API + "/replays/" + SOME_ID + " HTTP/1.1";
    String length = "Content-Length: " + body.length();
    assertThat(
            appliance
                .http
                .sendForHead(request, body, headers(Role.OPERATOR, true, JSON, length))
                .status())
        .isEqualTo(403);
    // There is no such recording.
    assertThat(
            appliance
                .http
                .sendForHead(request, body, headers(Role.ADMIN, true, JSON, length))
                .status())
        .isEqualTo(404);
  }

  @Test
  void everyRouteNeedsOurHostAndNoOtherOrigin() throws Exception {
    for (Route route : all()) {
      String method = route.method().name();
      for (String foreign :
          List.of("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site")) {
        assertThat(call(method, route, headers(Role.ADMIN, true, JSON, foreign)).status())
            .as("%s %s with %s", method, route.path(), foreign)
            .isEqualTo(403);
      }
      Answer misdirected =
          appliance.http.exchange(
              method
                  + " "
                  + path(route)
                  + " HTTP/1.1\r\nHost: evil.example\r\n"
                  + String.join("\r\n", headers(Role.ADMIN, true, JSON))
                  + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      assertThat(misdirected.status()).as("%s %s", method, route.path()).isEqualTo(421);
    }
  }

  @Test
  void everyWriteNeedsJsonTheCsrfTokenAndABodyThatIsNotTooLarge() throws Exception {
    List<Route> writes =
        all().stream()
            .filter(route ->
                route.method().writes() && !route.traits().contains(Route.Trait.STREAMS_BODY))
            .toList();
    assertThat(writes).hasSizeGreaterThanOrEqualTo(6);
    for (Route route : writes) {
      String method = route.method().name();
      String what = method + " " + route.path();
      assertThat(call(method, route, headers(Role.ADMIN, true)).status()).as(what).isEqualTo(415);
      assertThat(
              call(method, route, headers(Role.ADMIN, true, "Content-Type: text/plain")).status())
          .as(what)
          .isEqualTo(415);
      assertThat(call(method, route, headers(Role.ADMIN, false, JSON)).status())
          .as(what)
          .isEqualTo(403);
      assertThat(
              call(method, route, headers(Role.ADMIN, false, JSON, "X-CSRF-Token: wrong")).status())
          .as(what)
          .isEqualTo(403);
      String[] tooLong = headers(Role.ADMIN, true, JSON, "Content-Length: 65537");
      assertThat(
              appliance
                  .http
                  .sendForHead(
                      method + " " + path(route) + " HTTP/1.1", "x".repeat(65_537), tooLong)
                  .status())
          .as(what)
          .isEqualTo(413);
    }
  }

  @Test
  void everyAnswerIsGuarded() throws Exception {
    for (Route route : all()) {
      for (Role role : List.of(Role.NOBODY, Role.ADMIN)) {
        Answer answer = call(route.method().name(), route, headers(role, true, JSON));
        String what = role.word() + ": " + route.method() + " " + route.path();
        assertThat(answer.header("content-security-policy"))
            .as(what)
            .startsWith("default-src 'none'; script-src 'self';")
            .endsWith("frame-ancestors 'none'");
        assertThat(answer.header("x-content-type-options")).as(what).isEqualTo("nosniff");
        assertThat(answer.header("referrer-policy")).as(what).isEqualTo("no-referrer");
        assertThat(answer.header("cross-origin-opener-policy")).as(what).isEqualTo("same-origin");
        assertThat(answer.header("cross-origin-resource-policy")).as(what).isEqualTo("same-origin");
        assertThat(answer.header("cache-control"))
            .as(what)
            .isEqualTo(appliance.page.contains(route) ? "no-cache" : "no-store");
        if (answer.status() >= 400) {
          assertThat(answer.header("content-type")).as(what).isEqualTo("application/problem+json");
        }
      }
    }
  }

  @Test
  void noTwoRoutesAreTheSame() {
    assertThat(all().stream().map(route -> route.method() + " " + route.path()))
        .doesNotHaveDuplicates();
    assertThat(appliance.page)
        .allMatch(route -> route.method() == Method.GET && route.role() == Role.NOBODY);
  }
}
