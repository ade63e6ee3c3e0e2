package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.segment.SegmentName;
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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindCommandTest {
  private static final Instant BEGIN = Instant.parse("2026-11-23T13:57:19Z");
  private static final int LENGTH = 64;
  private static final int PACKETS = 100;

  @TempDir private Path data;
  private Path recording = Path.of("");
  private String out = "";
  private String err = "";

  /** Two segments of TCP packets between one server and ten clients, a second apart. */
  @BeforeEach
  void recordTwo() throws IOException {
    recording = Files.createDirectories(data.resolve("recordings").resolve("one"));
    write(1);
    write(2);
  }

  private static Instant time(int packet) {
    return BEGIN.plusSeconds(packet);
  }

  private void write(int number) throws IOException {
    int record = PcapFormat.RECORD_HEADER_LENGTH + LENGTH;
    int bytes = PcapFormat.FILE_HEADER_LENGTH + PACKETS * record;
    ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    int first = (number - 1) * PACKETS;
    for (int i = 0; i < PACKETS; i++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + i * record;
      long time = UtcTime.toNanos(time(first + i));
      PcapFormat.putRecordHeader(file, at, time, LENGTH, LENGTH);
      frame(file.slice(at + PcapFormat.RECORD_HEADER_LENGTH, LENGTH), i % 10);
    }
    SegmentName name = new SegmentName(time(first), number);
    Files.write(name.in(recording), file.array());
    Files.writeString(
        name.sidecarIn(recording),
        """
        {"format": 1, "file": "%s", "linkType": 1, "packets": 100, "frameBytes": 6400,
         "bytes": %d, "first": "%s", "last": "%s", "gaps": [], "protected": false}
        """
            .formatted(
                name.fileName(),
                bytes,
                UtcTime.format(time(first)),
                UtcTime.format(time(first + PACKETS - 1))));
  }

  private static void frame(ByteBuffer frame, int client) {
    frame.order(ByteOrder.BIG_ENDIAN);
    frame.putShort(12, (short) 0x8100).putShort(14, (short) 12).putShort(16, (short) 0x0800);
    frame.put(18, (byte) 0x45).put(27, (byte) 6);
    frame.putInt(30, 0x0A010007).putInt(34, 0x0A020000 | client);
    frame.putShort(38, (short) 443).putShort(40, (short) (50_000 + client));
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
  void tellsEachPacketInALine() {
    String expression = "conversation 10.2.0.3:50003 10.1.0.7:443";
    assertThat(run("find", expression, "--limit", "2", data.toString())).as(err).isZero();
    assertThat(out.lines())
        .containsExactly(
            "2026-11-23T13:57:22.000000000Z  tcp 10.1.0.7:443 > 10.2.0.3:50003  vlan 12  64 bytes",
            "2026-11-23T13:57:32.000000000Z  tcp 10.1.0.7:443 > 10.2.0.3:50003  vlan 12  64 bytes");
  }

  @Test
  void countsInRecordingsDirectoriesAndFiles() {
    for (Path where : List.of(data, recording)) {
      assertThat(run("find", "host 10.2.0.3", "--count", where.toString())).as(err).isZero();
      assertThat(out).isEqualTo("20" + System.lineSeparator());
    }
    Path file = new SegmentName(time(100), 2).in(recording);
    assertThat(run("find", "not host 10.2.0.3", "--count", file.toString())).as(err).isZero();
    assertThat(out).isEqualTo("90" + System.lineSeparator());
  }

  @Test
  void timeIsByTheClockOrBeforeNow() {
    String[] spans = {
      "--from=2026-11-23T13:57:29Z --to=2026-11-23T13:57:39Z",
      "--from=2026-11-23T14:57:29+01:00 --to=" + time(20).getEpochSecond(),
    };
    for (String span : spans) {
      String[] words = span.split(" ", -1);
      assertThat(run("find", "", "--count", words[0], words[1], data.toString())).as(err).isZero();
      assertThat(out).as(span).isEqualTo("10" + System.lineSeparator());
    }
    Instant now = Instant.parse("2026-11-23T15:00:00Z");
    assertThat(FindTimes.parse("-2h", now))
        .isEqualTo(UtcTime.toNanos(now.minus(Duration.ofHours(2))));
    assertThat(FindTimes.parse("now", now)).isEqualTo(UtcTime.toNanos(now));
    assertThat(run("find", "", "--count", "--from", "-2h", "--to", "now", data.toString()))
        .as(err)
        .isZero();
  }

  @Test
  void writesACaptureFile() throws IOException {
    for (String name : List.of("found.pcap", "found.pcapng")) {
      Path file = data.resolve(name);
      assertThat(run("find", "port 50004", "-w", file.toString(), data.toString()))
          .as(err)
          .isZero();
      assertThat(out).isEqualTo("20 packets" + System.lineSeparator());
      try (PcapReader reader = PcapReader.open(file)) {
        int packets = 0;
        while (reader.next()) {
          assertThat(reader.timestampNanos()).isEqualTo(UtcTime.toNanos(time(4 + 10 * packets)));
          packets++;
        }
        assertThat(packets).isEqualTo(20);
        assertThat(reader.damage()).isEmpty();
      }
    }
  }

  @Test
  void tellsWhoTalksToWhom() {
    assertThat(run("find", "vlan 12 and net 10.2.0.8/31", "--conversations", data.toString()))
        .as(err)
        .isZero();
    assertThat(out.lines())
        .containsExactly(
            "tcp   10.1.0.7:443  10.2.0.8:50008  20 packets  1.3KiB  from"
                + " 2026-11-23T13:57:27.000000000Z  190.000 s",
            "tcp   10.1.0.7:443  10.2.0.9:50009  20 packets  1.3KiB  from"
                + " 2026-11-23T13:57:28.000000000Z  190.000 s");
  }

  @Test
  void jsonIsALineAPacketAndOneForAll() throws IOException {
    assertThat(run("find", "port 50001", "--limit", "1", "--json", data.toString())).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode packet = new ObjectMapper().readTree(lines.getFirst());
    assertThat(packet.get("networks").get(0).get("destinationPort").asInt()).isEqualTo(50_001);
    assertThat(packet.get("vlans").get(0).asInt()).isEqualTo(12);
    JsonNode report = new ObjectMapper().readTree(lines.getLast());
    assertThat(report.get("found").asInt()).isEqualTo(1);
    assertThat(report.get("problems")).isEmpty();
  }

  @Test
  void bothLanguagesCanBeUsed() {
    // To libpcap's filter, what is behind the tag is not there.
    assertThat(run("find", "host 10.2.0.3", "--bpf", "port 443", "--count", data.toString()))
        .isZero();
    assertThat(out).isEqualTo("0" + System.lineSeparator());
    assertThat(
            run("find", "host 10.2.0.3", "--bpf", "vlan and port 443", "--count", data.toString()))
        .isZero();
    assertThat(out).isEqualTo("20" + System.lineSeparator());
  }

  @Test
  void whatMakesNoSenseIsRefusedInALine() {
    String where = data.toString();
    assertThat(run("find", "host 10.1.0", where)).isEqualTo(ExitStatus.REFUSED);
    assertThat(err)
        .isEqualTo(
            "tapdeck find: 'host 10.1.0' is no expression, at character 6: '10.1.0' is not an IP"
                + " address (names are not looked up)"
                + System.lineSeparator());
    assertThat(run("find", "", "--bpf", "hots", where)).isEqualTo(ExitStatus.REFUSED);
    assertThat(err).contains("'hots' is no filter");
    assertThat(run("find", "", "--from", "yesterday", where)).isEqualTo(ExitStatus.REFUSED);
    assertThat(err).contains("'yesterday' is not a time");
    assertThat(run("find", "", "--count", "-w", "x", where)).isEqualTo(ExitStatus.REFUSED);
    assertThat(err).contains("choose one of");
    assertThat(run("find", "", data.resolve("none").toString())).isEqualTo(ExitStatus.REFUSED);
    assertThat(err).contains("does not exist");
  }

  @Test
  void whatCannotBeSearchedIsToldOf() throws IOException {
    Path file = new SegmentName(time(0), 1).in(recording);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 10));
    assertThat(run("find", "vlan 12", "--count", data.toString())).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(out).isEqualTo("199" + System.lineSeparator());
    assertThat(err).contains(file + " is damaged", "the last frame is cut short");
  }
}
