package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.command.VethLab;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several segments in one archive, unpacked by tools that are not ours. */
class ArchiveDownloadTest {
  private static final Instant BEGIN = RecordedFiles.BEGIN;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RecordedFiles files;

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID recording;

  @SuppressWarnings("NullAway.Init") // made before each test
  private String folder;

  private final List<Path> segments = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  ArchiveDownloadTest() {}

  @BeforeEach
  void recordSomething() throws Exception {
    files = new RecordedFiles(data);
    recording = files.recording("../uplink & more");
    folder = "uplink-more-" + recording.toString().substring(0, 8);
    for (int number = 1; number <= 4; number++) {
      Instant first = BEGIN.plusSeconds(number * 100L);
      segments.add(files.segment(recording, number, first, number * 10, SECOND));
    }
    appliance = new Appliance(data);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    appliance.close();
  }

  private <T> HttpResponse<T> get(String query, HttpResponse.BodyHandler<T> handler)
      throws Exception {
    String path = "/api/v1/recordings/" + recording + "/archive" + query;
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + appliance.http.authority() + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + appliance.apiToken(Role.ANALYST, Role.ANALYST))
            .build(),
        handler);
  }

  private Path download(String query) throws Exception {
    Path file = data.resolve("got");
    Files.deleteIfExists(file);
    HttpResponse<Path> answer = get(query, BodyHandlers.ofFile(file));
    assertThat(answer.statusCode()).as(query).isEqualTo(200);
    return file;
  }

  private List<String> names(int... numbers) {
    List<String> names = new ArrayList<>();
    for (int number : numbers) {
      names.add(folder + "/" + segments.get(number - 1).getFileName());
    }
    return names;
  }

  private void assertUnpacked(Path directory, int... numbers) throws IOException {
    for (int number : numbers) {
      Path original = segments.get(number - 1);
      assertThat(directory.resolve(folder).resolve(original.getFileName()))
          .hasSameBinaryContentAs(original);
    }
  }

  @Test
  void aZipHasTheFilesByteForByte() throws Exception {
    Path zip = download("");
    assertThat(VethLab.run("unzip", "-t", zip.toString())).contains("No errors detected");
    assertThat(VethLab.run("unzip", "-Z1", zip.toString()).lines())
        .containsExactlyElementsOf(names(1, 2, 3, 4));
    Path out = Files.createDirectories(data.resolve("out"));
    assertThat(VethLab.run("unzip", "-q", zip.toString(), "-d", out.toString())).isEmpty();
    assertUnpacked(out, 1, 2, 3, 4);
    // zip64, whatever the size.
    assertThat(VethLab.run("zipinfo", "-v", zip.toString()))
        .contains("minimum software version required to extract:   4.5");
  }

  @Test
  void aTarHasTheFilesByteForByte() throws Exception {
    Path tar = download("?format=tar");
    assertThat(VethLab.run("tar", "-tf", tar.toString()).lines())
        .containsExactlyElementsOf(names(1, 2, 3, 4));
    Path out = Files.createDirectories(data.resolve("out"));
    assertThat(VethLab.run("tar", "-xf", tar.toString(), "-C", out.toString())).isEmpty();
    assertUnpacked(out, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "numbers=2|2",
        "numbers=3-999999999,1|1,3,4",
        "numbers=1-2,2-3,2|1,2,3",
        "from=2026-11-23T14:00:00Z&to=2026-11-23T14:02:00Z|2"
      })
  void onlyThoseThatWereChosenAreInIt(String query, String numbers) throws Exception {
    int[] wanted = List.of(numbers.split(",")).stream().mapToInt(Integer::parseInt).toArray();
    Path tar = download("?format=tar&" + query);
    assertThat(VethLab.run("tar", "-tf", tar.toString()).lines())
        .containsExactlyElementsOf(names(wanted));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format=rar",
        "numbers=",
        "numbers=1-",
        "numbers=-1",
        "numbers=1&from=5",
        "from=x"
      })
  void whatMakesNoSenseIsRefused(String query) throws Exception {
    assertThat(get("?" + query, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void noSegmentIsNoArchive() throws Exception {
    for (String query : List.of("?numbers=7", "?to=5")) {
      assertThat(get(query, BodyHandlers.ofString()).statusCode()).as(query).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar"})
  void aFileThatGoesMeanwhileBreaksTheConnectionAndIsNeverAShortWhole(String format)
      throws Exception {
    files.segment(recording, 5, BEGIN.plusSeconds(600), 400_000, Duration.ofNanos(1_000));
    Path sixth = files.segment(recording, 6, BEGIN.plusSeconds(700), 10, SECOND);
    HttpResponse<InputStream> answer = get("?format=" + format, BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    try (InputStream body = answer.body()) {
      assertThat(body.readNBytes(1000)).hasSize(1000);
      Files.delete(sixth);
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
    }
  }
}
