package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapngFormatTest {
  private static final long TIME = 1_700_000_000_123_456_789L;

  private static final PcapngSection SECTION =
      new PcapngSection(
          "x86_64", "Linux 6.1.0", "Tapdeck 0.1.0", List.of("segment 7 of three", "höre, 聴く"));
  private static final PcapngInterface ETHERNET =
      new PcapngInterface(
          "tap-a1",
          "mirror of guest a1",
          "tcp port 443 and not host 192.0.2.1",
          OptionalLong.of(10_000_000_000L),
          1_500,
          LinkType.ETHERNET,
          List.of("offloads: GRO off"));
  private static final PcapngInterface COOKED =
      new PcapngInterface(
          "any", "", "", OptionalLong.empty(), 262_144, LinkType.LINUX_SLL2, List.of());
  private static final PcapngStatistics COUNTED =
      new PcapngStatistics(
          0,
          TIME + 5_000_000_000L,
          OptionalLong.of(TIME - 1_000_000_000L),
          OptionalLong.of(TIME + 4_000_000_000L),
          OptionalLong.of(5_000_000_123L),
          OptionalLong.of(3),
          OptionalLong.of(5_000_000_001L),
          OptionalLong.of(20),
          OptionalLong.of(4_999_999_981L),
          List.of("the interface was down for 2 s from 2023-11-14T22:13:21Z"));

  @TempDir Path directory = Path.of("");

  @Test
  void aPacketIsWrittenAsTheSpecificationSays() {
    ByteBuffer buffer = ByteBuffer.allocate(64).order(ByteOrder.BIG_ENDIAN);
    Arrays.fill(buffer.array(), (byte) 0xEE);
    PcapngFormat.putPacketHeader(buffer, 4, 2, 0x0102030405060708L, 5, 1_500);
    assertThat(PcapngFormat.packetLength(5)).isEqualTo(40);
    assertThat(buffer.position()).isZero();
    assertThat(HexFormat.of().withUpperCase().formatHex(buffer.array(), 0, 48))
        .isEqualTo(
            "EEEEEEEE"
                + "00000006"
                + "00000028"
                + "00000002"
                + "01020304"
                + "05060708"
                + "00000005"
                + "000005DC"
                + "EEEEEEEEEE000000"
                + "00000028"
                + "EEEEEEEE");
  }

  @Property
  void aPacketsLengthIsAMultipleOfFourAndItsEndRepeatsIt(
      @ForAll @IntRange(max = 2_000) int captured) {
    int length = PcapngFormat.packetLength(captured);
    assertThat(length % 4).isZero();
    assertThat(length - captured).isBetween(32, 35);
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    PcapngFormat.putPacketHeader(buffer, 0, 0, TIME, captured, captured);
    assertThat(buffer.getInt(PcapngFormat.LENGTH_OFFSET)).isEqualTo(length);
    assertThat(buffer.getInt(length - PcapngFormat.TRAILER_LENGTH)).isEqualTo(length);
  }

  @Test
  void whatIsNotKnownTakesNoRoom() {
    PcapngSection unknown = new PcapngSection("", "", "", List.of(""));
    assertThat(PcapngFormat.lengthOf(unknown))
        .isEqualTo(PcapngFormat.SECTION_OPTIONS_OFFSET + PcapngFormat.TRAILER_LENGTH);
    OptionalLong none = OptionalLong.empty();
    PcapngStatistics nothing =
        new PcapngStatistics(1, TIME, none, none, none, none, none, none, none, List.of());
    assertThat(PcapngFormat.lengthOf(nothing))
        .isEqualTo(PcapngFormat.STATISTICS_OPTIONS_OFFSET + PcapngFormat.TRAILER_LENGTH);
  }

  @Test
  void theMostThatIsWrittenFitsTheRoomThatIsPromised() {
    String endless = "ß".repeat(70_000);
    List<String> comments = Collections.nCopies(1_000, endless);
    int text = PcapngFormat.LARGEST_TEXT_LENGTH + PcapngFormat.OPTION_HEADER_LENGTH;
    PcapngInterface described =
        new PcapngInterface(
            endless, endless, endless, OptionalLong.of(1), 1, LinkType.ETHERNET, comments);
    assertThat(PcapngFormat.lengthOf(new PcapngSection(endless, endless, endless, comments)))
        .isGreaterThan((PcapngFormat.MOST_COMMENTS + 3) * text)
        .isLessThan(PcapngFormat.LARGEST_DESCRIPTION_LENGTH);
    assertThat(PcapngFormat.lengthOf(described))
        .isGreaterThan((PcapngFormat.MOST_COMMENTS + 3) * text)
        .isLessThan(PcapngFormat.LARGEST_DESCRIPTION_LENGTH);
    ByteBuffer small = ByteBuffer.allocate(1_000);
    assertThatThrownBy(() -> PcapngFormat.putInterfaceDescription(small, 0, described))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Property(tries = 200)
  void aTextIsCutBetweenTwoCharacters(
      @ForAll @IntRange(max = 7) int shift, @ForAll @StringLength(min = 1, max = 40) String some) {
    String text = "x".repeat(shift) + some.repeat(5_000);
    byte[] written = commentOf(text);
    assertThat(written.length)
        .isBetween(
            Math.min(PcapngFormat.LARGEST_TEXT_LENGTH - 3, text.length()),
            PcapngFormat.LARGEST_TEXT_LENGTH);
    String read = new String(written, StandardCharsets.UTF_8);
    assertThat(read.getBytes(StandardCharsets.UTF_8)).isEqualTo(written);
    String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(whole).startsWith(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
  @Tag("lab")
  void wiresharksToolsReadAllOfItWithoutAWarning(String orderName)
      throws IOException, InterruptedException {
    Path file = write("all.pcapng", order(orderName), 0, 1, 59, 60, 61, 62, 1_500);
    assertThat(Wireshark.packetsIn(file)).isEqualTo(7);

    String capinfos = Wireshark.says("capinfos", "-M", file.toString());
    assertThat(capinfos)
        .contains("File type:           pcapng")
        .contains("File encapsulation:  per-packet")
        .contains("Capture hardware:    x86_64")
        .contains("Capture oper-sys:    Linux 6.1.0")
        .contains("Capture application: Tapdeck 0.1.0")
        .contains("segment 7 of three")
        .contains("höre, 聴く")
        .contains("Number of interfaces in file: 2")
        .contains("Name = tap-a1")
        .contains("Description = mirror of guest a1")
        .contains("Filter string = tcp port 443 and not host 192.0.2.1")
        .contains("Speed = 10000000000")
        .contains("Capture length = 1500")
        .contains("Time precision = nanoseconds (9)")
        .contains("Comment = offloads: GRO off")
        .contains("Name = any")
        .contains("Encapsulation = Linux cooked-mode capture v2")
        .contains("Number of stat entries = 1");

    assertThat(Wireshark.field(file, "frame.time_epoch")).first().isEqualTo("1700000000.123456789");
    assertThat(Wireshark.field(file, "frame.interface_name"))
        .containsExactly("tap-a1", "any", "tap-a1", "any", "tap-a1", "any", "tap-a1");
    assertThat(Wireshark.field(file, "frame.cap_len"))
        .containsExactly("0", "1", "59", "60", "61", "62", "1500");
    assertThat(Wireshark.field(file, "frame.len"))
        .containsExactly("0", "101", "259", "360", "461", "562", "2100");
    String json = Wireshark.says("tshark", "-n", "-r", file.toString(), "-T", "json");
    assertThat(json).contains("\"frame.interface_description\": \"mirror of guest a1\"");
    String statistics =
        Wireshark.says(
            "tshark", "-n", "-r", file.toString(), "-X", "read_format:MIME Files Format", "-V");
    assertThat(statistics)
        .contains("the interface was down for 2 s from 2023-11-14T22:13:21Z")
        .contains("5000000123")
        .contains("4999999981");
  }

  @Test
  @Tag("lab")
  void editcapAndMergecapKeepWhatItSays() throws IOException, InterruptedException {
    Path file = write("first.pcapng", ByteOrder.nativeOrder(), 60, 60, 1_500);
    Path other = write("second.pcapng", ByteOrder.nativeOrder(), 60);
    Path edited = directory.resolve("edited.pcapng");
    Path merged = directory.resolve("merged.pcapng");
    Wireshark.says("editcap", "-r", file.toString(), edited.toString(), "1-2");
    Wireshark.says("mergecap", "-w", merged.toString(), file.toString(), other.toString());
    assertThat(Wireshark.packetsIn(edited)).isEqualTo(2);
    assertThat(Wireshark.packetsIn(merged)).isEqualTo(4);
    assertThat(Wireshark.says("capinfos", "-M", edited.toString()))
        .contains("segment 7 of three")
        .contains("Filter string = tcp port 443 and not host 192.0.2.1");
    assertThat(Wireshark.field(merged, "frame.interface_name")).contains("tap-a1", "any");
  }

  private Path write(String name, ByteOrder order, int... lengths) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(1 << 16).order(order);
    int index = PcapngFormat.putSectionHeader(file, 0, SECTION);
    index += PcapngFormat.putInterfaceDescription(file, index, ETHERNET);
    index += PcapngFormat.putInterfaceDescription(file, index, COOKED);
    for (int packet = 0; packet < lengths.length; packet++) {
      int length = lengths[packet];
      PcapngFormat.putPacketHeader(
          file, index, packet % 2, TIME + packet, length, length + packet * 100);
      byte[] frame = new byte[length];
      // A protocol number of nobody: nothing is dissected, nothing found malformed.
      if (length > 13) {
        frame[packet % 2 == 0 ? 12 : 0] = (byte) 0x88;
        frame[packet % 2 == 0 ? 13 : 1] = (byte) 0xB5;
      }
      file.put(index + PcapngFormat.PACKET_HEADER_LENGTH, frame);
      index += PcapngFormat.packetLength(length);
    }
    index += PcapngFormat.putStatistics(file, index, COUNTED);
    return Files.write(directory.resolve(name), Arrays.copyOf(file.array(), index));
  }

  private static byte[] commentOf(String text) {
    ByteBuffer file = ByteBuffer.allocate(PcapngFormat.LARGEST_DESCRIPTION_LENGTH);
    PcapngFormat.putSectionHeader(file, 0, new PcapngSection("", "", "", List.of(text)));
    int option = PcapngFormat.SECTION_OPTIONS_OFFSET;
    assertThat(file.getShort(option)).isEqualTo((short) PcapngFormat.OPTION_COMMENT);
    byte[] comment = new byte[Short.toUnsignedInt(file.getShort(option + Short.BYTES))];
    file.get(option + PcapngFormat.OPTION_HEADER_LENGTH, comment);
    return comment;
  }

  private static ByteOrder order(String name) {
    return name.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }
}
