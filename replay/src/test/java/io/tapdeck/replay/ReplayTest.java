package io.tapdeck.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.input.FrameOrder;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.pace.Pace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs that need no interface. */
@Timeout(60)
class ReplayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Pace ORIGINAL = new Pace.Original(Pace.Original.UNCHANGED);

  @TempDir Path directory = Path.of("");

  /** A frame of a file that was written. */
  private record Written(long time, int length) {}

  @Test
  void whatIsWrittenHasTheTimesOfWhatWouldBeSent() throws IOException {
    Path input = CaptureFiles.write(directory.resolve("a"), 5, 0, 1_000_003, 60);
    Path output = directory.resolve("out.pcap");
    ReplaySummary summary =
        run(
            new Destination.CaptureFile(output, false),
            Pacing.of(new Pace.Original(2_000_000), 2),
            input);
    assertThat(summary.sent()).isEqualTo(10);
    assertThat(summary.complete()).isTrue();
    assertThat(summary.passes()).isEqualTo(2);
    List<Written> written = read(output);
    assertThat(written).hasSize(10);
    for (int frame = 0; frame < 10; frame++) {
      long exact = CaptureFiles.START + frame * 1_000_003L / 2;
      assertThat(written.get(frame).time()).isBetween(exact - 1, exact);
    }
    assertThat(summary.nanos()).isBetween(4_500_012L, 4_500_013L);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("a", "out.pcap");
  }

  @Test
  void withOriginalTimingAWrittenFileHasTheTimesOfItsSource() throws IOException {
    Path input = CaptureFiles.write(directory.resolve("a"), 100, 7, 123_457, 60);
    Path output = directory.resolve("out.pcap");
    run(new Destination.CaptureFile(output, false), Pacing.ORIGINAL, input);
    assertThat(Files.readAllBytes(output)).isEqualTo(Files.readAllBytes(input));
  }

  @Test
  void aFileThatIsThereIsOnlyReplacedOnRequestAlsoIfItIsTheOneThatIsRead() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60);
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> run(new Destination.CaptureFile(file, false), Pacing.ORIGINAL, file))
        .isInstanceOf(ReplayRefusedException.class)
        .hasMessage(file + " is there already; choose another name, or say --force");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    run(new Destination.CaptureFile(file, true), Pacing.of(ORIGINAL, 2), file);
    assertThat(read(file)).hasSize(6);
    assertThat(directory.toFile().list()).containsExactly("a");
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedWithTheReason() throws IOException {
    Path input = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60);
    Path nowhere = directory.resolve("none").resolve("out.pcap");
    assertThatThrownBy(
            () -> run(new Destination.CaptureFile(nowhere, false), Pacing.ORIGINAL, input))
        .isInstanceOf(ReplayRefusedException.class)
        .hasMessage("cannot write " + nowhere + ": there is no such directory");
  }

  @Test
  void pretendingTakesNoTimeAndTellsHowLongItWouldTake() throws IOException {
    Path input = CaptureFiles.write(directory.resolve("a"), 3, 0, 86_400_000_000_000L, 60);
    ReplaySummary summary = run(new Destination.Nowhere(), Pacing.ORIGINAL, input);
    assertThat(summary.sent()).isEqualTo(3);
    assertThat(summary.seconds()).isEqualTo(172_800);
    assertThat(summary.target()).isEmpty();
  }

  @Test
  void everyFrameThatIsReadIsSentOrSkippedOrFiltered() throws IOException {
    long[] times = new long[40];
    Arrays.setAll(times, i -> CaptureFiles.START + i * 1_000L);
    int[] lengths = new int[40];
    Arrays.setAll(lengths, i -> i % 4 == 0 ? 13 : 60);
    Path mixed = CaptureFiles.write(directory.resolve("a"), LinkType.ETHERNET, times, lengths);
    Path raw = CaptureFiles.write(directory.resolve("b"), LinkType.RAW, times, lengths);
    Selection selection =
        new Selection(
            "", Optional.empty(), Optional.empty(), 5, OptionalLong.of(70), Optional.empty());
    InputSettings settings =
        new InputSettings(
            List.of(mixed.toString(), raw.toString()), FrameOrder.GIVEN, selection, false);
    ReplaySummary summary =
        new Replay(
                new ReplaySettings(new Destination.Nowhere(), settings, Pacing.of(ORIGINAL, 3)),
                name -> Optional.empty())
            .run();
    assertThat(summary.filtered()).isEqualTo(3 * 5);
    assertThat(summary.sent()).isEqualTo(3 * 27);
    assertThat(summary.skipped()).isEqualTo(3 * (8 + 35));
    assertThat(summary.failed()).isZero();
    assertThat(summary.read()).isEqualTo(3 * 75);
  }

  @Test
  void aPipeIsNotPlayedTwice() throws IOException {
    Path input = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60);
    Path pipe = directory.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(made.onExit().join().exitValue()).isZero();
    Thread.ofVirtual().start(() -> copy(input, pipe));
    assertThatThrownBy(() -> run(new Destination.Nowhere(), Pacing.of(ORIGINAL, 2), pipe))
        .isInstanceOf(ReplayRefusedException.class)
        .hasMessageStartingWith("a pipe can be played once");
    Thread.ofVirtual().start(() -> copy(input, pipe));
    assertThat(run(new Destination.Nowhere(), Pacing.ORIGINAL, pipe).sent()).isEqualTo(3);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.write(to, Files.readAllBytes(from));
    } catch (IOException closed) {
      // It was refused.
    }
  }

  @Test
  void foreignFilesAreRefusedBeforeAnythingIsPlayed() throws IOException {
    Path good = CaptureFiles.write(directory.resolve("a"), 1, 0, 0, 60);
    Path foreign = Files.writeString(directory.resolve("b"), "no capture");
    assertThatThrownBy(() -> run(new Destination.Nowhere(), Pacing.ORIGINAL, good, foreign))
        .isInstanceOf(ReplayRefusedException.class)
        .hasMessageContaining(foreign.toString());
  }

  @Test
  void aPausedReplayWaitsForOrdersAndEndsWhenItIsStopped() throws Exception {
    Path input = CaptureFiles.write(directory.resolve("a"), 5, 0, 1_000, 60);
    Replay replay =
        new Replay(
            settings(
                new Destination.Nowhere(),
                new Pacing(ORIGINAL, Optional.empty(), 1, Optional.empty(), true),
                input),
            name -> Optional.empty());
    List<ReplaySummary> summaries = new ArrayList<>();
    Thread playing = Thread.ofPlatform().start(() -> summaries.add(replay.run()));
    replay.step(2);
    await(() -> replay.progress().sent() >= 2);
    assertThat(replay.progress().paused()).isTrue();
    assertThat(replay.progress().sent()).isEqualTo(2);
    replay.stop();
    assertThat(playing.join(Duration.ofSeconds(10))).isTrue();
    assertThat(summaries.getFirst().sent()).isEqualTo(2);
    assertThat(summaries.getFirst().stopped()).isTrue();
    assertThat(summaries.getFirst().complete()).isTrue();
  }

  @Test
  void aStopEndsALongSearchForFrames() throws Exception {
    Path input = directory.resolve("a");
    CaptureFiles.write(input, 10_000, 0, 1_000, 60);
    List<String> often = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      often.add(input.toString());
    }
    Selection nothing =
        new Selection(
            "ether proto 0x1234",
            Optional.empty(),
            Optional.empty(),
            0,
            OptionalLong.empty(),
            Optional.empty());
    Replay replay =
        new Replay(
            new ReplaySettings(
                new Destination.Nowhere(),
                new InputSettings(often, FrameOrder.GIVEN, nothing, false),
                Pacing.ORIGINAL),
            name -> Optional.empty());
    List<ReplaySummary> summaries = new ArrayList<>();
    Thread playing = Thread.ofPlatform().start(() -> summaries.add(replay.run()));
    await(() -> replay.progress().filtered() >= 10_000);
    replay.stop();
    assertThat(playing.join(Duration.ofSeconds(5))).isTrue();
    assertThat(summaries.getFirst().stopped()).isTrue();
    assertThat(summaries.getFirst().troubles()).isEmpty();
    assertThat(summaries.getFirst().filtered()).isLessThan(40_000_000);
  }

  private static ReplaySettings settings(Destination destination, Pacing pacing, Path... files) {
    List<String> names = Arrays.stream(files).map(Path::toString).toList();
    return new ReplaySettings(
        destination, new InputSettings(names, FrameOrder.GIVEN, Selection.ALL, false), pacing);
  }

  private static ReplaySummary run(Destination destination, Pacing pacing, Path... files) {
    return new Replay(settings(destination, pacing, files), name -> Optional.empty()).run();
  }

  private static List<Written> read(Path file) throws IOException {
    List<Written> written = new ArrayList<>();
    try (PcapReader reader =
        PcapReader.open(file, ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH))) {
      while (reader.next()) {
        written.add(new Written(reader.timestampNanos(), reader.captureLength()));
      }
      assertThat(reader.damage()).isEmpty();
    }
    return written;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the time to wait until").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
