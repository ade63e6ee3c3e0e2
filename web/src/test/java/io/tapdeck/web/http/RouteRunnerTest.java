package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.http.RawHttp.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let through with what, what goes on record of it, and answers that fail on the way. */
class RouteRunnerTest {
  private static final String JSON = "Content-Type: application/json";
  private static final String VERA = "Cookie: tapdeck_session=token-of-vera";
  private static final String OTTO = "Cookie: tapdeck_session=token-of-otto";
  private static final String CSRF_OF_OTTO = "X-CSRF-Token: csrf-of-otto";

  private static final Callers CALLERS =
      new Callers() {
        @Override
        public Optional<Caller> find(Credential credential) {
          return switch (credential) {
            case Credential.Session(String token) when token.equals("token-of-vera") ->
                Optional.of(Caller.inSession("vera", Role.VIEWER, "csrf-of-vera"));
            case Credential.Session(String token) when token.equals("token-of-otto") ->
                Optional.of(Caller.inSession("otto", Role.OPERATOR, "csrf-of-otto"));
            case Credential.ApiToken(String secret) when secret.equals("tapdeck_of-otto") ->
                Optional.of(Caller.withApiToken("otto", Role.OPERATOR, "nightly"));
            default -> Optional.empty();
          };
        }

        @Override
        public Optional<Caller> peek(Credential credential) {
          return find(credential);
        }

        @Override
        public void whenRevoked(Runnable told) {}
      };

  private final ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
  private volatile boolean recordIsFull;

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RawHttp http;

