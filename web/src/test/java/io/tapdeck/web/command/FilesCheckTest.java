package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tapdeck files check} on a data directory with two recordings of two segments. */
class FilesCheckTest {
  private static final Instant BEGIN = Instant.parse("2026-11-23T13:57:19.123456789Z");
  private static final UUID ONE = new UUID(7, 1);
  private static final UUID OTHER = new UUID(7, 2);

  @TempDir private Path data;
  private String out = "";
  private String err = "";

  @BeforeEach
  void recordTwice() throws IOException {
    for (UUID recording : List.of(ONE, OTHER)) {
      Files.createDirectories(directory(recording));
      Files.writeString(directory(recording).resolve("recording.json"), "{}");
      write(recording, 1);
      write(recording, 2);
    }
    index();
  }

  private void index() throws IOException {
    Catalog.open(data).close();
  }

  private Path directory(UUID recording) {
    return data.resolve("recordings").resolve(recording.toString());
  }

  private static SegmentName name(int number) {
    return new SegmentName(BEGIN.plusSeconds(number), number);
  }

  private Path file(UUID recording, int number) {
    return name(number).in(directory(recording));
  }

  private Path sidecar(UUID recording, int number) {
    return name(number).sidecarIn(directory(recording));
  }

  /** A segment of one frame of 60 bytes, as a recorder leaves it. */
  private void write(UUID recording, int number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(bytes, 0, 65_535, LinkType.ETHERNET);
    long time = UtcTime.toNanos(name(number).opened());
    PcapFormat.putRecordHeader(bytes, PcapFormat.FILE_HEADER_LENGTH, time, 60, 60);
    Files.write(file(recording, number), bytes.array());
    String at = UtcTime.format(name(number).opened());
    Files.writeString(
        sidecar(recording, number),
        """
        {"format": 1, "file": "%s", "linkType": 1, "packets": 1, "frameBytes": 60, "bytes": 100,
         "first": "%s", "last": "%s", "gaps": [], "protected": false}
        """
            .formatted(name(number).fileName(), at, at));
  }

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter errors = new StringWriter();
    int status =
        Tapdeck.commandLine()
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(errors))
            .execute(arguments);
    out = printed.toString();
    err = errors.toString();
    return status;
  }

  /** Kind and path of each disagreement. */
  private List<String> disagreements() throws IOException {
    assertThat(run("files", "check", "--json", data.toString())).as(err).isEqualTo(1);
    List<String> told = new ArrayList<>();
    for (JsonNode one : new ObjectMapper().readTree(out).path("disagreements")) {
      assertThat(one.path("reason").asText()).isNotEmpty();
      told.add(one.path("kind").asText() + ": " + one.path("path").asText());
    }
    return told;
  }

  private String within(Path path) {
    return data.relativize(path).toString();
  }

  @Test
  void whereAllAgreesItSaysSoAndChangesNothing() throws Exception {
    byte[] before = Files.readAllBytes(data.resolve("catalog.db"));
    assertThat(run("files", "check", data.toString())).as(out + err).isZero();
    assertThat(out.strip()).isEqualTo("2 recordings, 4 segments: all agrees");
    assertThat(run("files", "check", "--json", data.toString())).isZero();
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.path("recordings").asInt()).isEqualTo(2);
    assertThat(report.path("segments").asInt()).isEqualTo(4);
    assertThat(report.path("catalog").asBoolean()).isTrue();
    assertThat(report.path("disagreements")).isEmpty();
    assertThat(Files.readAllBytes(data.resolve("catalog.db"))).isEqualTo(before);
  }

  @Test
  void everyDisagreementIsFoundAndNamed() throws Exception {
    Files.delete(file(ONE, 1));
    Files.writeString(file(ONE, 2), "cut");
    Path stranger = Files.writeString(directory(OTHER).resolve("notes.txt"), "mine");
    Path beside = Files.createDirectories(data.resolve("recordings/elsewhere"));
    Files.delete(file(OTHER, 1));
    Files.delete(sidecar(OTHER, 1));
    SidecarFile.setProtected(directory(OTHER), name(2), true);
    write(OTHER, 3);
    write(OTHER, 4);
    Files.delete(sidecar(OTHER, 4));
    assertThat(disagreements())
        .containsExactlyInAnyOrder(
            "missing: " + within(file(ONE, 1)),
            "changed: " + within(file(ONE, 2)),
            "foreign: " + within(stranger),
            "foreign: " + within(beside),
            "only in catalog: " + within(file(OTHER, 1)),
            "not in catalog: " + within(file(OTHER, 2)),
            "not in catalog: " + within(file(OTHER, 3)),
            "no sidecar: " + within(file(OTHER, 4)));
    assertThat(run("files", "check", data.toString())).isEqualTo(1);
    assertThat(out)
        .contains("missing          " + within(file(ONE, 1)) + ": only its sidecar is there")
        .contains("2 recordings, 5 segments: 8 do not agree");
  }

  @Test
  void aRecordingThatIsGoneIsStillInTheCatalog() throws Exception {
    for (int number = 1; number <= 2; number++) {
      Files.delete(file(ONE, number));
      Files.delete(sidecar(ONE, number));
    }
    Files.delete(directory(ONE).resolve("recording.json"));
    Files.delete(directory(ONE));
    assertThat(disagreements())
        .containsExactlyInAnyOrder(
            "only in catalog: " + within(file(ONE, 1)), "only in catalog: " + within(file(ONE, 2)));
  }

  @Test
  void aCatalogThatIsNoneIsToldAndOneThatIsNotThereIsNoDisagreement() throws Exception {
    Files.writeString(data.resolve("catalog.db"), "this is no database, though it is long enough");
    assertThat(disagreements()).containsExactly("unusable: catalog.db");
    Files.delete(data.resolve("catalog.db"));
    assertThat(run("files", "check", data.toString())).as(out + err).isZero();
    assertThat(out.strip()).isEqualTo("2 recordings, 4 segments: all agrees; there is no catalog");
  }

  @Test
  void whatIsNoDataDirectoryIsRefused() {
    assertThat(run("files", "check", directory(ONE).toString())).isEqualTo(2);
    assertThat(err).contains("is no data directory");
  }
}
