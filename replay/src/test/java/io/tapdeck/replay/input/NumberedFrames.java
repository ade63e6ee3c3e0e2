package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapngFormat;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Capture files of frames that tell which they are, and what a source gives of them. */
final class NumberedFrames {
  static final long START = 1_700_000_000_000_000_000L;
  static final long SECOND = 1_000_000_000L;
  private static final int UDP = 17;
  private static final int TCP = 6;

  /** A frame as it was given. */
  record Given(int number, long time, boolean beginsFile) {}

  private NumberedFrames() {}

  /** Frames of the numbers from {@code first} on, each a second after the one before. */
  static Path write(Path path, int first, int count) throws IOException {
    long[] times = new long[count];
    Arrays.setAll(times, i -> START + (first + i) * SECOND);
    return write(path, first, times, 60);
  }

  static Path write(Path path, int first, long[] times, int length) throws IOException {
    return write(path, LinkType.ETHERNET, first, times, length);
  }

  static Path write(Path path, LinkType linkType, int first, long[] times, int length)
      throws IOException {
    int record = PcapFormat.RECORD_HEADER_LENGTH + length;
    ByteBuffer file =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH + times.length * record)
            .order(ByteOrder.LITTLE_ENDIAN);
    PcapFormat.putFileHeader(file, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, linkType);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (int i = 0; i < times.length; i++) {
      PcapFormat.putRecordHeader(file, at, times[i], length, length);
      file.put(at + PcapFormat.RECORD_HEADER_LENGTH, frame(first + i, length));
      at += record;
    }
    return Files.write(path, file.array());
  }

  /** The same in pcapng: frames of two interfaces in turn, the first of Ethernet. */
  static Path writePcapng(Path path, int first, int count) throws IOException {
    return writePcapng(path, List.of(LinkType.ETHERNET, LinkType.RAW), first, count);
  }

  /** The same, of interfaces of these link types in turn. */
  static Path writePcapng(Path path, List<LinkType> linkTypes, int first, int count)
      throws IOException {
    ByteBuffer file = ByteBuffer.allocate(4096 + count * 128).order(ByteOrder.LITTLE_ENDIAN);
    int at = PcapngFormat.putSectionHeader(file, 0, new PcapngSection("", "", "", List.of()));
    for (LinkType linkType : linkTypes) {
      PcapngInterface described =
          new PcapngInterface("", "", "", OptionalLong.empty(), 0, linkType, List.of());
      at += PcapngFormat.putInterfaceDescription(file, at, described);
    }
    for (int frame = first; frame < first + count; frame++) {
      PcapngFormat.putPacketHeader(
          file, at, frame % linkTypes.size(), START + frame * SECOND, 60, 60);
      file.put(at + PcapngFormat.PACKET_HEADER_LENGTH, frame(frame, 60));
      at += PcapngFormat.packetLength(60);
    }
    return Files.write(path, Arrays.copyOf(file.array(), at));
  }

  /** IPv4: UDP if the number is even, TCP if it is odd; the number is the destination. */
  static byte[] frame(int number, int length) {
    ByteBuffer frame = ByteBuffer.allocate(Math.max(length, 34));
    frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45);
    frame.put(23, (byte) (number % 2 == 0 ? UDP : TCP));
    frame.putInt(30, number);
    return Arrays.copyOf(frame.array(), length);
  }

  /** All that comes now, until the end. */
  static List<Given> read(FrameSource source) throws IOException {
    List<Given> given = new ArrayList<>();
    while (true) {
      boolean buffered = source.isNextBuffered();
      if (!source.next()) {
        if (buffered) {
          throw new AssertionError("a frame was at hand, and there is none");
        }
        return given;
      }
      given.add(
          new Given(
              source.buffer().duplicate().order(ByteOrder.BIG_ENDIAN).getInt(source.offset() + 30),
              source.timestampNanos(),
              source.beginsFile()));
    }
  }

  static List<Integer> numbers(FrameSource source) throws IOException {
    return read(source).stream().map(Given::number).toList();
  }

  static List<Integer> numbers(InputSettings settings) throws IOException {
    try (CaptureInput input = CaptureInput.check(settings);
        FrameSource source = input.open()) {
      return numbers(source);
    }
  }

  static InputSettings settings(Selection selection, Path... files) {
    return settings(FrameOrder.GIVEN, selection, files);
  }

  static InputSettings settings(FrameOrder order, Selection selection, Path... files) {
    List<String> names = Arrays.stream(files).map(Path::toString).toList();
    return new InputSettings(names, order, selection, false);
  }

  static Selection range(@Nullable String from, @Nullable String to) {
    return new Selection(
        "",
        Optional.ofNullable(from).map(TimePoint::parse),
        Optional.ofNullable(to).map(TimePoint::parse),
        0,
        OptionalLong.empty(),
        Optional.empty());
  }

  static Selection filter(String expression) {
    return new Selection(
        expression, Optional.empty(), Optional.empty(), 0, OptionalLong.empty(), Optional.empty());
  }
}
