package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.capture.pcap.PcapReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk, and what is said of it, after what nobody hopes for. */
@Tag("lab")
@Timeout(120)
class RecordFailureTest {
  private static final int FRAME_OVERHEAD = 42;
  private static final int PER_SECOND = 100_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path shared;

  @TempDir private Path directory;
  @TempDir private Path elsewhere;
  private RecordingLab lab;

  /** More of them than any round lasts. */
  @BeforeAll
  static void writeFrames() throws Exception {
    NumberedFrames.write(shared.resolve("numbered.pcap"), 10 * PER_SECOND);
  }

  @BeforeEach
  void makeLab() throws Exception {
    lab = new RecordingLab();
  }

  @AfterEach
  void removeLab() throws Exception {
    lab.remove();
  }

  @RepeatedTest(3)
  void ofWhatAKilledRecorderSawAllButTheLastSecondIsThereAndNothingElse() throws Exception {
    Instant killed;
    try (RecordProcess recorder = RecordProcess.startForLong(arguments("--rotate-size", "5MB"));
        RecordingLab.Sender sender = lab.replay(shared.resolve("numbered.pcap"), PER_SECOND)) {
      recorder.awaitFile(Pattern.compile(".*-000006\\.pcap\\.part"));
      assertThat(sender.isAlive()).isTrue();
      killed = Instant.now();
      recorder.signal("KILL");
      recorder.endKilled();
    }
    try (RecordProcess next = record("--stop-after", "10ms")) {
      next.end(0);
    }
    long number = 0;
    long last = 0;
    for (Path segment : segments()) {
      long before = number;
      try (PcapReader reader = PcapReader.open(segment)) {
        while (reader.next()) {
          assertThat(NumberedFrames.number(reader)).isEqualTo(number);
          number++;
          last = reader.timestampNanos();
        }
        assertThat(reader.damage()).isEmpty();
      }
      assertThat(RecordingLab.capinfos(segment).packets()).isEqualTo(number - before);
      assertThat(RecordingLab.count(segment, "eth.type == 0x88b5")).isEqualTo(number - before);
    }
    assertThat(Instant.ofEpochSecond(0, last)).isAfter(killed.minus(Duration.ofSeconds(1)));
  }

