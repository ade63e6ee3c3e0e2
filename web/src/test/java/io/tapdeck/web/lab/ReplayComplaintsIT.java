package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people complain of in other players, and do not find here: a test for each complaint. */
@Tag("lab")
@Tag("alone")
@Timeout(120)
class ReplayComplaintsIT {
  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long START = 1_700_000_000 * SECOND;

  @TempDir private Path directory;
  private Veth veth;

  @BeforeEach
  void makeVeth() {
    veth = new Veth();
  }

  @AfterEach
  void removeVeth() {
    veth.close();
  }

  @Test
  void itDriftsOnLongRuns() {
    Path file = Playing.capture(path("steady.pcap"), 20_000, MILLISECOND / 2);
    long[] arrived = arrivalTimes(20_000, file.toString());
    double seconds = (arrived[19_999] - arrived[0]) / (double) SECOND;
    assertThat(Math.abs(seconds / (19_999 * 0.0005) - 1)).isLessThan(0.001);
  }

  @Test
  void theRateIsWrongAfterFiveMillionPackets() {
    Path file = Playing.capture(path("short.pcap"), 10_000, 1);
    for (String pace : List.of("--pps=10000", "--mbps=8")) {
      JsonNode report = Playing.pretend("--dry-run", pace, "--loop=1000", file.toString()).json();
      assertThat(report.get("sent").asLong()).isEqualTo(10_000_000);
      // Of 100 bytes each; the last leaves when those before it have.
      assertThat(report.get("seconds").asText()).isEqualTo("999.9999");
    }
  }

