package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.PcapngFile.Interface;
import io.tapdeck.capture.pcap.PcapngFile.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapngReaderTest {
  private static final int SMALL_WINDOW = 256;
  private static final int LONGEST_FRAME = SMALL_WINDOW - 32;
  private static final byte[] FRAME = new byte[60];

  @TempDir Path directory = Path.of("");

  @Property
  void anyMixtureOfSectionsInterfacesAndPacketsIsReadBack(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int blocks,
      @ForAll @IntRange(min = SMALL_WINDOW, max = 4_096) int window)
      throws IOException {
    PcapngFile file = PcapngFile.random(new Random(seed), blocks, LONGEST_FRAME, false);
    byte[] bytes = file.toByteArray();
    PcapReader reader = reader(bytes, window);
    assertThat(reader.format()).isEqualTo(CaptureFormat.PCAPNG);
    long lastTime = 0;
    for (Packet packet : file.packets()) {
      assertThat(reader.next()).isTrue();
      if (packet.nanos() != null) {
        lastTime = packet.nanos();
      }
      assertThat(reader.timestampNanos()).isEqualTo(lastTime);
      assertThat(reader.hasTimestamp())
          .isEqualTo(packet.nanos() != null && packet.nanos() != Long.MAX_VALUE);
      assertThat(frameOf(reader)).isEqualTo(packet.frame());
      assertThat(reader.originalLength()).isEqualTo(packet.originalLength());
      assertThat(reader.interfaceId()).isEqualTo(packet.interfaceId());
      assertThat(reader.linkType()).isEqualTo(packet.source().linkType());
      assertThat(reader.snaplen()).isEqualTo(packet.source().snaplen());
      assertThat(reader.interfaces().get(packet.interfaceId()).name())
          .isEqualTo(packet.source().name());
      assertThat(reader.recordOffset()).isEqualTo(packet.blockStart());
    }
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
    assertThat(reader.damage()).isEmpty();
    assertThat(reader.validLength()).isEqualTo(bytes.length);
    assertThat(reader.interfaces())
        .isEqualTo(
            file.interfaces().stream()
                .map(i -> new CaptureInterface(i.name(), i.linkType(), i.snaplen()))
                .toList());
  }

  @Property
  void aFileCutAnywhereGivesTheWholeBlocksBeforeTheCutAndSaysWhereItIs(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 30) int blocks) throws IOException {
    Random random = new Random(seed);
    PcapngFile file = PcapngFile.random(random, blocks, LONGEST_FRAME, false);
    byte[] bytes = file.toByteArray();
    int header = file.blockEnds().getFirst();
    int cut = header + random.nextInt(bytes.length - header + 1);
    int valid = file.blockEnds().stream().filter(end -> end <= cut).reduce(0, Math::max);
    PcapReader reader = reader(Arrays.copyOf(bytes, cut), SMALL_WINDOW);
    assertThat(readAll(reader))
        .isEqualTo(file.packets().stream().filter(p -> p.blockStart() < valid).count());
    assertThat(reader.validLength()).isEqualTo(valid);
    assertThat(reader.damage().isPresent()).isEqualTo(cut != valid);
    if (cut != valid) {
      Damage damage = reader.damage().orElseThrow();
      assertThat(damage.offset()).isEqualTo(valid);
      assertThat(damage.bytesLeft()).isEqualTo(cut - valid);
      assertThat(damage.reason()).endsWith("is cut short");
    }
  }

  @Property
  void anyBytesAfterTheHeaderEndInDamageOrAtTheEndNeverInAnError(
      @ForAll byte[] garbage, @ForAll boolean bigEndian) throws IOException {
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] start = new PcapngFile().section(order).ethernet().toByteArray();
    byte[] bytes = Arrays.copyOf(start, start.length + garbage.length);
    System.arraycopy(garbage, 0, bytes, start.length, garbage.length);
    PcapReader reader = reader(bytes, SMALL_WINDOW);
    readAll(reader);
    assertThat(reader.validLength() + reader.damage().map(Damage::bytesLeft).orElse(0L))
        .isEqualTo(bytes.length);
  }

  @Test
  void fiveHundredDamagedFilesAreReadToWhereTheyMakeSense() throws IOException {
    Random random = new Random(42);
    int damaged = 0;
    for (int round = 0; round < 500; round++) {
      byte[] bytes = PcapngFile.random(random, 40, LONGEST_FRAME, true).toByteArray();
      int first = readAll(reader(bytes, SMALL_WINDOW));
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = 28 + random.nextInt(bytes.length - 32);
        switch (random.nextInt(4)) {
          case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
          case 1 -> bytes[at] = (byte) random.nextInt();
          case 2 -> ByteBuffer.wrap(bytes).putInt(at & -4, random.nextInt());
          default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 100), (byte) 0);
        }
      }
      PcapReader reader = reader(bytes, SMALL_WINDOW);
      assertThat(readAll(reader)).isLessThanOrEqualTo(first + 40);
      assertThat(reader.validLength() + reader.damage().map(Damage::bytesLeft).orElse(0L))
          .isEqualTo(bytes.length);
      damaged += reader.damage().isPresent() ? 1 : 0;
    }
    assertThat(damaged).isBetween(200, 499);
  }

  @Test
  void whatComesBeforeTheFirstPacketIsKnownAtOnce() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.BIG_ENDIAN).ethernet();
    file.describe(new Interface("any", LinkType.LINUX_SLL2, 96, (byte) 6, 0));
    PcapReader reader = reader(file.toByteArray(), SMALL_WINDOW);
    assertThat(reader.interfaces())
        .containsExactly(
            new CaptureInterface("eth0", LinkType.ETHERNET, 0),
            new CaptureInterface("any", LinkType.LINUX_SLL2, 96));
    assertThat(reader.linkType()).isEqualTo(LinkType.ETHERNET);
    assertThat(reader.hasNanoseconds()).isTrue();
    assertThat(reader.buffer().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThat(reader.validLength()).isEqualTo(file.blockEnds().getLast().intValue());
    assertThat(reader.next()).isFalse();
    assertThat(reader.damage()).isEmpty();
  }

  @Test
  void whatIsWrittenHereIsReadBack() throws IOException {
    OptionalLong none = OptionalLong.empty();
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      ByteBuffer file = ByteBuffer.allocate(4_096).order(order);
      int end = PcapngFormat.putSectionHeader(file, 0, new PcapngSection("m", "l", "t", List.of()));
      end +=
          PcapngFormat.putInterfaceDescription(
              file,
              end,
              new PcapngInterface(
                  "höre0", "text", "udp", none, 1_500, LinkType.RAW, List.of("comment")));
      PcapngFormat.putPacketHeader(file, end, 0, 1_700_000_000_123_456_789L, 61, 9_000);
      int frame = end + PcapngFormat.PACKET_HEADER_LENGTH;
      file.put(frame, new byte[] {1, 2, 3});
      end += PcapngFormat.packetLength(61);
      end +=
          PcapngFormat.putStatistics(
              file,
              end,
              new PcapngStatistics(
                  0, 1, none, none, OptionalLong.of(2), none, none, none, none, List.of()));
      PcapReader reader = reader(Arrays.copyOf(file.array(), end), SMALL_WINDOW);
      assertThat(reader.interfaces())
          .containsExactly(new CaptureInterface("höre0", "text", "udp", LinkType.RAW, 1_500));
      assertThat(reader.next()).isTrue();
      assertThat(reader.timestampNanos()).isEqualTo(1_700_000_000_123_456_789L);
      assertThat(reader.hasTimestamp()).isTrue();
      assertThat(reader.hasNanoseconds()).isTrue();
      assertThat(frameOf(reader)).hasSize(61).startsWith(1, 2, 3).endsWith(0);
      assertThat(reader.originalLength()).isEqualTo(9_000);
      assertThat(reader.next()).isFalse();
      assertThat(reader.damage()).isEmpty();
      assertThat(reader.validLength()).isEqualTo(end);
    }
  }

  @Test
  void blocksOfAnySizeAreSteppedOver() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).ethernet();
    byte[] options = new byte[10 * SMALL_WINDOW];
    ByteBuffer.wrap(options).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 1).putShort((short) 9);
    file.enhanced(0, 1, FRAME, 60)
        .block(PcapngFile.LOCAL_USE, new byte[7 * SMALL_WINDOW])
        .enhanced(0, 2, FRAME, 60, options)
        .block(PcapngFile.LOCAL_USE, new byte[3 * SMALL_WINDOW])
        .block(PcapngFile.LOCAL_USE, new byte[0])
        .enhanced(0, 3, FRAME, 60)
        .block(PcapngFile.LOCAL_USE, new byte[SMALL_WINDOW]);
    byte[] bytes = file.toByteArray();
    PcapReader reader = reader(bytes, SMALL_WINDOW);
    List<Long> times = new ArrayList<>();
    while (reader.next()) {
      times.add(reader.timestampNanos());
    }
    assertThat(times).containsExactly(1L, 2L, 3L);
    assertThat(reader.damage()).isEmpty();
    assertThat(reader.validLength()).isEqualTo(bytes.length);
    // One byte less, and the last block ends outside of the file.
    PcapReader cut = reader(Arrays.copyOf(bytes, bytes.length - 1), SMALL_WINDOW);
    assertThat(readAll(cut)).isEqualTo(3);
    assertThat(cut.damage().map(Damage::reason)).contains("the last block is cut short");
  }

  @Test
  void theLargestPacketsOfAFileOnDiskAreReadInAWindowOfOneSize() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.BIG_ENDIAN).ethernet();
    byte[] largest = new byte[PcapFormat.LARGEST_CAPTURE_LENGTH];
    Arrays.fill(largest, (byte) 7);
    byte[] skipped = new byte[3 * PcapReader.WINDOW_LENGTH];
    for (int packet = 0; packet < 5; packet++) {
      file.enhanced(0, packet, largest, largest.length).block(PcapngFile.LOCAL_USE, skipped);
    }
    Path path = Files.write(directory.resolve("large.pcapng"), file.toByteArray());
    try (PcapReader reader = PcapReader.open(path)) {
      int packets = 0;
      while (reader.next()) {
        assertThat(frameOf(reader)).isEqualTo(largest);
        assertThat(reader.timestampNanos()).isEqualTo(packets++);
      }
      assertThat(packets).isEqualTo(5);
      assertThat(reader.damage()).isEmpty();
      assertThat(reader.buffer().capacity()).isEqualTo(PcapReader.WINDOW_LENGTH);
    }
  }

  @Test
  void aSimplePacketHasTheTimeOfTheOneBeforeAndIsCutAtTheSnaplen() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN);
    file.describe(new Interface("a", LinkType.ETHERNET, 60, (byte) 6, 0));
    file.describe(new Interface("b", LinkType.RAW, 0, (byte) 9, 0));
    file.simple(FRAME, 1_500).enhanced(1, 77, FRAME, 60).simple(new byte[59], 59);
    PcapReader reader = reader(file.toByteArray(), SMALL_WINDOW);
    assertThat(reader.next()).isTrue();
    assertThat(reader.timestampNanos()).isZero();
    assertThat(reader.hasTimestamp()).isFalse();
    assertThat(reader.captureLength()).isEqualTo(60);
    assertThat(reader.originalLength()).isEqualTo(1_500);
    assertThat(reader.next()).isTrue();
    assertThat(reader.linkType()).isEqualTo(LinkType.RAW);
    assertThat(reader.next()).isTrue();
    assertThat(reader.timestampNanos()).isEqualTo(77);
    assertThat(reader.hasTimestamp()).isFalse();
    assertThat(reader.linkType()).isEqualTo(LinkType.ETHERNET);
    assertThat(reader.captureLength()).isEqualTo(59);
  }

  @Test
  void whatCannotBeIsDamageWithAReason() throws IOException {
    damage(4, 8, "a block claims 8 bytes");
    damage(4, 42, "a block claims 42 bytes");
    damage(4, -4, "the last block is cut short");
    damage(88, 88, "a block of 92 bytes ends as one of 88");
    damage(8, 1, "a packet is of interface 1, of 1 that are described");
    damage(8, -1, "a packet is of interface 4294967295, of 1 that are described");
    damage(20, 61, "a packet claims 61 captured bytes");
    damage(20, -1, "a packet claims 4294967295 captured bytes");
    damage(0, 0x0A0D0D0A, "a section header does not tell its byte order");
  }

  private static void damage(int offset, int value, String reason) throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).ethernet();
    file.enhanced(0, 1, FRAME, 60).enhanced(0, 2, FRAME, 60);
    byte[] bytes = file.toByteArray();
    int second = file.packets().getLast().blockStart();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(second + offset, value);
    PcapReader reader = reader(bytes, SMALL_WINDOW);
    assertThat(reader.next()).isTrue();
    assertThat(reader.next()).isFalse();
    assertThat(reader.damage()).contains(new Damage(second, bytes.length - second, reason));
    assertThat(reader.next()).isFalse();
  }

  @Test
  void noFileTakesMoreMemoryThanSoManyInterfacesDo() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN);
    String name = "ß".repeat(200);
    for (int count = 0; count <= PcapngBlocks.MOST_INTERFACES; count++) {
      file.describe(new Interface(name, LinkType.ETHERNET, 0, (byte) 9, 0));
    }
    PcapReader reader = reader(file.toByteArray(), 4_096);
    assertThat(reader.next()).isFalse();
    assertThat(reader.interfaces()).hasSize(PcapngBlocks.MOST_INTERFACES);
    assertThat(reader.interfaces().getFirst().name()).isEqualTo("ß".repeat(127));
    assertThat(reader.damage().map(Damage::reason))
        .contains("a section has more than 16384 interfaces");
  }

  @Test
  void paddingWithZerosIsNoPacket() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).ethernet();
    byte[] bytes = file.enhanced(0, 1, FRAME, 60).toByteArray();
    PcapReader reader = reader(Arrays.copyOf(bytes, bytes.length + 4_096), SMALL_WINDOW);
    assertThat(readAll(reader)).isEqualTo(1);
    assertThat(reader.validLength()).isEqualTo(bytes.length);
    assertThat(reader.damage()).contains(new Damage(bytes.length, 4_096, "a block claims 0 bytes"));
  }

  @Test
  void whatIsNextIsToldWithoutReading() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).ethernet();
    byte[] bytes = file.enhanced(0, 1, FRAME, 60).simple(FRAME, 60).toByteArray();
    PcapReader reader = reader(bytes, 4_096);
    assertThat(reader.isNextBuffered()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.isNextBuffered()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.isNextBuffered()).isFalse();
  }

  @Test
  void aFileWhoseHeaderCannotBeReadIsRefused() {
    byte[] whole = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).toByteArray();
    for (int cut = 0; cut < whole.length; cut++) {
      byte[] file = Arrays.copyOf(whole, cut);
      assertThatThrownBy(() -> reader(file, SMALL_WINDOW)).isInstanceOf(NotPcapException.class);
    }
    byte[] second = whole.clone();
    second[PcapngFormat.VERSION_MAJOR_OFFSET] = 2;
    assertThatThrownBy(() -> reader(second, SMALL_WINDOW))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("test.pcapng is a pcapng file that cannot be read")
        .hasMessageContaining("version 2.0");
    byte[] without = whole.clone();
    without[PcapngFormat.MAGIC_OFFSET] = 0;
    assertThatThrownBy(() -> reader(without, SMALL_WINDOW)).hasMessageContaining("byte order");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @Tag("lab")
  void wiresharkReadsTheSame(long seed) throws IOException, InterruptedException {
    PcapngFile file = PcapngFile.random(new Random(seed), 300, 2_000, true);
    Path path = Files.write(directory.resolve("mixed.pcapng"), file.toByteArray());
    List<String> times = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    List<String> originals = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(path)) {
      while (reader.next()) {
        long time = reader.timestampNanos();
        times.add(
            reader.hasTimestamp()
                ? "%d.%09d".formatted(time / 1_000_000_000, time % 1_000_000_000)
                : "");
        lengths.add(Integer.toString(reader.captureLength()));
        originals.add(Long.toString(reader.originalLength()));
      }
      assertThat(reader.damage()).isEmpty();
    }
    assertThat(times).hasSizeGreaterThan(150);
    assertThat(Wireshark.packetsIn(path)).isEqualTo(times.size());
    assertThat(Wireshark.field(path, "frame.cap_len")).isEqualTo(lengths);
    assertThat(Wireshark.field(path, "frame.len")).isEqualTo(originals);
    assertThat(Wireshark.field(path, "frame.time_epoch")).isEqualTo(times);
  }

  private static int readAll(PcapReader reader) throws IOException {
    int packets = 0;
    while (reader.next()) {
      assertThat(reader.timestampNanos()).isNotNegative();
      assertThat(frameOf(reader)).hasSize(reader.captureLength());
      packets++;
    }
    assertThat(reader.next()).isFalse();
    return packets;
  }

  private static PcapReader reader(byte[] file, int window) throws IOException {
    return new PcapReader(new BytesChannel(file), "test.pcapng", ByteBuffer.allocate(window));
  }

  private static byte[] frameOf(PcapReader reader) {
    byte[] frame = new byte[reader.captureLength()];
    reader.buffer().get(reader.offset(), frame);
    return frame;
  }
}
