package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.Captures.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapReaderTest {
  private static final int SMALL_WINDOW = 256;

  @TempDir Path directory = Path.of("");

  @Property
  void everyVariantGivesBackTheFrames(
      @ForAll("frames") List<Frame> frames,
      @ForAll boolean bigEndian,
      @ForAll boolean nanoseconds,
      @ForAll @IntRange(min = SMALL_WINDOW, max = 4096) int window)
      throws IOException {
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] file = Captures.file(order, nanoseconds, frames);
    PcapReader reader = reader(file, window);
    assertThat(reader.hasNanoseconds()).isEqualTo(nanoseconds);
    assertThat(reader.linkType()).isEqualTo(LinkType.ETHERNET);
    assertThat(reader.snaplen()).isEqualTo(65_535);
    for (Frame frame : frames) {
      assertThat(reader.next()).isTrue();
      long tick = nanoseconds ? 1 : 1_000;
      assertThat(reader.timestampNanos())
          .isEqualTo(frame.timestampNanos() - frame.timestampNanos() % tick);
      assertThat(reader.originalLength()).isEqualTo(frame.originalLength());
      assertThat(frameOf(reader)).isEqualTo(frame.bytes());
    }
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
    assertThat(reader.damage()).isEmpty();
    assertThat(reader.validLength()).isEqualTo(file.length);
  }

  @Property
  void aFileCutAnywhereGivesTheWholeFramesBeforeTheCutAndSaysWhereItIs(
      @ForAll("frames") List<Frame> frames, @ForAll @IntRange(max = 4095) int cutSeed)
      throws IOException {
    byte[] whole = Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames);
    int body = whole.length - PcapFormat.FILE_HEADER_LENGTH;
    int cut = PcapFormat.FILE_HEADER_LENGTH + cutSeed % (body + 1);
    int wholeFrames = 0;
    int validLength = PcapFormat.FILE_HEADER_LENGTH;
    for (Frame frame : frames) {
      int end = validLength + PcapFormat.RECORD_HEADER_LENGTH + frame.bytes().length;
      if (end > cut) {
        break;
      }
      validLength = end;
      wholeFrames++;
    }

    PcapReader reader = reader(Arrays.copyOf(whole, cut), SMALL_WINDOW);
    int read = 0;
    while (reader.next()) {
      read++;
    }

    assertThat(read).isEqualTo(wholeFrames);
    assertThat(reader.validLength()).isEqualTo(validLength);
    assertThat(reader.damage().isPresent()).isEqualTo(cut != validLength);
    if (cut != validLength) {
      Damage damage = reader.damage().orElseThrow();
      assertThat(damage.offset()).isEqualTo(validLength);
      assertThat(damage.bytesLeft()).isEqualTo(cut - validLength);
      assertThat(damage.reason()).endsWith("is cut short");
    }
    assertThat(reader.next()).isFalse();
  }

  @Test
  void aFileCutInsideItsHeaderIsRefused() throws IOException {
    byte[] whole = Captures.file(ByteOrder.LITTLE_ENDIAN, true, List.of());
    for (int cut = 0; cut < whole.length; cut++) {
      byte[] file = Arrays.copyOf(whole, cut);
      assertThatThrownBy(() -> reader(file, SMALL_WINDOW)).isInstanceOf(NotPcapException.class);
    }
    assertThat(reader(whole, SMALL_WINDOW).next()).isFalse();
  }

  @Property
  void anyBytesAfterTheHeaderEndInDamageOrAtTheEndNeverInAnError(
      @ForAll byte[] garbage, @ForAll boolean bigEndian) throws IOException {
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] header = Captures.file(order, true, List.of());
    byte[] file = Arrays.copyOf(header, header.length + garbage.length);
    System.arraycopy(garbage, 0, file, header.length, garbage.length);
    PcapReader reader = reader(file, SMALL_WINDOW);
    while (reader.next()) {
      assertThat(reader.timestampNanos()).isNotNegative();
      assertThat(frameOf(reader)).hasSize(reader.captureLength());
    }
    assertThat(reader.validLength() + reader.damage().map(Damage::bytesLeft).orElse(0L))
        .isEqualTo(file.length);
  }

  @ParameterizedTest
  @CsvSource({"262145", "-1", "-2147483648", "2147483647"})
  void aLengthThatNoFrameHasIsDamageAndTheFramesBeforeAreDelivered(int claimed) throws IOException {
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, Captures.frames(60, 60, 60));
    int second = PcapFormat.FILE_HEADER_LENGTH + PcapFormat.RECORD_HEADER_LENGTH + 60;
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(second + PcapFormat.CAPTURE_LENGTH_OFFSET, claimed);
    PcapReader reader = reader(file, PcapReader.WINDOW_LENGTH);
    assertThat(reader.next()).isTrue();
    assertThat(reader.next()).isFalse();
    assertThat(reader.damage())
        .contains(
            new Damage(
                second,
                file.length - second,
                "a record claims " + Integer.toUnsignedString(claimed) + " captured bytes"));
  }

  @Test
  void theLargestRecordFitsAndManyOfThemDoNotGrowTheWindow() throws IOException {
    int largest = PcapFormat.LARGEST_CAPTURE_LENGTH;
    List<Frame> frames = Captures.frames(largest, 1, largest, largest, 0, largest);
    Path path = directory.resolve("large.pcap");
    Files.write(path, Captures.file(ByteOrder.BIG_ENDIAN, false, frames));
    try (PcapReader reader = PcapReader.open(path)) {
      for (Frame frame : frames) {
        assertThat(reader.next()).isTrue();
        assertThat(frameOf(reader)).isEqualTo(frame.bytes());
      }
      assertThat(reader.next()).isFalse();
      assertThat(reader.damage()).isEmpty();
      assertThat(reader.buffer().capacity()).isEqualTo(PcapReader.WINDOW_LENGTH);
    }
  }

  @Test
  void timesUntil2106AreReadAndWrittenToTheNanosecond() throws IOException {
    long last = 0xFFFF_FFFFL * 1_000_000_000L;
    List<Frame> frames =
        List.of(
            new Frame(0, new byte[1], 1),
            new Frame(999_999_999, new byte[1], 1),
            new Frame(last, new byte[1], -1));
    PcapReader reader = reader(Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames), SMALL_WINDOW);
    List<Long> times = new ArrayList<>();
    while (reader.next()) {
      times.add(reader.timestampNanos());
    }
    assertThat(times).containsExactly(0L, 999_999_999L, last);
  }

  @ParameterizedTest
  @CsvSource({
    "1f8b080000000000, it looks like gzip",
    "28b52ffd00000000, it looks like zstd",
    "04224d1800000000, it looks like lz4",
    "fd377a585a000000, it looks like xz",
    "504b030400000000, it looks like a zip archive",
    "425a683931000000, it looks like bzip2",
    "736e6f6f70000000, it looks like snoop",
    "34cdb2a100000000, modified",
    "cafebabe00000000, it begins with the bytes cafebabe; name a pcap or pcapng file"
  })
  void aForeignFileIsRefusedByWhatItLooksLike(String bytes, String reason) {
    assertThatThrownBy(() -> reader(HexFormat.of().parseHex(bytes), SMALL_WINDOW))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("is not a pcap file")
        .hasMessageContaining(reason);
  }

  @Test
  void aVersionThatOrdersItsFieldsDifferentlyIsRefused() {
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, List.of());
    file[PcapFormat.VERSION_MINOR_OFFSET] = 2;
    assertThatThrownBy(() -> reader(file, SMALL_WINDOW)).hasMessageContaining("version 2.2");
  }

  @Test
  void whatIsNotAReadableFileIsRefusedByName() throws IOException {
    Path text = Files.writeString(directory.resolve("a.txt"), "hello", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> PcapReader.open(text)).hasMessageContaining("is not a pcap file");
    assertThatThrownBy(() -> PcapReader.open(directory))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> PcapReader.open(directory.resolve("none")))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> PcapReader.open(Path.of("/dev/null")))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("not a regular file");
  }

  @Provide
  Arbitrary<List<Frame>> frames() {
    Arbitrary<Long> times = Arbitraries.longs().between(0, 0xFFFF_FFFFL * 1_000_000_000L);
    Arbitrary<byte[]> bytes =
        Arbitraries.bytes()
            .array(byte[].class)
            .ofMaxSize(SMALL_WINDOW - PcapFormat.RECORD_HEADER_LENGTH);
    Arbitrary<Integer> lengths = Arbitraries.integers().between(0, Integer.MAX_VALUE);
    return Combinators.combine(times, bytes, lengths).as(Frame::new).list().ofMaxSize(20);
  }

  private static PcapReader reader(byte[] file, int window) throws IOException {
    return new PcapReader(new BytesChannel(file), "test.pcap", ByteBuffer.allocate(window));
  }

  private static byte[] frameOf(PcapReader reader) {
    byte[] frame = new byte[reader.captureLength()];
    reader.buffer().get(reader.offset(), frame);
    return frame;
  }
}
