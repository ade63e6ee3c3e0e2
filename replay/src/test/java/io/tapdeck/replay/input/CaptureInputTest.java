package io.tapdeck.replay.input;

import static io.tapdeck.replay.input.NumberedFrames.SECOND;
import static io.tapdeck.replay.input.NumberedFrames.START;
import static io.tapdeck.replay.input.NumberedFrames.filter;
import static io.tapdeck.replay.input.NumberedFrames.numbers;
import static io.tapdeck.replay.input.NumberedFrames.range;
import static io.tapdeck.replay.input.NumberedFrames.read;
import static io.tapdeck.replay.input.NumberedFrames.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.replay.input.NumberedFrames.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureInputTest {
  @TempDir private Path directory;

  private static List<Integer> from(int first, int count) {
    return IntStream.range(first, first + count).boxed().toList();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static Path compressed(Path file, String tool) throws IOException {
    Path packed = file.resolveSibling(file.getFileName() + "-" + tool);
    try {
      Process process =
          new ProcessBuilder(tool, "-1", "-q", "-c", file.toString())
              .redirectOutput(packed.toFile())
              .start();
      assertThat(process.waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return packed;
  }

  /** A segment as the recorder leaves it. */
  private static Path segment(Path recording, int number, int first, int count) throws IOException {
    long opened = START + first * SECOND;
    SegmentName name = new SegmentName(UtcTime.ofNanos(opened), number);
    Path file = NumberedFrames.write(name.in(recording), first, count);
    sidecar(name, recording, first, count, Files.size(file));
    return file;
  }

  private static void sidecar(SegmentName name, Path recording, int first, int count, long bytes)
      throws IOException {
    Files.writeString(
        name.sidecarIn(recording),
        """
        {"format": 1, "file": "%s", "linkType": 1, "packets": %d, "frameBytes": %d, "bytes": %d,
         "first": "%s", "last": "%s",
         "origin": {"recording": "00000000-0000-0000-0000-000000000001", "interface": "eth0",
                    "filter": "", "direction": "both", "snaplen": 262144, "rotateSize": 1000},
         "gaps": [], "protected": false}
        """
            .formatted(
                name.fileName(),
                count,
                count * 60,
                bytes,
                UtcTime.format(UtcTime.ofNanos(START + first * SECOND)),
                UtcTime.format(UtcTime.ofNanos(START + (first + count - 1) * SECOND))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "xz", "lz4"})
  void filesAreReadWhateverTheirNameSaysOfThem(String tool) throws IOException {
    Path plain = NumberedFrames.write(file("plain.gz"), 0, 5_000);
    Path blocks = NumberedFrames.writePcapng(file("blocks.pcap"), 5_000, 100);
    try (CaptureInput input =
            CaptureInput.check(
                settings(Selection.ALL, plain, compressed(plain, tool), compressed(blocks, tool)));
        FrameSource source = input.open()) {
      List<Given> given = read(source);
      assertThat(given).hasSize(10_100);
      assertThat(given.subList(5_000, 10_100))
          .extracting(Given::number)
          .containsExactlyElementsOf(from(0, 5_100));
      assertThat(given.stream().filter(Given::beginsFile).map(Given::number))
          .containsExactly(0, 0, 5_000);
      assertThat(source.position()).isEqualTo(source.totalBytes());
      assertThat(source.damages()).isEmpty();
      assertThat(input.linkTypes()).containsExactlyInAnyOrder(LinkType.ETHERNET, LinkType.RAW);
    }
  }

  @Test
  void everyPassGivesTheSame() throws IOException {
    Path one = NumberedFrames.write(file("one"), 0, 3);
    Path two = NumberedFrames.write(file("two"), 3, 2);
    for (Path[] files : new Path[][] {{one}, {one, two}}) {
      for (FrameOrder order : FrameOrder.values()) {
        try (CaptureInput input = CaptureInput.check(settings(order, range("+1s", "+4s"), files));
            FrameSource source = input.open()) {
          List<Given> first = read(source);
          assertThat(first).hasSize(files.length == 1 ? 2 : 3);
          for (int pass = 2; pass < 5; pass++) {
            source.rewind();
            assertThat(source.position()).isZero();
            assertThat(read(source)).isEqualTo(first);
            assertThat(source.position()).isEqualTo(source.totalBytes());
          }
          source.rewind();
          assertThat(source.next()).isTrue();
          source.rewind();
          assertThat(read(source)).isEqualTo(first);
        }
      }
    }
  }

  @Test
  void rangesOfTimeAreFromTheFirstToBeforeTheLast() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 100);
    assertThat(numbers(settings(range("+10s", "+13s"), file))).containsExactly(10, 11, 12);
    assertThat(numbers(settings(range("1700000098", null), file))).containsExactly(98, 99);
    assertThat(numbers(settings(range(null, "2023-11-14T22:13:22Z"), file))).containsExactly(0, 1);
    assertThat(numbers(settings(range("+99.000000001s", null), file))).isEmpty();
    assertThat(numbers(settings(range("1", "2"), file))).isEmpty();
  }

  @Test
  void whatIsSkippedAndLimitedCountsWhatTheFilterAndTheRangeLeave() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 100);
    Selection selection =
        new Selection(
            "udp",
            Optional.of(TimePoint.parse("+11s")),
            Optional.empty(),
            2,
            OptionalLong.of(3),
            Optional.empty());
    try (CaptureInput input = CaptureInput.check(settings(selection, file));
        FrameSource source = input.open()) {
      assertThat(numbers(source)).containsExactly(16, 18, 20);
      // 0 to 10 by time, 11, 13, 15, 17, 19 by the filter, 12 and 14 skipped; the rest is not read.
      assertThat(source.filtered()).isEqualTo(11 + 5 + 2);
      source.rewind();
      assertThat(numbers(source)).containsExactly(16, 18, 20);
      assertThat(source.filtered()).isEqualTo(2 * 18);
    }
  }

  @Test
  void aDurationIsCountedFromTheFirstFrameThatIsPlayed() throws IOException {
    Path one = NumberedFrames.write(file("a"), 0, 10);
    Path two = NumberedFrames.write(file("b"), 10, 1_000);
    Selection selection =
        new Selection(
            "tcp",
            Optional.of(TimePoint.parse("+4s")),
            Optional.empty(),
            1,
            OptionalLong.empty(),
            Optional.of(Duration.ofSeconds(6)));
    assertThat(numbers(settings(selection, one, two))).containsExactly(7, 9, 11);
    assertThat(numbers(settings(FrameOrder.TIME, selection, two, one))).containsExactly(7, 9, 11);
  }

  @Test
  void afterTheEndOfTheRangeTheRestIsNotRead() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 100_000);
    for (FrameOrder order : FrameOrder.values()) {
      try (CaptureInput input =
              CaptureInput.check(settings(order, range(null, "+10s"), file, file));
          FrameSource source = input.open()) {
        assertThat(numbers(source)).hasSize(20);
        assertThat(source.filtered()).isLessThan(200);
        assertThat(source.position()).isEqualTo(source.totalBytes());
      }
    }
  }

  @Test
  void oneFrameWithAWrongTimeEndsNothing() throws IOException {
    long[] times = new long[1_000];
    Arrays.setAll(times, i -> START + (i == 3 ? 1_000_000 : i) * SECOND);
    Path file = NumberedFrames.write(file("a"), 0, times, 60);
    assertThat(numbers(settings(range(null, "+5s"), file))).containsExactly(0, 1, 2, 4);
  }

  @Test
  void framesOfEachLinkTypeAreFilteredByTheirOwnProgram() throws IOException {
    Path mixed = NumberedFrames.writePcapng(file("a"), 0, 10);
    // As raw IP, the addresses of Ethernet are no IP: nothing of these frames matches.
    try (CaptureInput input = CaptureInput.check(settings(filter("udp"), mixed));
        FrameSource source = input.open()) {
      assertThat(numbers(source)).containsExactly(0, 2, 4, 6, 8);
      assertThat(source.filtered()).isEqualTo(5);
    }
    // And of raw IP this is no filter at all.
    assertThat(numbers(settings(filter("ether src 0:0:0:0:0:0"), mixed)))
        .containsExactly(0, 2, 4, 6, 8);
  }

  @Test
  void whatIsNoFilterIsRefusedInLibpcapsWords() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 1);
    assertThatThrownBy(() -> CaptureInput.check(settings(filter("prot 53"), file)))
        .isInstanceOf(InputRefusedException.class)
        .hasMessageStartingWith("the filter 'prot 53' is none for Ethernet frames: ")
        .hasMessageContaining("syntax error");
  }

  @Test
  void whatCannotBePlayedIsRefusedAndSaysWhatToDo() throws IOException {
    Path good = NumberedFrames.write(file("good"), 0, 1);
    Path text = Files.writeString(file("text"), "no capture");
    Path empty = Files.createDirectory(file("empty"));
    assertRefused(text + " is not a pcap file", good, text);
    assertRefused(file("none") + " does not exist; check the name", file("none"));
    assertRefused(empty + " holds no complete segment of a recording; name the files in it", empty);
  }

  private static void assertRefused(String message, Path... files) {
    assertThatThrownBy(() -> CaptureInput.check(settings(Selection.ALL, files)))
        .isInstanceOf(InputRefusedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aRecordingIsItsCompleteSegmentsInOrder() throws IOException {
    Path recording = Files.createDirectory(file("recording"));
    for (int number = 1; number <= 20; number++) {
      segment(recording, number, (number - 1) * 10, 10);
    }
    Files.writeString(recording.resolve("20231114T221320.000000000Z-000099.pcap.part"), "x");
    try (CaptureInput input = CaptureInput.check(settings(Selection.ALL, recording));
        FrameSource source = input.open()) {
      List<Given> given = read(source);
      assertThat(given).extracting(Given::number).containsExactlyElementsOf(from(0, 200));
      assertThat(given.stream().filter(Given::beginsFile)).hasSize(20);
      assertThat(source.totalBytes()).isEqualTo(20L * (24 + 10 * 76));
    }
  }

  @Test
  void segmentsOutsideOfTheRangeAreNotEvenOpened() throws IOException {
    Path recording = Files.createDirectory(file("recording"));
    for (int number = 1; number <= 10; number++) {
      Path file = segment(recording, number, (number - 1) * 10, 10);
      if (number != 4 && number != 5) {
        Files.write(file, new byte[(int) Files.size(file)]);
      }
    }
    for (FrameOrder order : FrameOrder.values()) {
      try (CaptureInput input =
              CaptureInput.check(settings(order, range("+35s", "+45s"), recording));
          FrameSource source = input.open()) {
        assertThat(numbers(source)).containsExactlyElementsOf(from(35, 10));
        assertThat(source.position()).isEqualTo(source.totalBytes());
      }
    }
  }

  @Test
  void aSidecarOfAnotherFileIsNotBelieved() throws IOException {
    Path recording = Files.createDirectory(file("recording"));
    segment(recording, 1, 0, 10);
    Path second = segment(recording, 2, 10, 10);
    NumberedFrames.write(second, 500, 11);
    assertThat(numbers(settings(range("1700000400", null), recording)))
        .containsExactlyElementsOf(from(500, 11));
  }

  @Test
  void aSegmentThatIsRemovedMeanwhileIsTold() throws IOException {
    Path recording = Files.createDirectory(file("recording"));
    segment(recording, 1, 0, 2);
    Path second = segment(recording, 2, 2, 2);
    segment(recording, 3, 4, 2);
    try (CaptureInput input = CaptureInput.check(settings(Selection.ALL, recording));
        FrameSource source = input.open()) {
      Files.delete(second);
      assertThat(numbers(source)).containsExactly(0, 1, 4, 5);
      assertThat(source.damages()).containsExactly(second + " was removed before it was played");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "xz", "lz4"})
  void filesWhoseEndIsDamagedArePlayedUpToThereAndTheNextFollows(String tool) throws IOException {
    Path plain = NumberedFrames.write(file("a"), 0, 100_000);
    Path whole = compressed(plain, tool);
    byte[] packed = Files.readAllBytes(whole);
    Path cut = Files.write(file("cut"), Arrays.copyOf(packed, packed.length * 2 / 3));
    Path next = NumberedFrames.write(file("b"), 200_000, 2);
    for (FrameOrder order : FrameOrder.values()) {
      try (CaptureInput input = CaptureInput.check(settings(order, Selection.ALL, cut, next));
          FrameSource source = input.open()) {
        for (int pass = 0; pass < 2; pass++) {
          List<Integer> numbers = numbers(source);
          int played = numbers.size() - 2;
          assertThat(played).isBetween(1, 99_999);
          assertThat(numbers.subList(0, played)).isEqualTo(from(0, played));
          assertThat(numbers.subList(played, played + 2)).containsExactly(200_000, 200_001);
          assertThat(source.damages()).hasSize(1);
          assertThat(source.damages().getFirst()).startsWith(cut + " is damaged");
          source.rewind();
        }
      }
    }
  }

  @Test
  void aFileWhoseLastFrameIsCutIsPlayedUpToThere() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 3);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 7));
    try (CaptureInput input = CaptureInput.check(settings(Selection.ALL, file, file));
        FrameSource source = input.open()) {
      assertThat(numbers(source)).containsExactly(0, 1, 0, 1);
      assertThat(source.damages())
          .containsExactly(
              file
                  + " is damaged at byte 176: the last frame is cut short; its last 69 bytes were"
                  + " not played");
    }
  }

  @Test
  void isNextBufferedNeverPromisesAFrameThatTheFilterLeavesOut() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 20_000);
    try (CaptureInput input =
            CaptureInput.check(settings(filter("ip[16:4] % 1000 = 0"), file, file));
        FrameSource source = input.open()) {
      int frames = 0;
      int promised = 0;
      while (source.next()) {
        frames++;
        int offset = source.offset();
        byte before = source.buffer().get(offset + 30);
        long time = source.timestampNanos();
        boolean isPromised = false;
        // Each time it looks a little further, and the frame stays.
        for (int asked = 0; asked < frames && !isPromised; asked++) {
          isPromised = source.isNextBuffered();
        }
        assertThat(source.timestampNanos()).isEqualTo(time);
        assertThat(source.buffer().get(offset + 30)).isEqualTo(before);
        if (isPromised) {
          promised++;
          long filtered = source.filtered();
          assertThat(source.next()).isTrue();
          assertThat(source.filtered()).isEqualTo(filtered);
          frames++;
        }
      }
      assertThat(promised).isPositive();
      assertThat(frames).isEqualTo(40);
      assertThat(source.filtered()).isEqualTo(40_000 - 40);
    }
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void aPipeIsPlayedOnce() throws Exception {
    Path file = NumberedFrames.write(file("a"), 0, 20_000);
    for (String tool : new String[] {"cat", "gzip -c", "zstd -qc", "xz -0c", "lz4 -qc"}) {
      Path pipe = file("pipe");
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      Process writer = new ProcessBuilder("sh", "-c", tool + " " + file + " > " + pipe).start();
      try (CaptureInput input = CaptureInput.check(settings(range("+100s", "+15000s"), pipe));
          FrameSource source = input.open()) {
        assertThat(input.isRepeatable()).isFalse();
        assertThat(source.totalBytes()).isZero();
        assertThat(numbers(source)).isEqualTo(from(100, 14_900));
        assertThatThrownBy(source::rewind)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("is a pipe, and can be played once; --preload keeps it");
      } finally {
        writer.destroy();
        writer.waitFor();
        Files.delete(pipe);
      }
    }
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void aPipeIsPlayedAlone() throws Exception {
    Path file = NumberedFrames.write(file("a"), 0, 2);
    Path pipe = file("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path[] names : new Path[][] {{file, pipe}, {pipe, file}}) {
      Process writer = new ProcessBuilder("sh", "-c", "cat " + file + " > " + pipe).start();
      assertRefused("a pipe is played alone", names);
      writer.destroy();
      writer.waitFor();
    }
  }

  @Test
  void everyPassOfSeveralSectionsGivesTheSame() throws IOException {
    Path one = NumberedFrames.writePcapng(file("one"), 0, 10);
    Path two = NumberedFrames.writePcapng(file("two"), List.of(LinkType.ETHERNET), 10, 10);
    Path both = file("both");
    Files.write(both, Files.readAllBytes(one));
    Files.write(both, Files.readAllBytes(two), StandardOpenOption.APPEND);
    try (CaptureInput input = CaptureInput.check(settings(Selection.ALL, both));
        FrameSource source = input.open()) {
      for (int pass = 0; pass < 3; pass++) {
        assertThat(numbers(source)).containsExactlyElementsOf(from(0, 20));
        source.rewind();
      }
      assertThat(source.damages()).isEmpty();
    }
  }

  @Test
  void whatIsPreloadedIsTheSameAndCanBePlayedAgain() throws IOException {
    Path one = NumberedFrames.writePcapng(file("a"), 0, 1_000);
    Path two = NumberedFrames.write(file("b"), 1_000, 1_000);
    Selection selection = range("+10s", "+1900s");
    try (CaptureInput read = CaptureInput.check(settings(selection, one, two));
        CaptureInput loaded =
            CaptureInput.check(
                new InputSettings(
                    List.of(one.toString(), two.toString()), FrameOrder.GIVEN, selection, true));
        FrameSource expected = read.open();
        FrameSource source = loaded.open()) {
      Files.delete(two);
      NumberedFrames.write(two, 1_000, 1_000);
      List<Given> frames = read(expected);
      for (int pass = 0; pass < 3; pass++) {
        assertThat(read(source)).isEqualTo(frames);
        assertThat(source.position()).isEqualTo(source.totalBytes());
        source.rewind();
      }
      assertThat(source.filtered()).isEqualTo(expected.filtered());
      assertThat(source.isNextBuffered()).isTrue();
      assertThat(read(loaded.open())).isEqualTo(frames);
    }
  }

  @Test
  void whatDoesNotFitIntoMemoryIsRefusedWithTheSizes() throws IOException {
    Path file = NumberedFrames.write(file("a"), 0, 100_000);
    try (CaptureInput input = CaptureInput.check(settings(Selection.ALL, file));
        FrameSource source = input.open()) {
      assertThatThrownBy(() -> PreloadedFrames.load(source, 1 << 20))
          .isInstanceOf(InputRefusedException.class)
          .hasMessageMatching(
              "--preload needs about 8\\.\\dMiB of memory, 1MiB can be had;"
                  + " leave it out, or select less");
    }
  }

  @Test
  void filesWithoutFramesAreNoTrouble() throws IOException {
    Path none = NumberedFrames.write(file("none"), 0, 0);
    Path one = NumberedFrames.write(file("one"), 5, 1);
    for (FrameOrder order : FrameOrder.values()) {
      assertThat(numbers(settings(order, range("+0s", null), none, one, none))).containsExactly(5);
      assertThat(numbers(settings(order, Selection.ALL, none))).isEmpty();
    }
  }
}
