package io.tapdeck.web.api;

import static io.tapdeck.web.api.ApiCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor, asked over the network. */
class DoctorRoutesTest {
  /** One whose recorder cannot be started here, and which is tried again. */
  private static final String WANTED =
      """
      {"format": 1, "id": "6f1c1d2e-0000-4000-8000-000000000001",
       "createdAt": "2026-01-01T00:00:00Z", "createdBy": "anna",
       "request": {"name": "night", "interface": "lo", "filter": "", "direction": "auto",
                   "snaplen": 262144, "rotateSize": 1073741824},
       "source": {"interface": "lo"},
       "course": {"wanted": true, "since": "2026-01-01T00:00:00Z", "lastWords": "",
                  "interruptions": 0, "runs": []}}
      """;

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ApiCalls api;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  DoctorRoutesTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
    api = new ApiCalls(appliance);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  @Test
  void itLooksAtTheMachineAndWhereRecordingsGoAndWritesNothing() throws Exception {
    JsonNode report = json(api.as(Role.OPERATOR, "GET /doctor", ""));
    JsonNode findings = report.path("findings");
    assertThat(findings.findValuesAsText("subject"))
        .contains("machine", "directory " + data.resolve("recordings"));
    assertThat(findings.findValuesAsText("check"))
        .contains("kernel", "directory", "free space")
        .doesNotContain("write speed", "loss-free rate");
    for (String grade : List.of("good", "warn", "bad")) {
      assertThat(findings.findValuesAsText("grade").stream().filter(grade::equals).count())
          .as(grade)
          .isEqualTo(report.path(grade).asLong());
    }
    for (JsonNode finding : findings) {
      assertThat(finding.path("remedy").isNull())
          .as(finding.toString())
          .isEqualTo(finding.path("grade").asText().equals("good"));
    }
  }

  @Test
  void anInterfaceThatIsNotThereIsBad() throws Exception {
    JsonNode report = json(api.as(Role.OPERATOR, "GET /doctor?interface=none0", ""));
    assertThat(report.path("bad").asLong()).isPositive();
    assertThat(report.path("findings").findValuesAsText("subject")).contains("interface none0");
  }

  @Test
  void whatCannotBeAnInterfaceIsNotLookedFor() throws Exception {
    for (String wrong :
        List.of(
            "interface=..%2F..%2F..%2Fetc",
            "interface=..",
            "interface=",
            "interface=a%20b",
            "interface=lo&netns=..%2Fx",
            "netns=",
            "measure=yes",
            "measure=")) {
      assertThat(api.as(Role.OPERATOR, "GET /doctor?" + wrong, "").status())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  /** Asks again while the other is at it. */
  private Answer measure() {
    try {
      Answer answer = api.as(Role.OPERATOR, "GET /doctor?measure=true", "");
      while (answer.status() == 503) {
        answer = api.as(Role.OPERATOR, "GET /doctor?measure=true", "");
      }
      return answer;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void theDiskIsMeasuredWhenThatIsAskedForByOneAtATime() throws Exception {
    var _ = appliance.session(Role.ADMIN);
    var _ = appliance.session(Role.OPERATOR);
    CompletableFuture<Answer> measuring = CompletableFuture.supplyAsync(this::measure);
    boolean refused = false;
    while (!refused && !measuring.isDone()) {
      Answer other = api.as(Role.ADMIN, "GET /doctor", "");
      refused = other.status() == 503 && other.body().contains("ask again in a moment");
    }
    assertThat(refused).isTrue();
    Answer measured = measuring.join();
    assertThat(measured.status()).as(measured.body()).isEqualTo(200);
    assertThat(json(measured).path("findings").findValuesAsText("check"))
        .contains("write speed", "loss-free rate");
    try (var files = Files.list(data.resolve("recordings"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void theDiskIsLeftAloneWhileSomethingShouldBeRecorded() throws Exception {
    stop();
    Path recording =
        Files.createDirectories(
            data.resolve("recordings").resolve("6f1c1d2e-0000-4000-8000-000000000001"));
    assertThat(Files.writeString(recording.resolve("recording.json"), WANTED)).exists();
    start();
    Answer refused = api.as(Role.OPERATOR, "GET /doctor?measure=true", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("a recording is under way");
    assertThat(api.as(Role.OPERATOR, "GET /doctor", "").status()).isEqualTo(200);
  }
}
