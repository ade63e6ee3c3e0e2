package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the code on the console to users, as a page goes about it. */
class SignInTest {
  private static final String PASSWORD = Appliance.PASSWORD;

  @TempDir private Path data;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  SignInTest() {}

  /** A browser's side of a session. */
  private record Signed(String cookie, String csrf) {}

  @BeforeEach
  void start() throws IOException {
    appliance = new Appliance(data);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
    client.close();
  }

  private HttpResponse<String> send(
      String method, String path, Optional<Signed> session, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(appliance.http.server() + "/api/v1" + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!method.equals("GET")) {
      request.header("Content-Type", "application/json");
    }
    session.ifPresent(signed -> {
      request.header("Cookie", signed.cookie());
      if (!method.equals("GET")) {
        request.header("X-CSRF-Token", signed.csrf());
      }
    });
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  private static Signed signed(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    String cookie = response.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie)
        .matches("tapdeck_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict");
    return new Signed(
        cookie.substring(0, cookie.indexOf(';')), json(response).path("csrf").asText());
  }

  private static String credentials(String user, String password) {
    return "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password);
  }

  private Signed signIn(String user, String password) throws Exception {
    return signed(send("POST", "/session", Optional.empty(), credentials(user, password)));
  }

  private Signed setUp() throws Exception {
    return signed(
        send(
            "POST",
            "/setup",
            Optional.empty(),
            "{\"code\":\"%s\",\"user\":\"anna\",\"password\":\"%s\"}"
                .formatted(appliance.codes.getLast(), PASSWORD)));
  }

  private int statusOfSession(Signed session) throws Exception {
    return send("GET", "/session", Optional.of(session), "").statusCode();
  }

