package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.SegmentArchiver;
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
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesCommandTest {
  private static final Instant BEGIN = Instant.parse("2026-11-23T13:57:19.123456789Z");

  @TempDir private Path directory;
  private String out = "";
  private String err = "";

  @BeforeEach
  void recordTwo() throws Exception {
    write(1);
    write(2);
    archive(Compression.NONE);
  }

  private static SegmentName name(int number) {
    return new SegmentName(BEGIN.plusSeconds(number), number);
  }

  /** A segment of one frame of 60 bytes, as a recorder leaves it. */
  private void write(int number) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(100).order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    long time = UtcTime.toNanos(name(number).opened());
    PcapFormat.putRecordHeader(file, PcapFormat.FILE_HEADER_LENGTH, time, 60, 60);
    Files.write(name(number).in(directory), file.array());
    String at = UtcTime.format(name(number).opened());
    Files.writeString(
        name(number).sidecarIn(directory),
        """
        {"format": 1, "file": "%s", "linkType": 1, "packets": 1, "frameBytes": 60, "bytes": 100,
         "first": "%s", "last": "%s", "gaps": [], "protected": false}
        """
            .formatted(name(number).fileName(), at, at));
  }

  private void archive(Compression compression) throws InterruptedException {
    ArchiveSettings settings = new ArchiveSettings(true, compression, ArchiveSettings.USUAL_RATE);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, settings, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(Duration.ofSeconds(60))).isTrue();
    }
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

  @Test
  void listTellsWhatTheSidecarsSayAndWhatIsOnTheDisk() throws Exception {
    SidecarFile.setProtected(directory, name(2), true);
    archive(Compression.ZSTD);
    Files.delete(name(1).in(directory, Compression.ZSTD));
    assertThat(run("files", "list", directory.toString())).as(err).isZero();
    String hash = SidecarFile.read(name(2).sidecarIn(directory)).orElseThrow().sha256();
    assertThat(out.lines().toList())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("FILE").endsWith("PROTECTED"),
            one -> assertThat(one).startsWith(name(1).fileName() + " ").contains("missing", "no"),
            two ->
                assertThat(two)
                    .startsWith(name(2).fileName() + ".zst ")
                    .contains("100B", "2026-11-23T13:57:21.123456789Z", "0.000 s", "yes")
                    .contains(String.valueOf(hash).substring(0, 12)));
    assertThat(run("files", "list", "--json", directory.toString())).isZero();
    JsonNode segments = new ObjectMapper().readTree(out);
    assertThat(segments).hasSize(2);
    assertThat(segments.get(0).has("storedBytes")).isFalse();
    assertThat(segments.get(1).get("sha256").asText()).isEqualTo(hash);
    assertThat(segments.get(1).get("bytes").asLong()).isEqualTo(100);
    assertThat(segments.get(1).get("storedBytes").asLong())
        .isEqualTo(Files.size(name(2).in(directory, Compression.ZSTD)));
    assertThat(segments.get(1).get("protected").asBoolean()).isTrue();
  }

  @Test
  void verifyEndsWithZeroIfAllIsOk() throws Exception {
    assertThat(run("files", "verify", directory.toString())).as(out + err).isZero();
    assertThat(out)
        .contains("ok          " + name(1).in(directory))
        .endsWith("2 segments: 2 ok" + System.lineSeparator());
    archive(Compression.GZIP);
    assertThat(run("files", "verify", "-q", name(2).in(directory).toString())).isZero();
    assertThat(out + err).isEmpty();
    assertThat(run("files", "verify", "--json", directory.toString())).isZero();
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.get("counts").get("ok").asInt()).isEqualTo(2);
    assertThat(report.get("segments").get(0).get("path").asText()).endsWith(".pcap.gz");
    assertThat(report.get("segments").get(0).get("reasons")).isEmpty();
  }

  @Test
  void verifySaysWhatIsNotOkAndEndsWithOne() throws Exception {
    byte[] content = Files.readAllBytes(name(1).in(directory));
    content[99] = 1;
    Files.write(name(1).in(directory), content);
    Files.delete(name(2).in(directory));
    write(3);
    write(4);
    Files.delete(name(4).sidecarIn(directory));
    assertThat(run("files", "verify", "-q", directory.toString())).isEqualTo(1);
    assertThat(out.lines().toList())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("changed     ").contains("SHA-256"),
            two -> assertThat(two).startsWith("missing     "),
            three -> assertThat(three).startsWith("no hash     "),
            four -> assertThat(four).startsWith("no sidecar  "));
    assertThat(run("files", "verify", "--json", directory.toString())).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.get("segments"))
        .extracting(segment -> segment.get("state").asText())
        .containsExactly("changed", "missing", "no hash", "no sidecar");
    assertThat(report.get("counts").get("no hash").asInt()).isEqualTo(1);
  }

  @Test
  void whatCannotBeLookedAtIsRefused() throws IOException {
    assertThat(run("files", "verify", directory.resolve("none").toString())).isEqualTo(2);
    assertThat(err).contains("none does not exist").hasLineCount(1);
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(run("files", "verify", empty.toString())).isEqualTo(2);
    assertThat(err).contains("no segments").hasLineCount(1);
    assertThat(run("files", "list", directory.resolve("none").toString())).isEqualTo(2);
    assertThat(run("files", "verify")).isEqualTo(2);
    assertThat(run("files")).isEqualTo(2);
  }
}
