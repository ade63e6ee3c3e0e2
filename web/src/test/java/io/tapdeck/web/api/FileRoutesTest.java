package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on disk over all recordings, and its deletion. */
class FileRoutesTest {
  private static final Instant BEGIN = RecordedFiles.BEGIN;
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RecordedFiles files;

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID office;

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID uplink;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  FileRoutesTest() {}

  /** The office has 10 s from 0, 10 and 100; the uplink 5 s from 12. */
  @BeforeEach
  void recordSomething() throws IOException {
    files = new RecordedFiles(data);
    office = files.recording("office");
    uplink = files.recording("uplink");
    files.segment(office, 1, BEGIN, 10, SECOND);
    files.segment(office, 2, BEGIN.plusSeconds(10), 10, SECOND);
    files.segment(office, 3, BEGIN.plusSeconds(100), 10, SECOND);
    files.segment(uplink, 1, BEGIN.plusSeconds(12), 5, SECOND);
    appliance = new Appliance(data);
  }

  @AfterEach
  void close() throws IOException {
    appliance.close();
  }

  private Answer as(Role role, String methodAndPath) throws Exception {
    return new ApiCalls(appliance).as(role, methodAndPath, "{}");
  }

  private JsonNode get(String path) throws Exception {
    Answer answer = as(Role.VIEWER, "GET " + path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return ApiCalls.json(answer);
  }

  private static JsonNode lane(JsonNode timeline, UUID recording) {
    for (JsonNode lane : timeline.path("lanes")) {
      if (lane.path("recording").asText().equals(recording.toString())) {
        return lane;
      }
    }
    throw new AssertionError("no lane of " + recording + " in " + timeline);
  }

  private static List<String> segments(JsonNode list) {
    List<String> found = new ArrayList<>();
    list.path("segments")
        .forEach(one -> found.add(one.path("recording").asText() + " " + one.path("number")));
    return found;
  }

  @Test
  void theTimeLineHasALaneForEachRecordingAndJoinsWhatIsClose() throws Exception {
    JsonNode all = get("/timeline");
    assertThat(Instant.parse(all.path("first").asText())).isEqualTo(BEGIN);
    assertThat(Instant.parse(all.path("last").asText())).isEqualTo(BEGIN.plusSeconds(109));
    assertThat(all.path("lanes")).hasSize(2);
    JsonNode lane = lane(all, office);
    assertThat(lane.path("segments").asLong()).isEqualTo(3);
    assertThat(lane.path("packets").asLong()).isEqualTo(30);
    assertThat(lane.path("bytes").asLong()).isEqualTo(3 * (24 + 10 * (16 + 60)));
    // 109 s in 600 steps: a second's gap is seen.
    assertThat(lane.path("pieces")).hasSize(3);
    JsonNode coarse = lane(get("/timeline?steps=20"), office).path("pieces");
    assertThat(coarse).hasSize(2);
    assertThat(coarse.path(0).path("segments").asLong()).isEqualTo(2);
    assertThat(Instant.parse(coarse.path(0).path("from").asText())).isEqualTo(BEGIN);
    assertThat(Instant.parse(coarse.path(0).path("to").asText())).isEqualTo(BEGIN.plusSeconds(19));
  }

  @Test
  void aSpanHasWhatHasFramesInItAndNoMore() throws Exception {
    String span = "from=%s&to=%s".formatted(BEGIN.plusSeconds(19), BEGIN.plusSeconds(100));
    JsonNode some = get("/timeline?" + span);
    assertThat(some.path("lanes")).hasSize(1);
    assertThat(lane(some, office).path("segments").asLong()).isEqualTo(1);
    assertThat(segments(get("/segments?" + span))).containsExactly(office + " 2");
    String later = BEGIN.plusSeconds(100).plusNanos(1).toString();
    assertThat(segments(get("/segments?from=%s".formatted(later)))).containsExactly(office + " 3");
    assertThat(segments(get("/segments?to=%s".formatted(BEGIN)))).isEmpty();
  }

  @Test
  void segmentsComeInTheOrderOfTimePartByPart() throws Exception {
    List<String> all = new ArrayList<>();
    String query = "/segments?limit=1";
    JsonNode part = get(query);
    while (!part.path("next").isNull()) {
      assertThat(part.path("segments")).hasSize(1);
      all.addAll(segments(part));
      part = get(query + "&after=" + part.path("next").asText());
    }
    assertThat(segments(part)).isEmpty();
    assertThat(all)
        .containsExactly(office + " 1", office + " 2", uplink + " 1", office + " 3")
        .isEqualTo(segments(get("/segments")));
    JsonNode first = get("/segments").path("segments").path(0);
    assertThat(first.path("packets").asLong()).isEqualTo(10);
    assertThat(first.path("protected").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/segments?limit=0",
        "/segments?limit=1001",
        "/segments?after=1",
        "/segments?after=99999999999999999999_6f1c1d2e-0000-4000-8000-000000000001_1",
        "/segments?after=9999999999999999999_6f1c1d2e-0000-4000-8000-000000000001_1",
        "/segments?from=yesterday",
        "/segments?from=%2B90s",
        "/segments?from=20&to=20",
        "/timeline?from=20&to=19",
        "/timeline?to=99999999999",
        "/timeline?steps=0",
        "/timeline?steps=4001"
      })
  void whatIsOutOfBoundsIsRefused(String path) throws Exception {
    assertThat(as(Role.VIEWER, "GET " + path).status()).isEqualTo(400);
  }

  @Test
  void whatIsNoRecordingOfTheApplianceIsNotShown() throws Exception {
    appliance.close();
    Files.delete(files.directory(uplink).resolve("recording.json"));
    appliance = new Appliance(data);
    assertThat(get("/timeline").path("lanes")).hasSize(1);
    assertThat(segments(get("/segments"))).hasSize(3).noneMatch(one -> one.contains("" + uplink));
  }

  @Test
  void aDeletedSegmentIsGoneWithItsSidecarAndTheOthersStay() throws Exception {
    String path = "/recordings/" + office + "/segments/2";
    assertThat(as(Role.OPERATOR, "DELETE " + path).status()).isEqualTo(204);
    try (var left = Files.list(files.directory(office))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .hasSize(5)
          .noneMatch(name -> name.contains("-000002."));
    }
    assertThat(segments(get("/segments"))).hasSize(3).doesNotContain(office + " 2");
    assertThat(lane(get("/timeline"), office).path("packets").asLong()).isEqualTo(20);
    assertThat(as(Role.OPERATOR, "DELETE " + path).status()).isEqualTo(404);
  }

  @Test
  void aProtectedSegmentIsNotDeleted() throws Exception {
    Path directory = files.directory(office);
    SidecarFile.setProtected(directory, RecordedFiles.name(1, BEGIN), true);
    String path = "DELETE /recordings/" + office + "/segments/1";
    Answer refused = as(Role.OPERATOR, path);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("protected");
    assertThat(RecordedFiles.name(1, BEGIN).in(directory)).exists();
    SidecarFile.setProtected(directory, RecordedFiles.name(1, BEGIN), false);
    assertThat(as(Role.OPERATOR, path).status()).isEqualTo(204);
  }

  @Test
  void nothingIsDeletedThroughALink() throws Exception {
    Path own = files.directory(office);
    Path elsewhere = data.resolve("elsewhere");
    Files.move(own, elsewhere);
    Files.createSymbolicLink(own, elsewhere);
    String path = "DELETE /recordings/" + office + "/segments/1";
    assertThat(as(Role.OPERATOR, path).status()).isEqualTo(404);
    assertThat(RecordedFiles.name(1, BEGIN).in(elsewhere)).exists();
  }
}
