package io.tapdeck.web.api;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapngFormat;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.replay.input.FrameSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A capture file with nanoseconds that goes out as it is written, with the memory of one buffer.
 */
final class CaptureStream {
  /** Room for more than the largest record, and more than any description. */
  private static final int LENGTH = 1 << 19;

  private static final int SNAPLEN = PcapFormat.LARGEST_CAPTURE_LENGTH;

  private final OutputStream out;
  private final SegmentFormat format;
  private final String interfaceName;
  private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());

  /** In a pcapng file each link type is an interface of its own; a pcap file has one. */
  private final List<LinkType> types = new ArrayList<>();

  /** Begins a file, whose header goes out with what follows. */
  CaptureStream(OutputStream out, SegmentFormat format, LinkType type, String interfaceName) {
    this.out = out;
    this.format = format;
    this.interfaceName = interfaceName;
    switch (format) {
      case PCAP -> {
        PcapFormat.putFileHeader(buffer, 0, SNAPLEN, type);
        buffer.position(PcapFormat.FILE_HEADER_LENGTH);
        types.add(type);
      }
      case PCAPNG -> {
        PcapngSection section = new PcapngSection("", "", "Tapdeck", List.of());
        buffer.position(PcapngFormat.putSectionHeader(buffer, 0, section));
        describe(type);
      }
    }
  }

  private void describe(LinkType type) {
    PcapngInterface description =
        new PcapngInterface(interfaceName, "", "", OptionalLong.empty(), SNAPLEN, type, List.of());
    int at = buffer.position();
    buffer.position(at + PcapngFormat.putInterfaceDescription(buffer, at, description));
    types.add(type);
  }

  /**
   * Adds the frame that a source is at.
   *
   * @throws IOException if it cannot be written, or a pcap file would have frames of two link types
   */
  void add(FrameSource frame) throws IOException {
    int source = source(frame.linkType());
    int captured = frame.captureLength();
    int original = (int) frame.originalLength();
    int length = recordLength(captured);
    if (buffer.remaining() < length) {
      flush();
    }
    int at = buffer.position();
    int bytes =
        switch (format) {
          case PCAP -> {
            PcapFormat.putRecordHeader(buffer, at, frame.timestampNanos(), captured, original);
            yield at + PcapFormat.RECORD_HEADER_LENGTH;
          }
          case PCAPNG -> {
            PcapngFormat.putPacketHeader(
                buffer, at, source, frame.timestampNanos(), captured, original);
            yield at + PcapngFormat.PACKET_HEADER_LENGTH;
          }
        };
    frame.buffer().get(frame.offset(), buffer.array(), bytes, captured);
    buffer.position(at + length);
  }

  private int recordLength(int captured) {
    return switch (format) {
      case PCAP -> PcapFormat.RECORD_HEADER_LENGTH + captured;
      case PCAPNG -> PcapngFormat.packetLength(captured);
    };
  }

  private int source(LinkType type) throws IOException {
    int known = types.indexOf(type);
    if (known >= 0) {
      return known;
    }
    if (format == SegmentFormat.PCAP) {
      throw new IOException(
          "a frame of " + type + " has no place in a file of " + types.getFirst());
    }
    if (buffer.remaining() < PcapngFormat.LARGEST_DESCRIPTION_LENGTH) {
      flush();
    }
    describe(type);
    return types.size() - 1;
  }

  /** Sends what has been added. */
  void flush() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
    out.flush();
    buffer.clear();
  }
}