  @BeforeEach
  void start() throws IOException {
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    server.serve(routes(), List.of(), CALLERS, this::remember);
    http = new RawHttp(URI.create(server.url()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static List<Route> routes() {
    return List.of(
        Route.delete("/things/{id}", Role.OPERATOR, "Nothing", call -> call.none(204)),
        Route.get(
                "/packets",
                Role.VIEWER,
                "Leaves the appliance",
                call -> call.bytes(200, "text/plain", new byte[] {'p'}))
            .with(Route.Trait.RECORDED),
        Route.get(
                "/breaks-off",
                Role.VIEWER,
                "Fails on the way",
                call -> {
                  OutputStream out = call.stream("text/plain");
                  out.write(new byte[] {'a', 'b', 'c'});
                  out.flush();
                  throw new IOException("the disk is gone");
                })
            .with(Route.Trait.RECORDED),
        Route.get(
            "/fails-at-once",
            Role.NOBODY,
            "Fails before anything has gone out",
            call -> {
              call.header("Content-Disposition", "attachment; filename=\"all.csv\"");
              call.stream("text/plain").write('a');
              throw new IOException("the disk is gone");
            }),
        Route.get(
            "/streamed",
            Role.NOBODY,
            "Of a length that nobody knows",
            call -> call.stream("text/plain").write(new byte[] {'a', 'b', 'c'})),
        Route.post("/person", Role.OPERATOR, "For people", call -> call.none(204))
            .with(Route.Trait.SESSION_ONLY));
  }

  private void remember(Action action) {
    if (recordIsFull) {
      throw new IllegalStateException("the disk is full");
    }
    String token = action.apiToken() == null ? "" : "/" + action.apiToken();
    written.add(
        "%s%s at %s %s %s: %s, %d"
            .formatted(
                action.user(),
                token,
                action.address(),
                action.method(),
                action.path(),
                action.outcome().word(),
                action.status()));
  }

  private Answer write(String requestLine, String... headers) throws IOException {
    String lines = String.join("\r\n", headers);
    return http.exchange(
        "%s\r\nHost: %s\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .formatted(requestLine, http.authority(), lines));
  }

  @Test
  void anApiTokenNeedsNoCsrfTokenAndBeginsNoSession() throws Exception {
    String bearer = "Authorization: Bearer tapdeck_of-otto";
    Answer answer = write("DELETE /api/v1/things/x HTTP/1.1", JSON, bearer);
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("set-cookie")).isEmpty();
    assertThat(written)
        .containsExactly("otto/nightly at 127.0.0.1 DELETE /api/v1/things/x: done, 204");
    // It comes before a session's cookie, so that the program is who it says.
    Answer both =
        write(
            "DELETE /api/v1/things/y HTTP/1.1",
            JSON,
            "authorization: bearer   tapdeck_of-otto",
            VERA);
    assertThat(both.status()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer tapdeck_of-nobody",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic b3R0bzp0YXBkZWNrX29mLW90dG8=",
        "tapdeck_of-otto",
      })
  void whatIsNoApiTokenIsNobodyEvenWithASession(String header) throws Exception {
    Answer answer = http.send("GET /api/v1/packets HTTP/1.1", "Authorization: " + header, VERA);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).contains("token");
    assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    assertThat(written).isEmpty();
  }

  @Test
  void someThingsOnlyAPersonDoes() throws Exception {
    Answer refused =
        write("POST /api/v1/person HTTP/1.1", JSON, "Authorization: Bearer tapdeck_of-otto");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("sign in");
    assertThat(write("POST /api/v1/person HTTP/1.1", JSON, OTTO, CSRF_OF_OTTO).status())
        .isEqualTo(204);
    assertThat(written)
        .containsExactly(
            "otto/nightly at 127.0.0.1 POST /api/v1/person: refused, 403",
            "otto at 127.0.0.1 POST /api/v1/person: done, 204");
  }

  @Test
  void whatLeavesIsOnRecordBeforeAndAfter() throws Exception {
    assertThat(http.send("GET /api/v1/packets HTTP/1.1", VERA).body()).isEqualTo("p");
    assertThat(http.send("HEAD /api/v1/packets HTTP/1.1", VERA).status()).isEqualTo(200);
    assertThat(http.send("GET /api/v1/packets HTTP/1.1").status()).isEqualTo(401);
    assertThat(written)
        .containsExactly(
            "vera at 127.0.0.1 GET /api/v1/packets: begun, 0",
            "vera at 127.0.0.1 GET /api/v1/packets: done, 200");
  }

  @Test
  void whatCannotBePutOnRecordDoesNotLeave() throws Exception {
    recordIsFull = true;
    Answer answer = http.send("GET /api/v1/packets HTTP/1.1", VERA);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("put on record");
    assertThat(written).isEmpty();
  }

  @Test
  void anAnswerThatFailsAtOnceIsToldAsAFailure() throws Exception {
    Answer answer = http.send("GET /api/v1/fails-at-once HTTP/1.1");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).contains("that failed");
    assertThat(answer.header("content-length")).isEqualTo("" + answer.body().length());
    assertThat(answer.headers()).doesNotContainKeys("transfer-encoding", "content-disposition");
  }

  @Test
  void anAnswerThatFailsOnTheWayIsSeenToBeCutShort() throws Exception {
    Answer whole = http.send("GET /api/v1/streamed HTTP/1.1");
    assertThat(whole.header("transfer-encoding")).isEqualTo("chunked");
    assertThat(whole.body()).isEqualTo("3\r\nabc\r\n0\r\n\r\n");
    assertThat(http.send("GET /api/v1/streamed HTTP/1.0").status()).isEqualTo(505);
    assertThat(http.send("GET /api/v1/breaks-off HTTP/1.1", VERA).body()).isEqualTo("3\r\nabc");
    written.clear();
    URI uri = URI.create(http.server() + "/api/v1/breaks-off");
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Cookie", "tapdeck_session=token-of-vera").build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
    assertThat(written)
        .containsExactly(
            "vera at 127.0.0.1 GET /api/v1/breaks-off: begun, 0",
            "vera at 127.0.0.1 GET /api/v1/breaks-off: broken off, 200");
  }

  @Test
  void whoIsRefusedAgainAndAgainWaitsAndFillsNoRecord() throws Exception {
    String[] headers = {JSON, VERA, "X-CSRF-Token: csrf-of-vera"};
    String line = "DELETE /api/v1/things/" + "x".repeat(1000) + " HTTP/1.1";
    for (int i = 0; i < RefusalLimit.MOST; i++) {
      assertThat(write(line, headers).status()).isEqualTo(403);
    }
    Answer late = write(line, headers);
    assertThat(late.status()).isEqualTo(429);
    assertThat(Integer.parseInt(late.header("retry-after"))).isBetween(1, 60);
    assertThat(written).hasSize(RefusalLimit.MOST).allMatch(one -> one.length() < 350);
    // Others do not wait.
    assertThat(write("DELETE /api/v1/things/x HTTP/1.1", JSON, OTTO, CSRF_OF_OTTO).status())
        .isEqualTo(204);
  }
}
