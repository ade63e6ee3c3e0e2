package io.tapdeck.web.api;

import io.tapdeck.capture.pcap.CaptureInterface;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A capture file with nanoseconds that goes out as it is written, with the memory of one buffer.
 */
final class CaptureStream {
  /** Room for more than the largest record, and more than any description. */
  private static final int LENGTH = 1 << 19;

  private static final int SNAPLEN = PcapFormat.LARGEST_CAPTURE_LENGTH;

  private static final int MOST_DESCRIBED = 1000;

  private final OutputStream out;
  private final SegmentFormat format;
  private final CaptureInterface usual;
  private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());

  /**
   * The interfaces of a pcapng file, which is all that a pcap file has one of, by their numbers.
   */
  private final Map<CaptureInterface, Integer> interfaces = new HashMap<>();

  private CaptureInterface last;
  private int lastNumber;

  /**
   * Begins a file, whose header goes out with what follows.
   *
   * @param usual what frames were captured on of which their own file does not say it
   * @param comments for who looks at a pcapng file
   */
  CaptureStream(
      OutputStream out, SegmentFormat format, CaptureInterface usual, List<String> comments) {
    this.out = out;
    this.format = format;
    this.usual = usual;
    last = usual;
    switch (format) {
      case PCAP -> {
        PcapFormat.putFileHeader(buffer, 0, SNAPLEN, usual.linkType());
        buffer.position(PcapFormat.FILE_HEADER_LENGTH);
        interfaces.put(usual, 0);
      }
      case PCAPNG -> {
        PcapngSection section = new PcapngSection("", "", "Tapdeck", comments);
        buffer.position(PcapngFormat.putSectionHeader(buffer, 0, section));
        describe(usual);
      }
    }
  }

  /** Times are in nanoseconds, whatever they were in the frames' own files. */
  private int describe(CaptureInterface described) {
    PcapngInterface description =
        new PcapngInterface(
            described.name(),
            described.description(),
            described.filter(),
            OptionalLong.empty(),
            described.snaplen() == 0 ? SNAPLEN : described.snaplen(),
            described.linkType(),
            List.of());
    int at = buffer.position();
    buffer.position(at + PcapngFormat.putInterfaceDescription(buffer, at, description));
    int number = interfaces.size();
    interfaces.put(described, number);
    return number;
  }

  /**
   * Adds the frame that a source is at.
   *
   * @throws IOException if it cannot be written, or a pcap file would have frames of two link types
   */
  void add(FrameSource frame) throws IOException {
    int source = number(frame.captureInterface());
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

  private int number(CaptureInterface of) throws IOException {
    if (!of.equals(last)) {
      lastNumber = known(of);
      last = of;
    }
    return lastNumber;
  }

  private int known(CaptureInterface of) throws IOException {
    if (format == SegmentFormat.PCAP) {
      if (!of.linkType().equals(usual.linkType())) {
        throw new IOException(
            "a frame of " + of.linkType() + " has no place in a file of " + usual.linkType());
      }
      return 0;
    }
    CaptureInterface described = described(of);
    Integer known = interfaces.get(described);
    if (known != null) {
      return known;
    }
    if (buffer.remaining() < PcapngFormat.LARGEST_DESCRIPTION_LENGTH) {
      flush();
    }
    return describe(described);
  }

  /** Of very many interfaces only what their frames begin with is told. */
  private CaptureInterface described(CaptureInterface of) {
    boolean isKnownBetter = of.isDescribed() && interfaces.size() < MOST_DESCRIBED;
    return isKnownBetter || interfaces.containsKey(of)
        ? of
        : new CaptureInterface(
            usual.name(), usual.description(), usual.filter(), of.linkType(), usual.snaplen());
  }

  /** Sends what has been added. */
  void flush() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
    out.flush();
    buffer.clear();
  }
}
