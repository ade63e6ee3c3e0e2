package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Finds the records of a pcap file ({@link PcapFormat}). */
final class PcapRecords implements PacketCursor {
  private final FileWindow window;
  private final ByteBuffer bytes;
  private final int largestCaptureLength;
  private final TimestampPrecision precision;
  private final int nanosPerTick;
  private final CaptureInterface captureInterface;

  /** Where in the window, and in the file, the current record begins. */
  private int recordIndex;

  private long recordOffset;

  /**
   * Reads the header of the file.
   *
   * @param window at the beginning of the file, in the byte order of its magic number
   * @param name of the file, for messages
   * @param precision what the magic number says
   */
  PcapRecords(FileWindow window, String name, TimestampPrecision precision) throws IOException {
    this.window = window;
    this.bytes = window.bytes();
    this.precision = precision;
    this.nanosPerTick = precision.nanosPerTick();
    this.largestCaptureLength =
        Math.min(
            PcapFormat.LARGEST_CAPTURE_LENGTH, window.capacity() - PcapFormat.RECORD_HEADER_LENGTH);
    if (!window.has(PcapFormat.FILE_HEADER_LENGTH)) {
      throw new NotPcapException(name + " is a pcap file whose header is cut short: no packets");
    }
    int major = Short.toUnsignedInt(bytes.getShort(PcapFormat.VERSION_MAJOR_OFFSET));
    int minor = Short.toUnsignedInt(bytes.getShort(PcapFormat.VERSION_MINOR_OFFSET));
    if (major != PcapFormat.VERSION_MAJOR || minor != PcapFormat.VERSION_MINOR) {
      throw new NotPcapException(
          "%s is a pcap file of version %d.%d, only 2.4 can be read; convert it with 'editcap'"
              .formatted(name, major, minor));
    }
    // A snaplen beyond any frame says as little as none at all.
    int snaplen = Math.max(0, bytes.getInt(PcapFormat.SNAPLEN_OFFSET));
    int linkType = bytes.getInt(PcapFormat.LINK_TYPE_OFFSET) & PcapFormat.LINK_TYPE_MASK;
    captureInterface = new CaptureInterface("", new LinkType(linkType), snaplen);
    window.advance(PcapFormat.FILE_HEADER_LENGTH);
  }

  @Override
  public boolean next() throws IOException {
    if (!window.has(PcapFormat.RECORD_HEADER_LENGTH)) {
      if (!window.ended()) {
        window.damaged("the header of the last record is cut short");
      }
      return false;
    }
    int length = bytes.getInt(window.index() + PcapFormat.CAPTURE_LENGTH_OFFSET);
    if (length < 0 || length > largestCaptureLength) {
      window.damaged("a record claims " + Integer.toUnsignedString(length) + " captured bytes");
      return false;
    }
    int recordLength = PcapFormat.RECORD_HEADER_LENGTH + length;
    if (!window.has(recordLength)) {
      window.damaged("the last frame is cut short");
      return false;
    }
    recordIndex = window.index();
    recordOffset = window.offset();
    window.advance(recordLength);
    return true;
  }

  @Override
  public boolean isNextBuffered() {
    int there = window.buffered() - PcapFormat.RECORD_HEADER_LENGTH;
    if (there < 0) {
      return false;
    }
    int length = bytes.getInt(window.index() + PcapFormat.CAPTURE_LENGTH_OFFSET);
    return length >= 0 && length <= there;
  }

  @Override
  public CaptureFormat format() {
    return CaptureFormat.PCAP;
  }

  @Override
  public long timestampNanos() {
    return time(bytes, recordIndex);
  }

  private long time(ByteBuffer from, int at) {
    long seconds = Integer.toUnsignedLong(from.getInt(at + PcapFormat.SECONDS_OFFSET));
    long fraction = Integer.toUnsignedLong(from.getInt(at + PcapFormat.FRACTION_OFFSET));
    return seconds * PcapFormat.NANOS_PER_SECOND + fraction * nanosPerTick;
  }

  @Override
  public boolean hasTimestamp() {
    return fraction() < precision.ticksPerSecond();
  }

  private long fraction() {
    return Integer.toUnsignedLong(bytes.getInt(recordIndex + PcapFormat.FRACTION_OFFSET));
  }

  @Override
  public boolean hasNanoseconds() {
    return precision == TimestampPrecision.NANOSECONDS;
  }

  @Override
  public int captureLength() {
    return bytes.getInt(recordIndex + PcapFormat.CAPTURE_LENGTH_OFFSET);
  }

  @Override
  public long originalLength() {
    return Integer.toUnsignedLong(bytes.getInt(recordIndex + PcapFormat.ORIGINAL_LENGTH_OFFSET));
  }

  @Override
  public int offset() {
    return recordIndex + PcapFormat.RECORD_HEADER_LENGTH;
  }

  @Override
  public long recordOffset() {
    return recordOffset;
  }

  @Override
  public int interfaceId() {
    return 0;
  }

  @Override
  public CaptureInterface captureInterface() {
    return captureInterface;
  }

  @Override
  public List<CaptureInterface> interfaces() {
    return List.of(captureInterface);
  }

  @Override
  public int alignment() {
    return 1;
  }

  @Override
  public int longestRecord() {
    return PcapFormat.RECORD_HEADER_LENGTH + largestCaptureLength;
  }

  @Override
  public int longestHeader() {
    return PcapFormat.RECORD_HEADER_LENGTH;
  }

  @Override
  public long recordLength(ByteBuffer from, int at) {
    int length = from.getInt(at + PcapFormat.CAPTURE_LENGTH_OFFSET);
    return length < 0 || length > largestCaptureLength
        ? -1
        : PcapFormat.RECORD_HEADER_LENGTH + length;
  }

  @Override
  public boolean hasTrailer() {
    return false;
  }

  @Override
  public boolean recordEnds(ByteBuffer from, int at, long length) {
    return true;
  }

  @Override
  public long recordTime(ByteBuffer from, int at) {
    return time(from, at);
  }
}