  @Test
  void theFirstUserIsMadeWithTheCodeAndIsSignedIn() throws Exception {
    assertThat(send("GET", "/setup", Optional.empty(), "").body()).isEqualTo("{\"needed\":true}");
    Signed session = setUp();
    assertThat(send("GET", "/setup", Optional.empty(), "").body()).isEqualTo("{\"needed\":false}");
    JsonNode shown = json(send("GET", "/session", Optional.of(session), ""));
    assertThat(shown.path("user").asText()).isEqualTo("anna");
    assertThat(shown.path("role").asText()).isEqualTo("admin");
    assertThat(shown.path("csrf").asText()).isEqualTo(session.csrf());
    assertThat(shown.path("apiToken").isNull()).isTrue();
    assertThat(shown.size()).isEqualTo(4);
    HttpResponse<String> again =
        send(
            "POST",
            "/setup",
            Optional.empty(),
            "{\"code\":\"%s\",\"user\":\"eve\",\"password\":\"%s\"}"
                .formatted(appliance.codes.getLast(), PASSWORD));
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.headers().firstValue("set-cookie")).isEmpty();
  }

  @Test
  void withoutTheCodeNobodyIsMade() throws Exception {
    for (String body :
        List.of(
            "{\"code\":\"AAAA-AAAA-AAAA\",\"user\":\"eve\",\"password\":\"correct horse\"}",
            "{\"code\":\"\",\"user\":\"eve\",\"password\":\"correct horse\"}")) {
      assertThat(send("POST", "/setup", Optional.empty(), body).statusCode()).isEqualTo(403);
    }
    assertThat(
            send(
                    "POST",
                    "/setup",
                    Optional.empty(),
                    "{\"user\":\"eve\",\"password\":\"correct horse\"}")
                .body())
        .contains("the field 'code' is missing");
    assertThat(send("GET", "/setup", Optional.empty(), "").body()).isEqualTo("{\"needed\":true}");
  }

  @Test
  void aWrongPasswordGetsNoSessionAndAFewMoreGetAPause() throws Exception {
    var _ = setUp();
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> wrong =
          send("POST", "/session", Optional.empty(), credentials("anna", "wrong password"));
      assertThat(wrong.statusCode()).isEqualTo(401);
      assertThat(wrong.headers().firstValue("set-cookie")).isEmpty();
    }
    HttpResponse<String> slowed =
        send("POST", "/session", Optional.empty(), credentials("anna", PASSWORD));
    assertThat(slowed.statusCode()).isEqualTo(429);
    assertThat(slowed.headers().firstValue("retry-after")).contains("1");
    appliance.clock.pass(Duration.ofSeconds(1));
    var _ = signIn("anna", PASSWORD);
  }

  @Test
  void signingOutEndsTheSessionAndTakesTheCookieBack() throws Exception {
    Signed session = setUp();
    HttpResponse<String> out = send("DELETE", "/session", Optional.of(session), "");
    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(out.headers().firstValue("set-cookie"))
        .contains("tapdeck_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    assertThat(statusOfSession(session)).isEqualTo(401);
  }

  @Test
  void signingInAgainLeavesNoSessionBehind() throws Exception {
    Signed first = setUp();
    Signed second =
        signed(send("POST", "/session", Optional.of(first), credentials("anna", PASSWORD)));
    assertThat(second.cookie()).isNotEqualTo(first.cookie());
    assertThat(statusOfSession(first)).isEqualTo(401);
    assertThat(statusOfSession(second)).isEqualTo(200);
  }

  /** Whoever planted a cookie before the sign-in does not share the session that begins. */
  @Test
  void aTokenThatWasPlantedNeverBecomesASession() throws Exception {
    var _ = setUp();
    Signed planted = new Signed("tapdeck_session=" + "A".repeat(43), "");
    Signed begun =
        signed(send("POST", "/session", Optional.of(planted), credentials("anna", PASSWORD)));
    assertThat(begun.cookie()).isNotEqualTo(planted.cookie());
    assertThat(statusOfSession(planted)).isEqualTo(401);
    assertThat(statusOfSession(begun)).isEqualTo(200);
  }

  @Test
  void whoGuessesManyNamesFromOneAddressIsSlowedToo() throws Exception {
    var _ = setUp();
    for (int i = 0; i < 10; i++) {
      assertThat(
              send("POST", "/session", Optional.empty(), credentials("user" + i, "a password"))
                  .statusCode())
          .isEqualTo(401);
    }
    HttpResponse<String> slowed =
        send("POST", "/session", Optional.empty(), credentials("anna", PASSWORD));
    assertThat(slowed.statusCode()).isEqualTo(429);
    assertThat(slowed.headers().firstValue("retry-after")).contains("10");
    appliance.clock.pass(Duration.ofSeconds(10));
    var _ = signIn("anna", PASSWORD);
  }

  @Test
  void aSessionThatIsNotUsedEndsAndARestartEndsNone() throws Exception {
    Signed session = setUp();
    appliance.close();
    start();
    assertThat(appliance.codes).isEmpty();
    assertThat(statusOfSession(session)).isEqualTo(200);
    appliance.clock.pass(Duration.ofHours(12));
    assertThat(statusOfSession(session)).isEqualTo(401);
  }

  @Test
  void aPasswordIsChangedByWhoKnowsTheCurrentOne() throws Exception {
    Signed here = setUp();
    Signed there = signIn("anna", PASSWORD);
    HttpResponse<String> wrong =
        send(
            "PUT",
            "/session/password",
            Optional.of(here),
            "{\"current\":\"wrong\",\"new\":\"battery staple\"}");
    assertThat(wrong.statusCode()).isEqualTo(422);
    Signed renewed =
        signed(
            send(
                "PUT",
                "/session/password",
                Optional.of(here),
                "{\"current\":\"correct horse\",\"new\":\"battery staple\"}"));
    assertThat(renewed.cookie()).isNotEqualTo(here.cookie());
    assertThat(renewed.csrf()).isNotEqualTo(here.csrf());
    assertThat(statusOfSession(renewed)).isEqualTo(200);
    assertThat(statusOfSession(here)).isEqualTo(401);
    assertThat(statusOfSession(there)).isEqualTo(401);
    var _ = signIn("anna", "battery staple");
  }

  @Test
  void anAdministratorManagesUsers() throws Exception {
    Optional<Signed> anna = Optional.of(setUp());
    HttpResponse<String> made =
        send("PUT", "/users/otto", anna, "{\"role\":\"viewer\",\"password\":\"correct horse\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.body())
        .isEqualTo(
            "{\"name\":\"otto\",\"role\":\"viewer\",\"createdAt\":\"2026-01-01T00:00:00Z\"}");
    Optional<Signed> otto = Optional.of(signIn("otto", PASSWORD));
    assertThat(send("GET", "/users", otto, "").statusCode()).isEqualTo(403);
    assertThat(send("PUT", "/users/otto", otto, "{\"role\":\"admin\"}").statusCode())
        .isEqualTo(403);
    assertThat(send("PUT", "/users/otto", anna, "{\"role\":\"admin\"}").statusCode())
        .isEqualTo(200);
    assertThat(json(send("GET", "/users", otto, "")).findValuesAsText("name"))
        .containsExactly("anna", "otto");
    assertThat(send("DELETE", "/users/anna", otto, "").statusCode()).isEqualTo(204);
    assertThat(statusOfSession(anna.get())).isEqualTo(401);
    HttpResponse<String> last = send("DELETE", "/users/otto", otto, "");
    assertThat(last.statusCode()).isEqualTo(409);
    assertThat(last.body()).contains("last administrator");
  }

  @Test
  void whatCannotBeAUserIsRefusedWithWhatToDo() throws Exception {
    Optional<Signed> anna = Optional.of(setUp());
    assertThat(send("PUT", "/users/otto", anna, "{\"role\":\"viewer\"}").body())
        .contains("a new user needs a password");
    assertThat(send("PUT", "/users/otto", anna, "{\"role\":\"king\"}").body())
        .contains("\"status\":400", "give viewer, analyst, operator or admin");
    assertThat(send("PUT", "/users/%3Cb%3E", anna, "{\"role\":\"viewer\"}").statusCode())
        .isEqualTo(422);
    assertThat(send("DELETE", "/users/otto", anna, "").statusCode()).isEqualTo(404);
  }

  @Test
  void everyWriteIsOnRecordWithWhoTriedItAndNoSecret() throws Exception {
    Optional<Signed> anna = Optional.of(setUp());
    var _ =
        send("PUT", "/users/otto", anna, "{\"role\":\"viewer\",\"password\":\"correct horse\"}");
    var _ = signIn("otto", PASSWORD);
    var _ = send("DELETE", "/users/nobody", anna, "");
    var _ = send("POST", "/session", Optional.empty(), credentials("otto", "wrong password"));
    var _ = send("GET", "/users", anna, "");
    // It may be a password, typed where the name goes.
    var _ = send("POST", "/session", Optional.empty(), credentials("correct horse", "anna"));
    assertThat(appliance.accounts.audit().after(0, 100))
        .extracting(it ->
            "%s %s %s: %s, %d"
                .formatted(it.user(), it.method(), it.path(), it.outcome(), it.status()))
        .containsExactly(
            "anna POST /api/v1/setup: done, 200",
            "anna PUT /api/v1/users/otto: done, 201",
            "otto POST /api/v1/session: done, 200",
            "anna DELETE /api/v1/users/nobody: refused, 404",
            "otto POST /api/v1/session: refused, 401",
            " POST /api/v1/session: refused, 401");
    assertThat(appliance.accounts.audit().after(0, 100))
        .allMatch(it -> it.address().equals("127.0.0.1") && it.apiToken() == null);
  }

  @Test
  void aboutTellsOfThisAppliance() throws Exception {
    Optional<Signed> anna = Optional.of(setUp());
    JsonNode about = json(send("GET", "/about", anna, ""));
    assertThat(about.path("version").asText()).isEqualTo("1.2.3");
    assertThat(about.path("dataDirectory").asText()).isEqualTo(data.toString());
    assertThat(about.path("totalBytes").asLong()).isGreaterThan(about.path("freeBytes").asLong());
    assertThat(about.path("northbound").toString())
        .isEqualTo("{\"address\":\"unix:/n.sock\",\"connected\":true}");
  }
}