  @Test
  void framesThatAreTooLongFailOrAreCutInSilence() {
    long[] times = {START, START, START, START};
    Path file = Playing.capture(path("gro.pcap"), times, new int[] {1_514, 65_000, 2_962, 60});
    Command.Result skipped = Playing.play(veth, file.toString());
    assertThat(skipped.status()).isEqualTo(1);
    assertThat(Playing.counts(skipped.json())).containsExactly(4L, 2L, 2L, 0L, 0L);
    assertThat(skipped.json().get("skippedBy").get("oversize").asLong()).isEqualTo(2);

    Command.Result cut = Playing.play(veth, "--oversize=truncate", file.toString());
    assertThat(Playing.counts(cut.json())).containsExactly(4L, 4L, 0L, 0L, 0L);
    assertThat(cut.json().get("sentCut").asLong()).isEqualTo(2);
    assertThat(cut.json().get("sentBytes").asLong()).isEqualTo(3L * 1_514 + 60);

    Command.Result refused = Playing.play(veth, "--oversize=refuse", file.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("65000 bytes");
    assertThat(refused.json().get("sent").asLong()).isEqualTo(1);
    assertThat(veth.received()).isEqualTo(2 + 4 + 1);
  }

  @Test
  void framesCountAsSentWithoutACarrier() {
    Path file = Playing.capture(path("slow.pcap"), 10_000, 10 * MILLISECOND);
    try (Command playing = Playing.start(veth, file.toString())) {
      Await.until("the first frames to arrive", () -> veth.received() > 10);
      Command.run("ip", "-n", veth.far(), "link", "set", veth.farInterface(), "down");
      Command.Result lost = playing.await();
      assertThat(lost.status()).isEqualTo(1);
      assertThat(lost.err()).containsAnyOf("lost its carrier", Veth.NEAR + " was lost");
      // One may have been under way.
      assertThat(lost.json().get("sent").asLong()).isBetween(veth.received(), veth.received() + 1);
    }
    Command.Result refused = Playing.play(veth, file.toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("has no carrier");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void theStatusIsZeroThoughNothingWasSent() {
    Path empty = Playing.capture(path("empty.pcap"), 0, 0);
    Path shorter = Playing.capture(path("short.pcap"), new long[] {START}, new int[] {10});
    for (String[] words :
        List.of(
            new String[] {empty.toString()},
            new String[] {shorter.toString()},
            new String[] {
              "--filter=host 192.0.2.1", Playing.capture(path("other.pcap"), 5, 0).toString()
            })) {
      Command.Result result = Playing.play(veth, words);
      assertThat(result.status()).as(result.out()).isEqualTo(1);
      assertThat(result.err()).contains("nothing was sent");
    }
  }

  @Test
  void aPcapngFilePlaysNothingWithoutAWord() {
    Path pcap = Playing.capture(path("some.pcap"), 500, MILLISECOND / 10);
    Path pcapng = path("some.pcapng");
    Command.run("tshark", "-F", "pcapng", "-r", pcap.toString(), "-w", pcapng.toString());
    Path arrived = path("arrived.pcap");
    try (Command capture = veth.capture(arrived)) {
      Command.Result result = Playing.play(veth, pcapng.toString());
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(Playing.counts(result.json())).containsExactly(500L, 500L, 0L, 0L, 0L);
      finish(capture, arrived, 500);
    }
    assertThat(Judge.frames(List.of(arrived), "")).isEqualTo(Judge.frames(List.of(pcap), ""));
  }

  @Test
  void theSecondLoopIsPlayedAtFullSpeed() {
    Path file = Playing.capture(path("loop.pcap"), 11, 20 * MILLISECOND);
    long[] arrived = arrivalTimes(33, "--loop=3", file.toString());
    for (int frame = 0; frame < 33; frame++) {
      assertThat(arrived[frame] - arrived[0])
          .isCloseTo(frame * (20 * MILLISECOND), within(10 * MILLISECOND));
    }
  }

  @Test
  void betweenSeveralFilesItHangsOrTheGapIsWrong() {
    Path one =
        Playing.capture(
            path("1.pcap"), new long[] {START, START + 100 * MILLISECOND}, new int[] {60, 60});
    Path two =
        Playing.capture(
            path("2.pcap"),
            new long[] {START + 400 * MILLISECOND, START + 450 * MILLISECOND},
            new int[] {60, 60});
    Path earlier =
        Playing.capture(
            path("3.pcap"),
            new long[] {START - 50 * SECOND, START - 50 * SECOND + 100 * MILLISECOND},
            new int[] {60, 60});
    long[] arrived = arrivalTimes(6, one.toString(), two.toString(), earlier.toString());
    long[] expected = {0, 100, 400, 450, 450, 550};
    for (int frame = 0; frame < expected.length; frame++) {
      assertThat(arrived[frame] - arrived[0])
          .isCloseTo(expected[frame] * MILLISECOND, within(10 * MILLISECOND));
    }
  }

  @Test
  void theSecondPacketIsNotPaced() {
    Path file =
        Playing.capture(
            path("two.pcap"), new long[] {START, START + 300 * MILLISECOND}, new int[] {60, 60});
    // 60 bytes take 120 ms at 4 kbit/s.
    Map.of("--speed=1", 300, "--speed=3", 100, "--pps=10", 100, "--mbps=0.004", 120)
        .forEach((pace, millis) -> {
          long[] arrived = arrivalTimes(2, pace, file.toString());
          assertThat(arrived[1] - arrived[0])
              .as(pace)
              .isCloseTo(millis * MILLISECOND, within(10 * MILLISECOND));
        });
  }

  @Test
  void aFileOfElevenGigabytesFillsTheMemory() throws IOException {
    int frames = 45_056;
    Path file = path("large.pcap");
    writeSparse(file, frames);
    assertThat(Files.size(file)).isGreaterThan(11L * 1_000_000_000);
    Map<String, String> small =
        Map.of("TAPDECK_JAVA_OPTIONS", "-Xmx64m -XX:MaxDirectMemorySize=64m");
    try (Command playing =
        Playing.start(small, veth, "--topspeed", "--oversize=truncate", file.toString())) {
      Command.Result result = playing.await();
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.json().get("sent").asLong()).isEqualTo(frames);
      assertThat(veth.received()).isEqualTo(frames);
    }
  }

  @Test
  void nanosecondsAreLost() {
    long[] times = {START + 1, START + 1_000_000_002, START + 1_000_000_999, START + 1_000_001_001};
    int[] lengths = {60, 60, 60, 60};
    Path file = Playing.capture(path("nano.pcap"), times, lengths);
    Path written = path("written.pcap");
    assertThat(Playing.pretend("--write", written.toString(), file.toString()).status()).isZero();
    assertThat(Playing.times(List.of(written))).isEqualTo(times);
  }

  /** Plays, and answers when each frame arrived. */
  private long[] arrivalTimes(int frames, String... words) {
    Path arrived = path("arrived-" + System.nanoTime() + ".pcap");
    try (Command capture = veth.capture(arrived)) {
      Command.Result result = Playing.play(veth, words);
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.json().get("sent").asLong()).isEqualTo(frames);
      finish(capture, arrived, frames);
    }
    long[] times = Playing.times(List.of(arrived));
    assertThat(times).hasSize(frames);
    return times;
  }

  /** Ends a capture once all is in its file. */
  private static void finish(Command capture, Path file, int frames) {
    Await.until(
        frames + " frames in " + file,
        () -> Judge.fields(List.of(file), "", "frame.number").size() >= frames);
    capture.signal("INT");
    assertThat(capture.await().status()).isZero();
  }

  /** Frames of a quarter of a megabyte each, of which the file system stores the headers alone. */
  private static void writeSparse(Path path, int frames) throws IOException {
    int length = 262_144;
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(Playing.header(ByteBuffer.wrap(new byte[24])).array());
      for (int frame = 0; frame < frames; frame++) {
        file.seek(24 + frame * (16L + length));
        file.write(
            Playing.record(
                    ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN), START + frame, length)
                .array());
      }
      file.setLength(24 + frames * (16L + length));
    }
  }

  private Path path(String name) {
    return directory.resolve(name);
  }
}