  @Test
  void aFullFileSystemPausesARecordingWhichLosesNothing() throws Exception {
    lab.mountFileSystem(elsewhere.resolve("disk"), "24M", directory);
    try (RecordProcess recorder = record("--rotate-size", "2MB")) {
      Path inTheWay = fill(2 << 20);
      lab.send(4000, 1000);
      recorder.awaitSaid("paused: disk full");
      Files.delete(inTheWay);
      recorder.awaitSaid("recording again");
      lab.send(500, 1000);
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(report.get("received").asLong()).isEqualTo(4500);
      assertThat(report.get("written").asLong()).isEqualTo(4500);
      assertThat(inSegments(report)).isEqualTo(4500);
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void withRetentionAndRoomForThreeSegmentsItNeverPausesAndTakesOnlyItsOwn() throws Exception {
    lab.mountFileSystem(elsewhere.resolve("disk"), "64M", directory);
    Path foreign = Files.write(directory.resolve("foreign.pcap"), new byte[1 << 20]);
    try (RecordProcess recorder = record("--rotate-size", "4MB", "--keep-files", "8")) {
      for (int batch = 0; batch < 10; batch++) {
        lab.send(10_000, 1000);
      }
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(recorder.errors()).doesNotContain("paused");
      assertThat(report.get("written").asLong()).isEqualTo(100_000);
      assertThat(report.get("droppedKernel").asLong()).isZero();
      assertThat(inSegments(report) + report.get("removed").get("packets").asLong())
          .isEqualTo(100_000);
      assertThat(report.get("segments")).hasSize(8);
      assertThat(foreign).hasSize(1 << 20);
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void onAFullFileSystemTheOldestSegmentsMakeRoomIfOldOnesMayGoAtAll() throws Exception {
    lab.mountFileSystem(elsewhere.resolve("disk"), "24M", directory);
    // More than there will be room for: it is the disk that is full, not the limit.
    try (RecordProcess recorder = record("--rotate-size", "2MB", "--keep-files", "1000")) {
      for (int batch = 0; batch < 5; batch++) {
        lab.send(10_000, 1000);
      }
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(report.get("written").asLong()).isEqualTo(50_000);
      assertThat(report.get("removed").get("segments").asLong()).isPositive();
      assertThat(inSegments(report) + report.get("removed").get("packets").asLong())
          .isEqualTo(50_000);
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void aDiskThatBecomesReadOnlyPausesItUntilItIsWritableAgain() throws Exception {
    lab.mountFileSystem(elsewhere.resolve("disk"), "24M", directory);
    try (RecordProcess recorder = record("--rotate-packets", "100")) {
      lab.send(100, 1000);
      recorder.awaitFile(Pattern.compile(".*\\.pcap\\.json"));
      RecordingLab.run("mount", "-o", "remount,ro", directory.toString());
      lab.send(250, 1000);
      recorder.awaitSaid("paused: the disk is read-only");
      RecordingLab.run("mount", "-o", "remount,rw", directory.toString());
      recorder.awaitSaid("recording again");
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(report.get("written").asLong()).isEqualTo(350);
      assertThat(inSegments(report)).isEqualTo(350);
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void anInterfaceThatIsBackIsRecordedWithinTwoSecondsAndTheSegmentTellsOfTheGap()
      throws Exception {
    try (RecordProcess recorder = record("--format", "pcapng")) {
      lab.send(100, 60);
      lab.setDown();
      recorder.awaitSaid("waiting: ");
      lab.setUp();
      Instant up = Instant.now();
      recorder.awaitSaid("recording again");
      lab.send(50, 60);
      lab.deleteLink();
      recorder.awaitSaid("waiting: ", 2);
      lab.addLink();
      Instant there = Instant.now();
      recorder.awaitSaid("recording again", 2);
      lab.send(25, 60);
      recorder.signal("TERM");
      JsonNode report = recorder.end(0);
      assertThat(report.get("written").asLong()).isEqualTo(175);
      JsonNode gaps = report.get("gaps");
      assertThat(Instant.parse(gaps.get(0).get("to").asText())).isBefore(up.plusSeconds(2));
      assertThat(Instant.parse(gaps.get(1).get("to").asText())).isBefore(there.plusSeconds(2));
      String file = report.get("segments").get(0).get("file").asText();
      String bytes = Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
      for (JsonNode gap : gaps) {
        assertThat(bytes)
            .contains("gap from " + gap.get("from").asText() + " to " + gap.get("to").asText());
      }
    }
  }

  private RecordProcess record(String... more) throws Exception {
    return RecordProcess.start(arguments(more));
  }

  private String[] arguments(String... more) {
    String[] arguments = {
      "-i", RecordingLab.RECEIVING, "--netns", lab.receiver(), "-o", directory.toString()
    };
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  /** Fills the file system, but for so many bytes. */
  private Path fill(long leave) throws Exception {
    Path file = directory.resolve("in the way");
    long size = Files.getFileStore(directory).getUsableSpace() - leave;
    RecordingLab.run("fallocate", "-l", Long.toString(size), file.toString());
    return file;
  }

  private List<Path> segments() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pcap")).sorted().toList();
    }
  }

  private long inSegments(JsonNode report) throws Exception {
    long packets = 0;
    for (JsonNode segment : report.get("segments")) {
      Path file = directory.resolve(segment.get("file").asText());
      RecordingLab.Capinfos seen = RecordingLab.capinfos(file);
      assertThat(seen.packets()).isEqualTo(segment.get("packets").asLong());
      assertThat(seen.frameBytes()).isEqualTo(seen.packets() * (1000L + FRAME_OVERHEAD));
      packets += seen.packets();
    }
    return packets;
  }
}
