package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Capture files as bytes, in every variant of the format. */
final class Captures {
  /** What a test puts into a file, and expects to read back. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts
  record Frame(long timestampNanos, byte[] bytes, int originalLength) {}

  private Captures() {}

  static byte[] file(ByteOrder order, boolean nanoseconds, List<Frame> frames) {
    int length = PcapFormat.FILE_HEADER_LENGTH;
    for (Frame frame : frames) {
      length += PcapFormat.RECORD_HEADER_LENGTH + frame.bytes().length;
    }
    ByteBuffer file = ByteBuffer.allocate(length).order(order);
    TimestampPrecision precision =
        nanoseconds ? TimestampPrecision.NANOSECONDS : TimestampPrecision.MICROSECONDS;
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET, precision);
    int index = PcapFormat.FILE_HEADER_LENGTH;
    for (Frame frame : frames) {
      PcapFormat.putRecordHeader(
          file,
          index,
          frame.timestampNanos(),
          frame.bytes().length,
          frame.originalLength(),
          precision);
      file.put(index + PcapFormat.RECORD_HEADER_LENGTH, frame.bytes());
      index += PcapFormat.RECORD_HEADER_LENGTH + frame.bytes().length;
    }
    return file.array();
  }

  /** Frames of the given lengths, a microsecond and a half apart, each of other bytes. */
  static List<Frame> frames(int... lengths) {
    List<Frame> frames = new ArrayList<>();
    for (int length : lengths) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) (frames.size() + 1));
      frames.add(new Frame(1_700_000_000_123_456_000L + frames.size() * 15_000L, bytes, length));
    }
    return frames;
  }
}
