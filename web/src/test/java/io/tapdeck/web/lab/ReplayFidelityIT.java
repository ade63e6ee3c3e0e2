package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Traffic is recorded, played to another wire, and recorded there: both recordings have the same
 * packets in the same order with the same gaps.
 */
@Tag("lab")
@Tag("alone")
@Timeout(180)
class ReplayFidelityIT {
  private static final int FRAMES = 3_000;

  /** Numbered frames of all lengths, with gaps from none to four milliseconds. */
  private static final String SEND =
      """
      import random, socket, struct, sys, time
      random.seed(6)
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind((sys.argv[1], 0))
      due = time.perf_counter()
      for i in range(int(sys.argv[2])):
          length = random.choice((60, 61, 128, 590, 1500, 1514))
          frame = bytes.fromhex('020000000002' '020000000001' '88b5') + struct.pack('>I', i)
          frame += random.randbytes(length - len(frame))
          due += random.choice((0, 0.00002, 0.0005, 0.001, 0.004))
          while time.perf_counter() < due: pass
          s.send(frame)
      """;

  /** What a timestamp of the kernel's may be late by, beside what the player itself tells. */
  private static final long HALF_RECEIVE_NANOS = 30_000;

  private static final long MOST_RECEIVE_NANOS = 300_000;

  /**
   * How often it is replayed at most until only the player was stopped, as it tells, and not who
   * stamps frames, which tells nothing: a machine may stop either for a while.
   */
  private static final int ATTEMPTS = 4;

  @TempDir private Path directory;

  static Stream<Arguments> recordings() {
    return Stream.of(
        Arguments.of("one segment", List.of(), 1, ".pcap"),
        Arguments.of("20 rotated segments", List.of("--rotate-packets=150"), 20, ".pcap"),
        Arguments.of(
            "20 segments compressed with zstd",
            List.of("--rotate-packets=150", "--compress=zstd"),
            20,
            ".pcap.zst"),
        Arguments.of(
            "20 segments compressed with gzip",
            List.of("--rotate-packets=150", "--compress=gzip"),
            20,
            ".pcap.gz"),
        Arguments.of(
            "20 segments of pcapng",
            List.of("--rotate-packets=150", "--format=pcapng"),
            20,
            ".pcapng"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recordings")
  void whatIsRecordedAndReplayedIsRecordedAgainWithTheSamePacketsOrderAndGaps(
      String name, List<String> options, int segments, String suffix) {
    Path first = makeDirectory("first");
    try (Veth one = new Veth("one")) {
      recordWhile(one, first, options, () -> send(one));
    }
    List<Path> files = filesIn(first, suffix);
    assertThat(files).hasSize(segments);
    List<Path> uncompressed = uncompressed(files);
    int attempt = 1;
    while (!isRecordedAlike(first, uncompressed, makeDirectory("again-" + attempt))) {
      assertThat(attempt)
          .as("attempts in which more frames were late than the player tells")
          .isLessThan(ATTEMPTS);
      attempt++;
    }
  }

  /**
   * Replays and records again: the same packets in the same order.
   *
   * @return whether the latest are as late as the report says, and no later
   */
  private static boolean isRecordedAlike(Path recorded, List<Path> uncompressed, Path again) {
    List<JsonNode> reports = new ArrayList<>();
    try (Veth two = new Veth("two")) {
      recordWhile(
          two,
          again,
          List.of(),
          () -> {
            Command.Result played = Playing.play(two, recorded.toString());
            assertThat(played.status()).as(played.err()).isZero();
            reports.add(played.json());
          });
    }
    JsonNode report = reports.getFirst();
    assertThat(Playing.counts(report)).containsExactly((long) FRAMES, (long) FRAMES, 0L, 0L, 0L);
    List<Path> files = filesIn(again, ".pcap");
    assertThat(Judge.frames(files, "")).isEqualTo(Judge.frames(uncompressed, ""));
    return haveGapsOf(Playing.times(uncompressed), Playing.times(files), report);
  }

  /**
   * Frames are as far from where they were as the report says, and as the receiver adds.
   *
   * @return whether that holds for 99 % of them too
   */
  private static boolean haveGapsOf(long[] before, long[] after, JsonNode report) {
    assertThat(after).hasSize(before.length).hasSize(FRAMES);
    long[] offsets = new long[FRAMES];
    Arrays.setAll(offsets, i -> (after[i] - after[0]) - (before[i] - before[0]));
    long usual = sorted(offsets)[FRAMES / 2];
    long[] errors = Arrays.stream(offsets).map(offset -> Math.abs(offset - usual)).toArray();
    JsonNode told = report.get("timingErrorMicros");
    long half = nanos(told.get("p50"));
    long most = nanos(told.get("p99"));
    System.out.printf(
        "timing: told p50 %d ns, p99 %d ns; recorded p50 %d ns, p99 %d ns, last %d ns%n",
        half,
        most,
        sorted(errors)[FRAMES / 2],
        sorted(errors)[FRAMES * 99 / 100],
        offsets[FRAMES - 1] - usual);
    assertThat(sorted(errors)[FRAMES / 2]).isLessThanOrEqualTo(half + HALF_RECEIVE_NANOS);
    return sorted(errors)[FRAMES * 99 / 100] <= most + MOST_RECEIVE_NANOS;
  }

  private static long nanos(JsonNode micros) {
    return Math.round(micros.asDouble() * 1_000);
  }

  private static long[] sorted(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static void send(Veth veth) {
    Command.run(
        "ip",
        "netns",
        "exec",
        veth.near(),
        "python3",
        "-c",
        SEND,
        Veth.NEAR,
        Integer.toString(FRAMES));
  }

  /** Records all that arrives at the far end while something is done. */
  private static void recordWhile(Veth veth, Path directory, List<String> options, Runnable act) {
    List<String> words =
        new ArrayList<>(List.of(Playing.TAPDECK.toString(), "record", "-i", veth.farInterface()));
    words.addAll(List.of("--netns", veth.far(), "-o", directory.toString(), "--json"));
    words.addAll(options);
    try (Command record = Command.start(Map.of(), words)) {
      record.awaitOutput(text -> text.contains("recording on "));
      act.run();
      Await.until("all frames to arrive", () -> veth.received() >= FRAMES);
      record.signal("INT");
      Command.Result recorded = record.await();
      assertThat(recorded.status()).as(recorded.err()).isZero();
      assertThat(recorded.json().get("written").asLong()).isEqualTo(FRAMES);
    }
  }

  private Path makeDirectory(String name) {
    try {
      return Files.createDirectory(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> filesIn(Path directory, String suffix) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The segments as tools that are not ours can read them. */
  private static List<Path> uncompressed(List<Path> files) {
    return files.stream()
        .map(file -> {
          String name = file.toString();
          if (name.endsWith(".zst")) {
            Command.run("zstd", "-dqk", name);
            return Path.of(name.substring(0, name.length() - 4));
          }
          if (name.endsWith(".gz")) {
            Command.run("gzip", "-dk", name);
            return Path.of(name.substring(0, name.length() - 3));
          }
          return file;
        })
        .toList();
  }
}
