package io.tapdeck.replay;

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
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Writes capture files of numbered frames. */
final class CaptureFiles {
  static final long START = 1_700_000_000_000_000_000L;

  private CaptureFiles() {}

  /** Frames of {@code length} bytes, each {@code gap} nanoseconds after the one before. */
  static Path write(Path path, int count, long start, long gap, int length) throws IOException {
    long[] times = new long[count];
    int[] lengths = new int[count];
    for (int frame = 0; frame < count; frame++) {
      times[frame] = START + start + frame * gap;
      lengths[frame] = length;
    }
    return write(path, LinkType.ETHERNET, times, lengths);
  }

  static Path write(Path path, LinkType linkType, long[] times, int[] lengths) throws IOException {
    int size = PcapFormat.FILE_HEADER_LENGTH;
    for (int length : lengths) {
      size += PcapFormat.RECORD_HEADER_LENGTH + length;
    }
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    PcapFormat.putFileHeader(file, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, linkType);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (int frame = 0; frame < times.length; frame++) {
      PcapFormat.putRecordHeader(file, at, times[frame], lengths[frame], lengths[frame]);
      file.put(at + PcapFormat.RECORD_HEADER_LENGTH, frame(frame, lengths[frame]));
      at += PcapFormat.RECORD_HEADER_LENGTH + lengths[frame];
    }
    return Files.write(path, file.array());
  }

  /** The same in pcapng: every other frame is of an interface without Ethernet. */
  static Path writePcapng(Path path, int count, long gap, int length) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int at = PcapngFormat.putSectionHeader(file, 0, new PcapngSection("", "", "", List.of()));
    for (LinkType linkType : List.of(LinkType.ETHERNET, LinkType.RAW)) {
      PcapngInterface described =
          new PcapngInterface("", "", "", OptionalLong.empty(), 0, linkType, List.of());
      at += PcapngFormat.putInterfaceDescription(file, at, described);
    }
    for (int frame = 0; frame < count; frame++) {
      PcapngFormat.putPacketHeader(file, at, frame % 2, START + frame * gap, length, length);
      file.put(at + PcapngFormat.PACKET_HEADER_LENGTH, frame(frame, length));
      at += PcapngFormat.packetLength(length);
    }
    return Files.write(path, Arrays.copyOf(file.array(), at));
  }

  /** From and to addresses of nobody, the ethertype for experiments, then the number. */
  static byte[] frame(int number, int length) {
    ByteBuffer frame = ByteBuffer.allocate(Math.max(length, 18));
    frame.put(0, (byte) 2).put(5, (byte) 2).put(6, (byte) 2).put(11, (byte) 1);
    frame.putShort(12, (short) 0x88B5).putInt(14, number);
    byte[] bytes = new byte[length];
    frame.get(0, bytes);
    return bytes;
  }
}
