package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No parameter of a path leads out of where it belongs, on any route. */
class HostilePathsTest {
  private static final List<String> HOSTILE =
      List.of(
          "..",
          "%2e%2e",
          "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
          "..%2f..%2f..%2f..%2fetc%2fpasswd",
          "..%5c..%5cetc",
          "%2fetc%2fpasswd",
          "%252e%252e%252faccounts.db",
          "accounts.db",
          ".",
          "%00",
          "1%00",
          "a%0d%0aSet-Cookie:x=y",
          "%ff%fe",
          "x".repeat(5000),
          "99999999999999999999",
          "-1",
          "0x1",
          "%3Cscript%3E",
          "%27%20OR%201=1--",
          "$%7Bjndi:ldap:%2f%2fx%7D");

  /** Whoever is refused more often is told to wait; a restart forgets that, and no session. */
  private static final int FEWER_THAN_MAKE_ONE_WAIT = 500;

  private static final String SOME_ID = "6f1c1d2e-0000-4000-8000-000000000001";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  HostilePathsTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  @Test
  void everyParameterOfEveryRouteTakesOnlyWhatItNames() throws Exception {
    Session admin = appliance.session(Role.ADMIN);
    List<String> before = files();
    int calls = 0;
    for (Route route : appliance.routes) {
      for (String parameter : route.parameters()) {
        for (String hostile : HOSTILE) {
          Answer answer = call(route, path(route, parameter, hostile), admin);
          String what = route.method() + " " + route.path() + " with " + hostile;
          assertThat(answer.status()).as(what).isBetween(400, 499).isNotIn(401, 403, 429);
          assertThat(answer.header("content-type")).as(what).isEqualTo("application/problem+json");
          assertThat(answer.headers()).as(what).doesNotContainKey("set-cookie");
          calls++;
          if (calls % FEWER_THAN_MAKE_ONE_WAIT == 0) {
            stop();
            start();
          }
        }
      }
    }
    assertThat(calls).isGreaterThan(400);
    assertThat(files()).isEqualTo(before);
    assertThat(appliance.accounts.users().all()).hasSize(1);
  }

  private static String path(Route route, String parameter, String hostile) {
    return WebServer.API
        + route
            .path()
            .replace("{" + parameter + "}", hostile)
            .replace("{number}", "1")
            .replaceAll("\\{[^}]*}", SOME_ID);
  }

  private Answer call(Route route, String path, Session admin) throws IOException {
    String body = route.method().writes() ? "{}" : "";
    return appliance.http.sendForHead(
        route.method() + " " + path + " HTTP/1.1",
        body,
        "Cookie: tapdeck_session=" + admin.token(),
        "X-CSRF-Token: " + admin.caller().csrf(),
        "Content-Type: application/json",
        "Content-Length: " + body.length());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      return all.map(Path::toString)
          .filter(name -> !name.matches(".*-(journal|wal|shm)"))
          .sorted()
          .toList();
    }
  }
}
