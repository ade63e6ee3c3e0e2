package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.nio.ByteBuffer;

/**
 * A pcap file with time stamps in nanoseconds.
 *
 * @param type of every frame
 * @param snaplen the most bytes captured of a frame
 */
public record PcapLayout(LinkType type, int snaplen) implements SegmentLayout {
  @Override
  public int headerLength() {
    return PcapFormat.FILE_HEADER_LENGTH;
  }

  @Override
  public void putHeader(ByteBuffer buffer) {
    PcapFormat.putFileHeader(buffer, 0, snaplen, type);
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
    PcapFormat.putRecordHeader(buffer, index, timestamp, captureLength, originalLength);
  }

  @Override
  public int linkType() {
    return type.number();
  }
}
