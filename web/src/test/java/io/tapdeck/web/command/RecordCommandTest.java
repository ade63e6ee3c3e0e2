package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command as a process of its own, on a veth between two network namespaces, with capinfos and
 * tshark as judges. In every test received = written + droppedKernel + unreadAtStop.
 */
@Tag("lab")
@Timeout(60)
class RecordCommandTest {
  private static final int FRAME_OVERHEAD = 42;

  @TempDir private Path directory;
  private RecordingLab lab;

  @BeforeEach
  void makeLab() throws Exception {
    lab = new RecordingLab();
  }

  @AfterEach
  void removeLab() throws Exception {
    lab.remove();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsItWithEveryFrameOnDisk(String signal) throws Exception {
    try (RecordProcess recorder = record()) {
      lab.send(5000, 100);
      recorder.signal(signal);
      JsonNode report = recorder.end(0);
      assertAccounted(report, 5000, 5000, 0, 0);
      assertThat(report.get("writtenBytes").asLong()).isEqualTo(5000L * (100 + FRAME_OVERHEAD));
    }
  }

  @Test
  void aSignalInTheMiddleOfTrafficEndsItWithEveryFrameThatWasCounted() throws Exception {
    try (RecordProcess recorder = record()) {
      Process flood = lab.startSending(10_000_000, 60);
      try {
        recorder.awaitSegment();
        recorder.signal("TERM");
        JsonNode report = recorder.end(0);
        assertThat(report.get("unreadAtStop").asLong()).isZero();
        assertBalanced(report);
      } finally {
        flood.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aPacketLimitLeavesTheRestUnread() throws Exception {
    try (RecordProcess recorder = record("--stop-after", "100p", "--stop-after", "1h")) {
      recorder.pause();
      lab.send(300, 60);
      recorder.resume();
      assertAccounted(recorder.end(0), 300, 100, 0, 200);
    }
  }

  @Test
  void aSizeLimitIsNeverExceededAndNeitherIsASegments() throws Exception {
    try (RecordProcess recorder =
        record("-s", "200", "--stop-after", "100kB", "--rotate-size", "40kB")) {
      recorder.pause();
      lab.send(3000, 60);
      recorder.resume();
      JsonNode report = recorder.end(0);
      assertBalanced(report);
      long[] sizes = new long[report.get("segments").size()];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = report.get("segments").get(i).get("bytes").asLong();
      }
      int record = 16 + 60 + FRAME_OVERHEAD;
      assertThat(sizes).hasSize(3);
      assertThat(sizes[0]).isBetween(40_000L - record, 40_000L).isEqualTo(sizes[1]);
      assertThat(sizes[0] + sizes[1] + sizes[2]).isBetween(100_000L - record, 100_000L);
    }
  }

  @Test
  void aTimeLimitEndsAnIdleRecordingWithoutASegment() throws Exception {
    try (RecordProcess recorder = record("--stop-after", "100ms")) {
      JsonNode report = recorder.end(0);
      assertAccounted(report, 0, 0, 0, 0);
      assertThat(report.get("segments")).isEmpty();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void onlyFramesThatMatchTheFilterAreReceived() throws Exception {
    try (RecordProcess recorder = record("-f", "udp and len == 142", "-s", "50")) {
      lab.send(1000, 60);
      lab.send(700, 100);
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertAccounted(report, 700, 700, 0, 0);
      assertThat(report.get("writtenBytes").asLong()).isEqualTo(700 * 50);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "out", "both"})
  void directionIsWhatTheInterfaceReceivesOrSends(String direction) throws Exception {
    // On the sending side every frame goes out.
    int expected = direction.equals("in") ? 0 : 400;
    try (RecordProcess recorder =
        RecordProcess.start(
            "-i",
            RecordingLab.SENDING,
            "--netns",
            lab.sender(),
            "-o",
            directory.toString(),
            "--direction",
            direction,
            "-f",
            "udp port 9")) {
      lab.send(400, 60);
      recorder.signal("TERM");
      assertAccounted(recorder.end(0), expected, expected, 0, 0);
    }
  }

  @Test
  void onATapNicOnlyWhatItReceivesIsRecorded() throws Exception {
    lab.makeTapNic();
    try (RecordProcess recorder = record()) {
      lab.send(300, 60);
      lab.sendBack(200);
      recorder.signal("TERM");
      assertAccounted(recorder.end(0), 300, 300, 0, 0);
    }
  }

  @Test
  void elsewhereWhatItSendsIsRecordedToo() throws Exception {
    try (RecordProcess recorder = record()) {
      lab.send(300, 60);
      lab.sendBack(200);
      recorder.signal("TERM");
      assertAccounted(recorder.end(0), 500, 500, 0, 0);
    }
  }

  @Test
  void onLoopbackEachFrameIsRecordedOnce() throws Exception {
    try (RecordProcess recorder =
        RecordProcess.start(
            "-i", "lo", "--netns", lab.sender(), "-o", directory.toString(), "-f", "udp port 9")) {
      lab.sendTo("127.0.0.1", 500, 60);
      recorder.signal("TERM");
      assertAccounted(recorder.end(0), 500, 500, 0, 0);
    }
  }

  @Test
  void whatTheKernelDropsIsCounted() throws Exception {
    try (RecordProcess recorder = record("--buffer", "2MiB")) {
      recorder.pause();
      lab.send(20_000, 1000);
      recorder.resume();
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(report.get("received").asLong()).isEqualTo(20_000);
      assertThat(report.get("droppedKernel").asLong()).isBetween(15_000L, 19_999L);
      assertThat(report.get("unreadAtStop").asLong()).isZero();
      assertBalanced(report);
    }
  }

  @Test
  void vlanTagsAreKept() throws Exception {
    try (RecordProcess recorder = record()) {
      lab.sendTagged(42, 250);
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertAccounted(report, 250, 250, 0, 0);
      assertThat(count(report, "vlan.id == 42")).isEqualTo(250);
    }
  }

  @Test
  void anInterfaceThatGoesDownOrAwayIsWaitedForAndTheGapIsOnRecord() throws Exception {
    try (RecordProcess recorder = record()) {
      lab.send(800, 60);
      lab.setDown();
      recorder.awaitSaid("waiting: tdc-b: ");
      lab.setUp();
      recorder.awaitSaid("recording again");
      lab.send(100, 60);
      lab.deleteLink();
      recorder.awaitSaid("waiting: tdc-b: ", 2);
      lab.addLink();
      recorder.awaitSaid("recording again", 2);
      lab.send(10, 60);
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertAccounted(report, 910, 910, 0, 0);
      JsonNode gaps = report.get("gaps");
      assertThat(gaps).hasSize(2);
      for (JsonNode gap : gaps) {
        Instant from = Instant.parse(gap.get("from").asText());
        Instant to = Instant.parse(gap.get("to").asText());
        assertThat(Duration.between(from, to)).isPositive();
        assertThat(gap.get("reason").asText()).startsWith("tdc-b: ");
      }
      assertThat(sidecarGaps(report)).isEqualTo(gaps);
    }
  }

  @Test
  void aRecordingThatWaitsEndsInOrder() throws Exception {
    try (RecordProcess recorder = record()) {
      lab.send(800, 60);
      lab.deleteLink();
      recorder.awaitSaid("waiting: tdc-b: ");
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertAccounted(report, 800, 800, 0, 0);
      assertThat(report.get("gaps")).hasSize(1);
      assertThat(report.get("gaps").get(0).get("to").isNull()).isTrue();
    }
  }

  @Test
  void whatAFullDiskDoesNotTakeWhenItIsStoppedIsSaid() throws Exception {
    lab.mountSmallDisk(directory, "1m");
    try (RecordProcess recorder = record()) {
      lab.send(2000, 1000);
      recorder.awaitSaid("paused: disk full");
      recorder.signal("TERM");
      JsonNode report = recorder.end(1);
      assertThat(report.get("received").asLong()).isEqualTo(2000);
      assertThat(report.get("written").asLong()).isBetween(900L, 1000L);
      assertThat(report.get("buffered").asLong()).isPositive();
      assertBalanced(report);
      assertThat(recorder.errors()).contains("disk full when the recording was stopped");
      // What was written is complete nevertheless, with its sidecar.
      String segment = report.get("segments").get(0).get("file").asText();
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .filteredOn(name -> name.startsWith("2"))
            .containsExactlyInAnyOrder(segment, segment + ".json");
      }
      JsonNode sidecar = new ObjectMapper().readTree(directory.resolve(segment + ".json").toFile());
      assertThat(sidecar.get("packets")).isEqualTo(report.get("written"));
      assertThat(sidecar.get("recovered").get("reason").asText()).isEqualTo("disk full");
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void segmentsEndWithTheirIntervalAlsoWithoutFrames() throws Exception {
    try (RecordProcess recorder = record("--rotate-every", "500ms")) {
      lab.send(100, 60);
      // No frame comes after these, and yet the segment is completed.
      recorder.awaitFile(Pattern.compile(".*\\.pcap\\.json"));
      recorder.signal("TERM");
      assertAccounted(recorder.end(0), 100, 100, 0, 0);
    }
  }

  @Test
  void whatAKilledRecorderLeftIsCompletedByTheNext() throws Exception {
    try (RecordProcess killed = record()) {
      lab.send(2500, 60);
      killed.awaitSize(Pattern.compile(".*\\.pcap\\.part"), 24 + 2500L * (16 + 60 + 42));
      killed.signal("KILL");
      killed.endKilled();
    }
    try (RecordProcess next = record("--stop-after", "10ms")) {
      assertAccounted(next.end(0), 0, 0, 0, 0);
      assertThat(next.errors()).contains("recovered").contains("2500 packets");
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.sorted().toList();
      assertThat(all).hasSize(2);
      assertThat(RecordingLab.capinfos(all.get(0)).packets()).isEqualTo(2500);
    }
  }

  @Test
  void onlyTheNewestSegmentsAndTheProtectedAndForeignFilesAreLeft() throws Exception {
    int tenFrames = 24 + 10 * (16 + 60 + FRAME_OVERHEAD);
    String[] rotating = {"-s", "200", "--rotate-size", "" + tenFrames};
    try (RecordProcess earlier = record(rotating)) {
      lab.send(20, 60);
      earlier.signal("TERM");
      assertAccounted(earlier.end(0), 20, 20, 0, 0);
    }
    List<String> before = fileNames();
    assertThat(before).hasSize(4);
    Path sidecar = directory.resolve(before.get(1));
    Files.writeString(
        sidecar,
        Files.readString(sidecar).replace("\"protected\" : false", "\"protected\" : true"));
    Files.writeString(directory.resolve("foreign.pcap"), "somebody's");

    String[] keeping =
        Stream.concat(Stream.of(rotating), Stream.of("--keep-files", "3")).toArray(String[]::new);
    JsonNode report;
    try (RecordProcess recorder = record(keeping)) {
      lab.send(95, 60);
      recorder.signal("TERM");
      report = recorder.end(0);
    }

    // The protected one counts, so two of the ten are left besides.
    assertAccounted(report, 95, 95, 0, 0);
    assertThat(report.get("removed").toString())
        .isEqualTo("{\"segments\":8,\"packets\":80,\"bytes\":%d}".formatted(8 * tenFrames));
    assertThat(report.get("removedEarlier").toString())
        .isEqualTo("{\"segments\":1,\"packets\":10,\"bytes\":%d}".formatted(tenFrames));
    List<String> left = report.get("segments").findValuesAsText("file");
    assertThat(left).hasSize(2);
    assertThat(left.get(0)).endsWith("-000011.pcap");
    assertThat(left.get(1)).endsWith("-000012.pcap");
    assertThat(fileNames())
        .containsExactly(
            before.get(0),
            before.get(1),
            left.get(0),
            left.get(0) + ".json",
            left.get(1),
            left.get(1) + ".json",
            "foreign.pcap");
  }

  @Test
  void whatIsKeptFreeOfASmallDiskLetsARecordingGoOn() throws Exception {
    lab.mountSmallDisk(directory, "1m");
    try (RecordProcess recorder =
        record("-s", "2000", "--rotate-size", "50kB", "--keep-free", "80%")) {
      for (int batch = 0; batch < 20; batch++) {
        lab.send(100, 1000);
      }
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertAccounted(report, 2000, 2000, 0, 0);
      FileStore disk = Files.getFileStore(directory);
      assertThat(disk.getUsableSpace()).isGreaterThanOrEqualTo(disk.getTotalSpace() * 80 / 100);
      assertThat(report.get("segments")).isNotEmpty();
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void quietMeansNothingButErrors() throws Exception {
    try (RecordProcess killed = record()) {
      lab.send(100, 60);
      killed.awaitSize(Pattern.compile(".*\\.pcap\\.part"), 24 + 100L * (16 + 60 + 42));
      killed.signal("KILL");
      killed.endKilled();
    }
    Path foreign = directory.resolve("20261123T135719.123456789Z-000009.pcap.part");
    Files.writeString(foreign, "no capture file");
    String[] arguments =
        Stream.concat(Stream.of(arguments()), Stream.of("--stop-after", "10ms"))
            .toArray(String[]::new);
    try (RecordProcess quiet = RecordProcess.startQuiet(arguments)) {
      assertAccounted(quiet.end(0), 0, 0, 0, 0);
      assertThat(quiet.errors()).contains("could not recover: " + foreign).hasLineCount(1);
    }
  }

  @Test
  void aBufferThatIsNoMultipleOfTheKernelsBlocksIsNotCalledShort() throws Exception {
    try (RecordProcess recorder = record("--buffer", "3MB", "--stop-after", "10ms")) {
      recorder.end(0);
      assertThat(recorder.errors()).doesNotContain("memory is short");
    }
  }

  @Test
  void aNativeLibraryThatCannotBeLoadedIsARefusal() throws Exception {
    List<String> withoutLibrary = List.of("-Djna.noclasspath=true", "-Djna.nosys=true");
    try (RecordProcess refused = RecordProcess.startRefused(withoutLibrary, arguments())) {
      assertThat(refused.errors())
          .contains("cannot record on " + RecordingLab.RECEIVING)
          .contains("UnsatisfiedLinkError");
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aSecondRecorderInTheDirectoryIsRefused() throws Exception {
    try (RecordProcess first = record()) {
      try (RecordProcess second = RecordProcess.startRefused(arguments())) {
        assertThat(second.errors()).contains("another recorder is writing in " + directory);
      }
      first.signal("TERM");
      first.end(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-i nope|there is no interface 'nope'",
        "--netns=tdc-none|there is no network namespace 'tdc-none'",
        "-f udpp|the filter 'udpp' is wrong: can't parse filter expression: syntax error",
        "-o /nowhere|directory /nowhere does not exist",
        "--rotate-size 1kB|have no room for a frame",
        "--keep-bytes 100MB|keeping 95.4MiB has no room for a segment of 1GiB",
        "--keep-files 0|keeping 0 files keeps nothing",
        "--keep-free 100%|between 1% and 99%",
        "--keep-free 10|'10' is not a percentage"
      })
  void whatCannotBeginIsRefusedInOneLineAndLeavesNothing(String refusal) throws Exception {
    String[] parts = refusal.split("\\|", -1);
    try (RecordProcess refused =
        RecordProcess.startRefused(RecordingLab.override(arguments(), parts[0]))) {
      assertThat(refused.errors()).contains(parts[1]).hasLineCount(1);
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void anInterfaceThatIsDownIsRefused() throws Exception {
    lab.setDown();
    try (RecordProcess refused = RecordProcess.startRefused(arguments())) {
      assertThat(refused.errors())
          .contains("interface tdc-b is down")
          .contains("link set tdc-b up");
    }
  }

  private JsonNode sidecarGaps(JsonNode report) throws Exception {
    ArrayNode gaps = new ObjectMapper().createArrayNode();
    for (JsonNode segment : report.get("segments")) {
      Path sidecar = directory.resolve(segment.get("file").asText() + ".json");
      new ObjectMapper().readTree(sidecar.toFile()).get("gaps").forEach(gaps::add);
    }
    return gaps;
  }

  private List<String> fileNames() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String[] arguments() {
    return new String[] {
      "-i", RecordingLab.RECEIVING, "--netns", lab.receiver(), "-o", directory.toString()
    };
  }

  private RecordProcess record(String... more) throws Exception {
    return RecordProcess.start(
        Stream.concat(Stream.of(arguments()), Stream.of(more)).toArray(String[]::new));
  }

  private void assertAccounted(
      JsonNode report, long received, long written, long dropped, long unread) throws Exception {
    assertThat(
            List.of(
                report.get("received").asLong(),
                report.get("written").asLong(),
                report.get("droppedKernel").asLong(),
                report.get("unreadAtStop").asLong()))
        .as("received, written, droppedKernel, unreadAtStop")
        .containsExactly(received, written, dropped, unread);
    assertBalanced(report);
  }

  /** The equation, and that capinfos sees in the files what the report says is there still. */
  private void assertBalanced(JsonNode report) throws Exception {
    assertThat(report.get("received").asLong())
        .isEqualTo(
            report.get("written").asLong()
                + report.get("buffered").asLong()
                + report.get("droppedKernel").asLong()
                + report.get("unreadAtStop").asLong());
    JsonNode removed = report.get("removed");
    long packets = removed.get("packets").asLong();
    long bytes =
        removed.get("bytes").asLong() - 24 * removed.get("segments").asLong() - 16 * packets;
    for (JsonNode segment : report.get("segments")) {
      RecordingLab.Capinfos seen =
          RecordingLab.capinfos(directory.resolve(segment.get("file").asText()));
      assertThat(seen.packets()).isEqualTo(segment.get("packets").asLong());
      assertThat(seen.fileBytes()).isEqualTo(segment.get("bytes").asLong());
      assertThat(segment.get("first").asText()).isEqualTo(seen.first());
      assertThat(segment.get("last").asText()).isEqualTo(seen.last());
      packets += seen.packets();
      bytes += seen.frameBytes();
    }
    assertThat(packets).isEqualTo(report.get("written").asLong());
    assertThat(bytes).isEqualTo(report.get("writtenBytes").asLong());
  }

  private long count(JsonNode report, String displayFilter) throws Exception {
    String file = report.get("segments").get(0).get("file").asText();
    return RecordingLab.count(directory.resolve(file), displayFilter);
  }
}
