package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is secret is nowhere but with its owner, however much is logged. */
@Tag("packaged")
class SecretsTest {
  private static final String PASSWORD = "correct horse secret";
  private static final String NEXT_PASSWORD = "battery staple secret";
  private static final String WRONG = "wrong guess secret";
  private static final String IN_QUERY = "query-secret";

  @TempDir private Path data;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  SecretsTest() {}

  @AfterEach
  void stopNorthbound() throws Exception {
    client.close();
    new NorthboundServer(data).stop();
  }

  private HttpResponse<String> send(
      URI address, String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve("/api/v1" + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    return new ObjectMapper().readTree(response.body());
  }

  private static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
  }

  @Test
  void neitherLogNorAuditNorProcessListTellsASecret() throws Exception {
    List<String> secrets = new ArrayList<>(List.of(PASSWORD, NEXT_PASSWORD, WRONG, IN_QUERY));
    String log;
    try (ServeProcess server =
        ServeProcess.startLogging("DEBUG", "--data", data.toString(), "--listen", "127.0.0.1:0")) {
      URI address = URI.create(server.line().replaceFirst(".*(?=http:)", ""));
      String code = server.line().replaceFirst(".*: ", "");
      secrets.add(code);
      HttpResponse<String> begun =
          send(
              address,
              "POST",
              "/setup",
              "{\"code\":\"%s\",\"user\":\"anna\",\"password\":\"%s\"}".formatted(code, PASSWORD));
      String csrf = json(begun).path("csrf").asText();
      secrets.add(csrf);
      secrets.add(cookie(begun).replaceFirst(".*=", ""));
      String[] session = {"Cookie", cookie(begun), "X-CSRF-Token", csrf};
      var _ =
          send(
              address,
              "POST",
              "/session",
              "{\"user\":\"anna\",\"password\":\"%s\"}".formatted(WRONG));
      JsonNode token =
          json(
              send(
                  address,
                  "PUT",
                  "/tokens/6f1c1d2e-0000-4000-8000-000000000001",
                  "{\"name\":\"watcher\",\"scope\":\"admin\"}",
                  session));
      String secret = token.path("secret").asText();
      secrets.add(secret);
      HttpResponse<String> renewed =
          send(
              address,
              "PUT",
              "/session/password",
              "{\"current\":\"%s\",\"new\":\"%s\"}".formatted(PASSWORD, NEXT_PASSWORD),
              session);
      secrets.add(json(renewed).path("csrf").asText());
      secrets.add(cookie(renewed).replaceFirst(".*=", ""));
      String[] bearer = {"Authorization", "Bearer " + secret};
      for (String path : List.of("/about", "/nothing", "/audit", "/recordings/" + WRONG.length())) {
        var _ = send(address, "GET", path + "?token=" + IN_QUERY, "", bearer);
      }
      String audit = send(address, "GET", "/audit.csv", "", bearer).body();
      assertThat(audit).contains("anna,watcher,127.0.0.1,GET,/api/v1/audit.csv,begun");
      assertThat(secrets).allSatisfy(one -> assertThat(audit).doesNotContain(one));
      List<String> processes = processes();
      assertThat(processes).anyMatch(line -> line.contains("ovsdb-server"));
      assertThat(secrets)
          .allSatisfy(one -> assertThat(processes).noneMatch(line -> line.contains(one)));
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
      log = server.errors();
    }
    assertThat(log).contains("GET /api/v1/about 200", "PUT /api/v1/session/password 200");
    assertThat(secrets).doesNotContain("").allSatisfy(one -> assertThat(log).doesNotContain(one));
  }

  /** How every process was called. */
  private static List<String> processes() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process :
          all.filter(one -> one.getFileName().toString().matches("\\d+")).toList()) {
        try {
          lines.add(
              new String(
                  Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
          // It ended meanwhile.
        }
      }
    }
    return lines;
  }
}
