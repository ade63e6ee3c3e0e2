package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.SegmentArchiver;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A segment that is verified by the API. */
class VerificationTest {
  private static final int PACKETS = 40_000;

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RecordedFiles files;

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID recording;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Path segment;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  VerificationTest() {}

  @BeforeEach
  void recordSomething() throws Exception {
    files = new RecordedFiles(data);
    recording = files.recording("office");
    segment = files.segment(recording, 1, RecordedFiles.BEGIN, PACKETS, Duration.ofNanos(1_000));
    try (SegmentArchiver archiver =
        SegmentArchiver.start(
            files.directory(recording), ArchiveSettings.USUAL, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(Duration.ofSeconds(30))).isTrue();
    }
    appliance = new Appliance(data);
  }

  @AfterEach
  void close() throws IOException {
    appliance.close();
  }

  private Answer verify() throws Exception {
    return new ApiCalls(appliance)
        .as(Role.ANALYST, "GET /recordings/" + recording + "/segments/1/verification", "");
  }

  /** The data of the last event of that name. */
  private static JsonNode last(Answer answer, String event) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
    String head = "event: " + event + "\ndata: ";
    int at = answer.body().lastIndexOf(head);
    assertThat(at).as(answer.body()).isNotNegative();
    return new ObjectMapper().readTree(answer.body().substring(at + head.length()));
  }

  @Test
  void whatIsAsItWasRecordedIsOkAndHowFarItIsIsToldMeanwhile() throws Exception {
    Answer answer = verify();
    assertThat(last(answer, "verdict").path("state").asText()).isEqualTo("ok");
    assertThat(last(answer, "verdict").path("reasons")).isEmpty();
    assertThat(last(answer, "progress").path("of").asLong()).isEqualTo(Files.size(segment));
    assertThat(last(answer, "progress").path("read").asLong()).isBetween(1L, Files.size(segment));
  }

  @Test
  void aByteThatIsAnotherIsFoundAndThePlaceOfTheFileIsNotTold() throws Exception {
    byte[] content = Files.readAllBytes(segment);
    content[content.length / 2] ^= 1;
    Files.write(segment, content);
    Answer answer = verify();
    JsonNode verdict = last(answer, "verdict");
    assertThat(verdict.path("state").asText()).isEqualTo("changed");
    assertThat(verdict.path("reasons").path(0).asText()).startsWith("SHA-256");
    Files.writeString(segment, "no capture at all, and short");
    assertThat(last(verify(), "verdict").path("state").asText()).isIn("changed", "damaged");
    assertThat(answer.body()).doesNotContain(data.toString());
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path secret = Files.writeString(data.resolve("secret"), "secret");
    Files.delete(segment);
    Files.createSymbolicLink(segment, secret);
    assertThat(verify().status()).isEqualTo(404);
  }
}
