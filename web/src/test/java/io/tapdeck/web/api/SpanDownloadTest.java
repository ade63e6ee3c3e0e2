package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.SegmentArchiver;
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
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A span of a recording as one file, judged by tools that are not ours. */
class SpanDownloadTest {
  private static final Instant BEGIN = RecordedFiles.BEGIN;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RecordedFiles files;

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID recording;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  private final HttpClient client = HttpClient.newHttpClient();

  /** What tcpdump reads in each file, before one of them is compressed. */
  private final List<String> frames = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  SpanDownloadTest() {}

  /** The second file begins before the first ends; the first is compressed. */
  @BeforeEach
  void recordSomething() throws Exception {
    files = new RecordedFiles(data);
    recording = files.recording("Names of: office/1");
    frames.addAll(read(files.segment(recording, 1, BEGIN, 10, SECOND)));
    ArchiveSettings settings =
        new ArchiveSettings(true, Compression.ZSTD, ArchiveSettings.USUAL_RATE);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(
            files.directory(recording), settings, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
    }
    Path second = files.segment(recording, 2, BEGIN.plusMillis(8_500), 10, SECOND);
    frames.addAll(read(second));
    frames.addAll(read(files.segment(recording, 3, BEGIN.plusSeconds(100), 10, SECOND)));
    frames.sort(String::compareTo);
    appliance = new Appliance(data);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    appliance.close();
  }

  /** A line a frame, which sort by time: seconds with nanoseconds, lengths, and all bytes. */
  private static List<String> read(Path file) {
    List<String> lines = new ArrayList<>();
    String all =
        VethLab.run(
            "tcpdump", "-r", file.toString(), "-nn", "-tt", "-xx", "--time-stamp-precision=nano");
    for (String line : all.split("\n", -1)) {
      if (line.startsWith("\t") && !lines.isEmpty()) {
        lines.set(lines.size() - 1, lines.getLast() + line.strip());
      } else if (line.matches("\\d+\\.\\d{9} .*")) {
        lines.add(line);
      }
    }
    return lines;
  }

  private <T> HttpResponse<T> get(String query, HttpResponse.BodyHandler<T> handler)
      throws Exception {
    String path = "/api/v1/recordings/" + recording + "/span" + query;
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

  private static String capinfos(Path file, String what) {
    String facts = VethLab.run("capinfos", "-TMr", what, file.toString());
    return facts.strip().split("\t", -1)[1];
  }

  @ParameterizedTest
  @ValueSource(strings = {"pcap", "pcapng"})
  void itHasEveryFrameOfItsFilesInTheOrderOfTimeToTheNanosecond(String format) throws Exception {
    Path file = download("?format=" + format);
    assertThat(read(file)).hasSize(30).isEqualTo(frames);
    assertThat(frames.getFirst()).startsWith("1795442239.123456789 ");
    assertThat(capinfos(file, "-c")).isEqualTo("30");
    // Of 61 bytes each, of which 60 were captured.
    assertThat(capinfos(file, "-d")).isEqualTo("" + 30 * 61);
  }

  @Test
  void onlyFramesFromTheFirstTimeOnAndBeforeTheOtherAreInIt() throws Exception {
    Instant from = BEGIN.plusSeconds(3);
    Instant to = BEGIN.plusSeconds(100);
    List<String> between = read(download("?from=%s&to=%s".formatted(from, to)));
    assertThat(between).hasSize(17).isEqualTo(frames.subList(3, 20));
    assertThat(read(download("?from=%s&to=%s".formatted(from, to.plusNanos(1))))).hasSize(18);
    assertThat(read(download("?from=%s&to=%s".formatted(from.plusNanos(1), to)))).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pcap", "pcapng"})
  void anEmptySpanIsAValidFileWithoutFrames(String format) throws Exception {
    String gap = "from=%s&to=%s".formatted(BEGIN.plusSeconds(50), BEGIN.plusSeconds(60));
    for (String span : List.of("from=1&to=2", gap)) {
      Path file = download("?%s&format=%s".formatted(span, format));
      assertThat(read(file)).isEmpty();
      assertThat(capinfos(file, "-c")).isEqualTo("0");
    }
  }

  @Test
  void aPcapngFileSaysWhatItsFramesWereCapturedOn() throws Exception {
    PcapngInterface tap =
        new PcapngInterface(
            "tap-1",
            "copies of a1",
            "udp port 53",
            OptionalLong.empty(),
            96,
            LinkType.ETHERNET,
            List.of());
    files.pcapngSegment(recording, 4, BEGIN.plusSeconds(200), tap);
    files.pcapngSegment(recording, 5, BEGIN.plusSeconds(201), tap);
    Path file = download("?format=pcapng");
    List<String> facts =
        VethLab.run("capinfos", file.toString())
            .lines()
            .map(line -> line.strip().replaceAll("\\s+", " "))
            .filter(line ->
                line.matches(
                    "Name .*|Desc.*|Filter .*|Capture (len|com).*|Time prec.*|Number of packets"
                        + " =.*"))
            .toList();
    assertThat(facts)
        .containsExactly(
            "Capture comment: recording " + recording + ": Names of: office/1",
            "Name = eth0",
            "Capture length = 262144",
            "Time precision = nanoseconds (9)",
            "Number of packets = 30",
            "Name = tap-1",
            "Description = copies of a1",
            "Capture length = 96",
            "Time precision = nanoseconds (9)",
            "Filter string = udp port 53",
            "Number of packets = 2");
  }

  @Test
  void itsNameIsPlainAndSaysWhatItIs() throws Exception {
    HttpResponse<byte[]> answer = get("?format=pcapng", BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("content-type")).contains("application/x-pcapng");
    assertThat(answer.headers().firstValue("content-disposition"))
        .contains("attachment; filename=\"Names-of-office-1-20261123T135719Z.pcapng\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?format=zip", "?from=5&to=5", "?from=tomorrow"})
  void whatMakesNoSenseIsRefused(String query) throws Exception {
    assertThat(get(query, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void aFileThatIsGoneBeforeItBeginsIsARefusal() throws Exception {
    Files.delete(RecordedFiles.name(3, BEGIN.plusSeconds(100)).in(files.directory(recording)));
    assertThat(get("", BodyHandlers.ofString()).statusCode()).isEqualTo(404);
  }

  @Test
  void damageIsToldAsAFailureEvenIfAllBeforeItFits() throws Exception {
    Path last = RecordedFiles.name(3, BEGIN.plusSeconds(100)).in(files.directory(recording));
    byte[] whole = Files.readAllBytes(last);
    Files.write(last, Arrays.copyOf(whole, whole.length - 10));
    assertThat(get("", BodyHandlers.ofString()).statusCode()).isEqualTo(500);
  }

  @Test
  void aFileThatGoesMeanwhileBreaksTheConnectionAndIsNeverAShortWhole() throws Exception {
    int many = 400_000;
    files.segment(recording, 4, BEGIN.plusSeconds(200), many, Duration.ofNanos(1_000));
    Path fifth = files.segment(recording, 5, BEGIN.plusSeconds(300), 10, SECOND);
    HttpResponse<InputStream> answer = get("", BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    try (InputStream body = answer.body()) {
      assertThat(body.readNBytes(1000)).hasSize(1000);
      Files.delete(fifth);
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
    }
  }
}
