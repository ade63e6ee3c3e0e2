package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.nio.ByteBuffer;

/**
 * A pcap file.
 *
 * @param type of every frame
 * @param snaplen the most bytes captured of a frame
 * @param precision of the time stamps
 */
public record PcapLayout(LinkType type, int snaplen, TimestampPrecision precision)
    implements SegmentLayout {
  @Override
  public SegmentFormat format() {
    return SegmentFormat.PCAP;
  }

  @Override
  public int linkType() {
    return type.number();
  }

  @Override
  public int headerLength() {
    return PcapFormat.FILE_HEADER_LENGTH;
  }

  @Override
  public void putHeader(ByteBuffer buffer) {
    PcapFormat.putFileHeader(buffer, 0, snaplen, type, precision);
  }

  @Override
  public int recordLength(int captureLength) {
    return PcapFormat.RECORD_HEADER_LENGTH + captureLength;
  }

  @Override
  public int frameOffset() {
    return PcapFormat.RECORD_HEADER_LENGTH;
  }

  @Override
  public void putRecord(
      ByteBuffer buffer,
      int index,
      int source,
      long timestamp,
      int captureLength,
      int originalLength) {
    PcapFormat.putRecordHeader(buffer, index, timestamp, captureLength, originalLength, precision);
  }

  /** The format has none. */
  @Override
  public int footerLength() {
    return 0;
  }

  @Override
  public int putFooter(ByteBuffer buffer, int index, SegmentEnding ending) {
    return 0;
  }
}
