package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a served appliance, as a program reads it. */
@Tag("packaged")
class LogFormatTest {
  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  LogFormatTest() {}

  @AfterEach
  void stopNorthbound() throws Exception {
    new NorthboundServer(data).stop();
  }

  private static HttpResponse<String> refusedOrder(URI address) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/api/v1/filters/check?password=hidden"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  /** Until it is connected to its northbound, which it logs. */
  private static void awaitReady(URI address) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(address.resolve("/readyz")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (client.send(request, BodyHandlers.discarding()).statusCode() != 200) {
        Thread.onSpinWait(); // the test's own limit ends it
      }
    }
  }

  private static String[] arguments(Path data, String format) {
    return new String[] {
      "--data", data.toString(), "--listen", "127.0.0.1:0", "--log-format", format
    };
  }

  @Test
  void everyLineIsAnObjectAndARequestIsFoundByItsNumber() throws Exception {
    try (ServeProcess server = ServeProcess.start(arguments(data, "json"))) {
      URI address = URI.create(server.line().replaceFirst(".*(?=http:)", ""));
      HttpResponse<String> refused = refusedOrder(address);
      assertThat(refused.statusCode()).isEqualTo(401);
      String number = refused.headers().firstValue("X-Request-Id").orElseThrow();
      assertThat(new ObjectMapper().readTree(refused.body()).path("request").asText())
          .isEqualTo(number);
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
      List<JsonNode> lines = new ArrayList<>();
      for (String line : server.errors().lines().toList()) {
        lines.add(new ObjectMapper().readTree(line));
      }
      assertThat(lines)
          .allSatisfy(line -> {
            assertThat(Instant.parse(line.path("at").asText())).isBefore(Instant.now());
            assertThat(line.path("level").asText()).isIn("INFO", "WARN");
            assertThat(line.path("message").asText()).isNotEmpty();
            assertThat(line.toString()).doesNotContain("hidden");
          });
      List<JsonNode> ofRequest =
          lines.stream().filter(line -> line.path("request").asText().equals(number)).toList();
      assertThat(ofRequest).hasSize(1);
      JsonNode line = ofRequest.getFirst();
      assertThat(line.path("method").asText()).isEqualTo("POST");
      assertThat(line.path("path").asText()).isEqualTo("/api/v1/filters/check");
      assertThat(line.path("status").asInt()).isEqualTo(401);
      assertThat(line.path("address").asText()).isEqualTo("127.0.0.1");
      assertThat(line.path("millis").isIntegralNumber()).isTrue();
    }
  }

  @Test
  void textHasTheNumberToo() throws Exception {
    try (ServeProcess server = ServeProcess.start(arguments(data, "text"))) {
      URI address = URI.create(server.line().replaceFirst(".*(?=http:)", ""));
      HttpResponse<String> refused = refusedOrder(address);
      String number = refused.headers().firstValue("X-Request-Id").orElseThrow();
      awaitReady(address);
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
      assertThat(server.errors())
          .contains("Requests: [" + number + "] POST /api/v1/filters/check 401 ")
          .contains("NorthboundLink: connected")
          .doesNotContain("[]", "hidden");
    }
  }
}
