package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.web.http.RawHttp.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebServerTest {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  /** What a body is in these tests. */
  record Order(String name, long count, @Nullable Duration every) {
    Order {
      if (name == null) {
        throw new IllegalArgumentException("name is missing: give it one");
      }
      if (count > 10) {
        throw Problem.unprocessable("count is more than 10");
      }
    }
  }

  private final Map<String, Caller> sessions = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final Semaphore ticks = new Semaphore(0);
  private final CountDownLatch woken = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // the server gives it
  private Runnable revoked;

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RawHttp http;

  @BeforeEach
  void start() throws IOException {
    sessions.put("token-of-vera", Caller.inSession("vera", Role.VIEWER, "csrf-of-vera"));
    sessions.put("token-of-otto", Caller.inSession("otto", Role.OPERATOR, "csrf-of-otto"));
    Callers callers =
        new Callers() {
          @Override
          public Optional<Caller> find(Credential credential) {
            return Optional.ofNullable(sessions.get(credential.secret()));
          }

          @Override
          public Optional<Caller> peek(Credential credential) {
            return find(credential);
          }

          @Override
          public void whenRevoked(Runnable told) {
            revoked = told;
          }
        };
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    server.serve(
        routes(),
        List.of(
            Route.get(
                "/", Role.NOBODY, "The page", call -> call.bytes(200, "text/html", new byte[1]))),
        callers,
        action ->
            written.add(
                "%s %s %s: %s, %d"
                    .formatted(
                        action.user(),
                        action.method(),
                        action.path(),
                        action.outcome().word(),
                        action.status())));
    http = new RawHttp(URI.create(server.url()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private List<Route> routes() {
    return List.of(
        Route.get("/open", Role.NOBODY, "For anybody", call -> call.json(Map.of("a", 1))),
        Route.get(
            "/things/{id}/parts/{part}",
            Role.VIEWER,
            "Echoes",
            call ->
                call.json(
                    Map.of(
                        "id", call.id("id"),
                        "part", call.path("part"),
                        "limit", call.query("limit", 7),
                        "at", Instant.EPOCH,
                        "user", call.caller().user()))),
        Route.put(
            "/things/{id}",
            Role.OPERATOR,
            "Reads a body",
            call -> call.json(201, call.body(Order.class))),
        Route.delete("/things/{id}", Role.OPERATOR, "Nothing", call -> call.none(204)),
        Route.post("/open", Role.NOBODY, "For anybody", call -> call.none(204)),
        Route.get(
            "/broken",
            Role.NOBODY,
            "Fails",
            call -> {
              throw new IllegalStateException("the secret is 42");
            }),
        Route.get(
            "/broken-error",
            Role.NOBODY,
            "Fails badly",
            call -> {
              throw new StackOverflowError("the secret is 42");
            }),
        Route.get(
            "/conflict",
            Role.NOBODY,
            "Refuses",
            call -> {
              throw Problem.conflict("not now");
            }),
        Route.get(
            "/slow-down",
            Role.NOBODY,
            "Refuses",
            call -> {
              throw Problem.tooManyRequests("not so fast", Duration.ofMillis(1500));
            }),
        Route.get(
            "/file",
            Role.NOBODY,
            "Streams",
            call ->
                call.stream(200, "application/octet-stream", 3).write(new byte[] {'a', 'b', 'c'})),
        Route.get("/events", Role.VIEWER, "Events", this::events),
        Route.get("/ticks", Role.VIEWER, "Events", this::ticks));
  }

  private void events(Call call) throws Exception {
    EventStream events = call.events();
    events.send("first", List.of(Map.of("n", 1)));
    events.comment();
    waiting.countDown();
    try {
      Thread.sleep(Duration.ofMinutes(5));
    } catch (InterruptedException stopped) {
      woken.countDown();
      throw stopped;
    }
  }

  private void ticks(Call call) throws Exception {
    EventStream events = call.events();
    while (true) {
      ticks.acquire();
      events.send("tick", 1);
    }
  }

  private static JsonNode json(Answer answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }

  private Answer write(String requestLine, String body, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(requestLine + "\r\n");
    request.append("Host: ").append(http.server().getAuthority()).append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    request.append("Content-Length: ").append(bytes.length).append("\r\n");
    request.append("Connection: close\r\n\r\n");
    return http.exchange(request + new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private Answer order(String body) throws IOException {
    return write(
        "PUT /api/v1/things/x HTTP/1.1",
        body,
        "Content-Type: application/json",
        "Cookie: tapdeck_session=token-of-otto",
        "X-CSRF-Token: csrf-of-otto");
  }

  private static void assertProblem(Answer answer, int status, String detail) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    JsonNode problem = json(answer);
    assertThat(problem.path("type").asText()).isEqualTo("about:blank");
    assertThat(problem.path("title").asText()).isNotEmpty().isNotEqualTo("Error");
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).contains(detail);
    assertThat(problem.path("request").asText()).isEqualTo(answer.header("x-request-id"));
    assertThat(problem.size()).isEqualTo(5);
    assertGuarded(answer);
  }

  private static void assertGuarded(Answer answer) {
    assertThat(answer.header("content-security-policy")).isEqualTo(POLICY);
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("referrer-policy")).isEqualTo("no-referrer");
    assertThat(answer.header("cross-origin-opener-policy")).isEqualTo("same-origin");
    assertThat(answer.header("cross-origin-resource-policy")).isEqualTo("same-origin");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("x-request-id")).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by");
    assertThat(answer.header("access-control-allow-origin")).isEmpty();
  }

  @Test
  void aDeclaredRouteAnswersWithJsonAndGuardedHeaders() throws Exception {
    Answer answer =
        http.send(
            "GET /api/v1/things/0000007B-0000-0000-0000-000000000000/parts/a%20b?limit=3 HTTP/1.1",
            "Cookie: tapdeck_session=token-of-vera");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(json(answer))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"id":"0000007b-0000-0000-0000-000000000000","part":"a b","limit":3,
                     "at":"1970-01-01T00:00:00Z","user":"vera"}
                    """));
    assertGuarded(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/nothing",
        "GET /api/v1",
        "GET /api/v1/",
        "GET /api/v1/open/",
        "GET /api/v1/Open",
        "GET /api/v1/%6fpen",
        "GET /open",
        "GET /index.html",
        "DELETE /api/v1/open",
        "PUT /api/v1/open",
        "GET /api/v1/open;a=b",
        "HEAD /api/v1/nothing"
      })
  void whatIsNotDeclaredDoesNotExist(String request) throws Exception {
    Answer answer =
        http.send(request + " HTTP/1.1", "Content-Type: application/json", "Content-Length: 0");
    assertThat(answer.status()).isEqualTo(404);
    assertGuarded(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONS", "LINK", "TRACE", "QUERY", "PROPFIND", "get"})
  void otherMethodsAreRefused(String method) throws Exception {
    Answer answer = http.send(method + " /api/v1/open HTTP/1.1");
    assertProblem(answer, 405, "method");
    assertThat(answer.header("allow")).isEqualTo("GET, HEAD, PUT, POST, PATCH, DELETE");
  }

  @Test
  void headAnswersAsGetDoesWithoutTheBody() throws Exception {
    Answer answer = http.send("HEAD /api/v1/open HTTP/1.1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-length")).isEqualTo("7");
    assertThat(answer.body()).isEmpty();
    Answer file = http.send("HEAD /api/v1/file HTTP/1.1");
    assertThat(file.header("content-length")).isEqualTo("3");
    assertThat(file.body()).isEmpty();
  }

  @Test
  void headNeedsTheSameRole() throws Exception {
    Answer answer = http.send("HEAD /api/v1/events HTTP/1.1");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEmpty();
    assertGuarded(answer);
  }

  @Test
  void headOfEventsEnds() throws Exception {
    Answer answer =
        http.send("HEAD /api/v1/events HTTP/1.1", "Cookie: tapdeck_session=token-of-vera");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aFailureIsToldWithANumberAndNoMore() throws Exception {
    for (String path : List.of("/broken", "/broken-error")) {
      Answer answer = http.send("GET /api/v1" + path + " HTTP/1.1");
      assertProblem(
          answer,
          500,
          "that failed; the server's log says more under " + answer.header("x-request-id"));
      assertThat(answer.body())
          .doesNotContain("secret", "Exception", "StackOverflow", "io.tapdeck", "\tat");
    }
  }

  @Test
  void eachRequestHasANumberOfOurOwnMaking() throws Exception {
    String theirs = "6f1c1d2e-0000-4000-8000-000000000001";
    Answer first = http.send("GET /api/v1/open HTTP/1.1", "X-Request-Id: " + theirs);
    Answer second = http.send("GET /api/v1/open HTTP/1.1", "X-Request-Id: " + theirs);
    assertThat(first.header("x-request-id")).isNotEqualTo(theirs).isNotEmpty();
    assertThat(second.header("x-request-id"))
        .isNotEqualTo(theirs)
        .isNotEqualTo(first.header("x-request-id"));
  }

  @Test
  void aRefusalIsToldInItsOwnWords() throws Exception {
    assertProblem(http.send("GET /api/v1/conflict HTTP/1.1"), 409, "not now");
    Answer slower = http.send("GET /api/v1/slow-down HTTP/1.1");
    assertProblem(slower, 429, "not so fast");
    assertThat(slower.header("retry-after")).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /%ZZ HTTP/1.1 | 400 | malformed",
        "GET /a/..;/b HTTP/1.1 | 400 | malformed",
        "GET /a%2f..%2fb HTTP/1.1 | 400 | malformed",
        "GET /%2e%2e/etc/passwd HTTP/1.1 | 400 | malformed",
        "GET /\\..\\b HTTP/1.1 | 400 | malformed",
        "GET //api/v1/open HTTP/1.1 | 400 | malformed",
        "GET / HTTP/7.0 | 505 | version",
        "GARBAGE | 400 | malformed",
      })
  void whatIsMalformedIsAProblemToo(String requestLine, int status, String detail)
      throws Exception {
    assertProblem(http.send(requestLine.strip()), status, detail);
  }

  @Test
  void aHeadThatIsTooLargeIsAProblemToo() throws Exception {
    assertProblem(
        http.send("GET /api/v1/open HTTP/1.1", "X-Filler: " + "a".repeat(9000)), 431, "too large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:PORT",
        "localhost",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:PORT",
        "127.0.0.2:PORT",
        "0.0.0.0:PORT",
        "localhost:PORT:PORT",
        "localhost:PORT,evil.example",
      })
  void anotherHostIsMisdirected(String host) throws Exception {
    String port = Integer.toString(http.server().getPort());
    Answer answer =
        http.exchange(
            "GET /api/v1/open HTTP/1.1\r\nHost: "
                + host.replace("PORT", port)
                + "\r\nConnection: close\r\n\r\n");
    assertThat(answer.status()).isIn(400, 421);
    assertGuarded(answer);
  }

  @Test
  void noHostOrTwoHostsOrAnotherInTheTargetAreRefused() throws Exception {
    String ours = http.server().getAuthority();
    assertProblem(http.exchange("GET /api/v1/open HTTP/1.0\r\n\r\n"), 421, "Host");
    for (String request :
        List.of(
            "GET /api/v1/open HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET /api/v1/open HTTP/1.1\r\nHost: "
                + ours
                + "\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            "GET http://evil.example/api/v1/open HTTP/1.1\r\nHost: "
                + ours
                + "\r\nConnection: close\r\n\r\n",
            "GET http://evil.example/api/v1/open HTTP/1.0\r\nHost: " + ours + "\r\n\r\n",
            "GET http://evil.example/api/v1/open HTTP/1.0\r\n\r\n")) {
      Answer answer = http.exchange(request);
      assertThat(answer.status()).as(request).isIn(400, 421);
      assertGuarded(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:PORT", "127.0.0.1:PORT", "[::1]:PORT", "LocalHost:PORT"})
  void ourOwnHostAndOriginAreServed(String host) throws Exception {
    String named = host.replace("PORT", Integer.toString(http.server().getPort()));
    Answer answer =
        http.exchange(
            "GET /api/v1/open HTTP/1.1\r\nHost: "
                + named
                + "\r\nOrigin: http://"
                + named
                + "\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n");
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: ",
        "Origin: https://127.0.0.1:PORT",
        "Origin: http://127.0.0.1",
        "Origin: http://127.0.0.1:PORT.evil.example",
        "Origin: http://127.0.0.1:PORT\r\nOrigin: http://evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: Cross-Site",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document",
      })
  void anotherSiteIsForbidden(String header) throws Exception {
    Answer answer =
        http.send(
            "GET /api/v1/open HTTP/1.1",
            header.replace("PORT", Integer.toString(http.server().getPort())));
    assertProblem(answer, 403, "another site");
  }

  @Test
  void aLinkOnAnotherSiteLeadsToThePageButDoesNotEmbedIt() throws Exception {
    String cross = "Sec-Fetch-Site: cross-site";
    assertThat(
            http.send(
                    "GET / HTTP/1.1", cross, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
                .status())
        .isEqualTo(200);
    assertProblem(
        http.send("GET / HTTP/1.1", cross, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"),
        403,
        "another site");
    assertProblem(http.send("GET / HTTP/1.1", cross, "Sec-Fetch-Mode: no-cors"), 403, "another");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-None: 1",
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=application/json",
        "Content-Type: application/json-patch+json",
        "Content-Type: text/plain; a=application/json",
      })
  void aWriteThatIsNotJsonIsRefused(String header) throws Exception {
    for (String request : List.of("POST /api/v1/open", "DELETE /api/v1/things/x")) {
      assertProblem(write(request + " HTTP/1.1", "{}", header), 415, "application/json");
    }
  }

  @Test
  void jsonMayNameItsCharset() throws Exception {
    assertThat(
            write("POST /api/v1/open HTTP/1.1", "", "Content-Type: Application/JSON; charset=utf-8")
                .status())
        .isEqualTo(204);
  }

  @Test
  void rolesAreHeld() throws Exception {
    String json = "Content-Type: application/json";
    assertProblem(http.send("GET /api/v1/events HTTP/1.1"), 401, "sign in");
    assertProblem(
        http.send("GET /api/v1/events HTTP/1.1", "Cookie: tapdeck_session=unknown"),
        401,
        "sign in");
    assertProblem(write("DELETE /api/v1/things/x HTTP/1.1", "", json), 401, "sign in");
    assertProblem(
        write(
            "DELETE /api/v1/things/x HTTP/1.1",
            "",
            json,
            "Cookie: tapdeck_session=token-of-vera",
            "X-CSRF-Token: csrf-of-vera"),
        403,
        "needs the role operator, and yours is viewer");
    assertThat(
            write(
                    "DELETE /api/v1/things/x HTTP/1.1",
                    "",
                    json,
                    "Cookie: other=1; tapdeck_session=token-of-otto",
                    "X-CSRF-Token: csrf-of-otto")
                .status())
        .isEqualTo(204);
    assertThat(written)
        .containsExactly(
            "vera DELETE /api/v1/things/x: refused, 403",
            "otto DELETE /api/v1/things/x: done, 204");
  }

  @Test
  void twoSessionCookiesAreNone() throws Exception {
    assertProblem(
        http.send(
            "GET /api/v1/events HTTP/1.1",
            "Cookie: tapdeck_session=token-of-vera; tapdeck_session=token-of-otto"),
        401,
        "sign in");
  }

  @Test
  void aWriteOfASessionNeedsItsCsrfToken() throws Exception {
    String json = "Content-Type: application/json";
    String session = "Cookie: tapdeck_session=token-of-otto";
    for (String request : List.of("DELETE /api/v1/things/x", "POST /api/v1/open")) {
      String line = request + " HTTP/1.1";
      assertProblem(write(line, "", json, session), 403, "X-CSRF-Token");
      assertProblem(
          write(line, "", json, session, "X-CSRF-Token: csrf-of-vera"), 403, "X-CSRF-Token");
      assertThat(write(line, "", json, session, "X-CSRF-Token: csrf-of-otto").status())
          .isEqualTo(204);
    }
    assertThat(written)
        .containsExactly(
            "otto DELETE /api/v1/things/x: refused, 403",
            "otto DELETE /api/v1/things/x: refused, 403",
            "otto DELETE /api/v1/things/x: done, 204",
            "otto POST /api/v1/open: refused, 403",
            "otto POST /api/v1/open: refused, 403",
            "otto POST /api/v1/open: done, 204");
  }

  @Test
  void aBodyIsReadStrictly() throws Exception {
    Answer created = order("{\"name\":\"n\",\"count\":3,\"every\":\"PT30S\"}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body()).isEqualTo("{\"name\":\"n\",\"count\":3,\"every\":\"PT30S\"}");
    assertThat(order("{\"name\":\"n\",\"count\":3}").body())
        .isEqualTo("{\"name\":\"n\",\"count\":3,\"every\":null}");
    assertProblem(order("{\"name\":\"n\",\"count\":3,\"more\":1}"), 400, "no field 'more'");
    assertProblem(order("{\"name\":\"n\",\"count\":3,\"count\":4}"), 400, "no JSON");
    assertProblem(order("{\"name\":\"n\",\"count\":\"3\"}"), 400, "'count'");
    assertProblem(order("{\"name\":\"n\",\"count\":3.5}"), 400, "'count'");
    assertProblem(order("{\"name\":\"n\",\"count\":null}"), 400, "'count'");
    assertProblem(order("{\"name\":\"n\",\"count\":1e40}"), 400, "'count'");
    assertProblem(order("{\"name\":5,\"count\":3}"), 400, "'name'");
    assertProblem(order("{\"name\":\"n\",\"count\":3,\"every\":\"soon\"}"), 400, "'every'");
    assertProblem(order("{\"count\":3}"), 400, "name is missing: give it one");
    assertProblem(order("{\"name\":\"n\",\"count\":11}"), 422, "count is more than 10");
    assertProblem(order("{\"name\":\"n\"} {}"), 400, "");
    assertProblem(order("[1]"), 400, "kind");
    assertProblem(order("null"), 400, "null");
    assertProblem(order(""), 400, "body is needed");
    assertProblem(order("{\"name"), 400, "no JSON, at line 1, column ");
    assertProblem(order("[".repeat(100)), 400, "");
    Answer odd = order("{\"name\":{\"a\":1},\"count\":3}");
    assertProblem(odd, 400, "'name'");
    assertThat(odd.body()).doesNotContain("java", "tapdeck", "Order");
  }

  @Test
  void aBodyHasABound() throws Exception {
    String longest = "{\"name\":\"" + "n".repeat(65_536 - 21) + "\",\"count\":3}";
    assertThat(longest).hasSize(65_536);
    assertThat(order(longest).status()).isEqualTo(201);
    assertProblem(order(longest + " "), 413, "65536");
    String chunk = Integer.toHexString(65_537) + "\r\n" + longest + " \r\n0\r\n\r\n";
    assertProblem(
        http.exchange(
            "PUT /api/v1/things/x HTTP/1.1\r\nHost: "
                + http.server().getAuthority()
                + "\r\nContent-Type: application/json\r\nCookie: tapdeck_session=token-of-otto"
                + "\r\nX-CSRF-Token: csrf-of-otto\r\nTransfer-Encoding: chunked"
                + "\r\nConnection: close\r\n\r\n"
                + chunk),
        413,
        "65536");
  }

  @Test
  void whatIsNoUuidOrNumberIsABadRequest() throws Exception {
    String session = "Cookie: tapdeck_session=token-of-vera";
    assertProblem(
        http.send("GET /api/v1/things/1-1-1-1-1/parts/x HTTP/1.1", session), 400, "id in the path");
    assertProblem(
        http.send(
            "GET /api/v1/things/0000007b-0000-0000-0000-000000000000/parts/x?limit=-1 HTTP/1.1",
            session),
        400,
        "limit");
  }

  @Test
  void eventsArriveAsTheyAreSentAndEndWithTheServer() throws Exception {
    try (Socket socket = http.connect()) {
      openEvents(socket);
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> heard = new ArrayList<>();
      while (!heard.contains(":")) {
        heard.add(String.valueOf(lines.readLine()));
      }
      assertThat(heard)
          .contains(
              "HTTP/1.1 200 OK",
              "Content-Type: text/event-stream",
              "event: first",
              "data: [{\"n\":1}]");
      server.close();
      assertThat(woken.await(20, TimeUnit.SECONDS)).as("the handler was woken").isTrue();
    }
  }

  private Socket openTicks() throws Exception {
    Socket socket = http.connect();
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1/ticks HTTP/1.1\r\nHost: "
                    + http.server().getAuthority()
                    + "\r\nCookie: tapdeck_session=token-of-vera\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void eventsEndWithTheSession() throws Exception {
    try (Socket socket = openTicks()) {
      BufferedReader lines = reader(socket);
      ticks.release();
      while (!"event: tick".equals(lines.readLine())) {
        // The head of the answer.
      }
      assertThat(sessions.remove("token-of-vera")).isNotNull();
      revoked.run();
      ticks.release();
      assertThat(lines.lines().takeWhile(line -> !line.equals("0")).toList())
          .as("no event for one who has signed out")
          .doesNotContain("event: tick");
    }
  }

  @Test
  void sixtyFourStreamsAreTheMostAndOneThatEndsMakesRoom() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        Socket socket = openTicks();
        open.add(socket);
        assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 200 OK");
      }
      Answer tooMany =
          http.send("GET /api/v1/ticks HTTP/1.1", "Cookie: tapdeck_session=token-of-vera");
      assertProblem(tooMany, 503, "too many open pages");
      assertThat(tooMany.header("retry-after")).isEqualTo("5");
      Caller vera = sessions.remove("token-of-vera");
      revoked.run();
      for (Socket socket : open) {
        var _ = reader(socket).lines().takeWhile(line -> !line.equals("0")).count();
      }
      sessions.put("token-of-vera", Optional.ofNullable(vera).orElseThrow());
      try (Socket socket = openTicks()) {
        assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private void openEvents(Socket socket) throws Exception {
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1/events HTTP/1.1\r\nHost: "
                    + http.server().getAuthority()
                    + "\r\nCookie: tapdeck_session=token-of-vera\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(waiting.await(20, TimeUnit.SECONDS)).as("the handler runs").isTrue();
  }

  @Test
  void anAddressThatIsTakenIsNotShared() {
    ListenAddress taken = ListenAddress.parse(server.url().substring("http://".length()));
    assertThatThrownBy(() -> WebServer.bind(taken)).isInstanceOf(BindException.class);
  }
}
