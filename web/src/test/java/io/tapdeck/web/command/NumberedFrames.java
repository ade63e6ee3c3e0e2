package io.tapdeck.web.command;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Ethernet frames that say which they are, all through: their number again and again, so that one
 * of which anything is missing or foreign is known.
 */
final class NumberedFrames {
  /** Bytes of a frame. */
  static final int LENGTH = 14 + 8 * 6;

  private static final int ETHERTYPE_OFFSET = 12;
  private static final int NUMBERS_OFFSET = 14;
  private static final short EXPERIMENTAL = (short) 0x88B5;

  private NumberedFrames() {}

  /** Writes a capture file with so many, from 0, a microsecond apart. */
  static void write(Path file, int frames) throws IOException {
    int record = PcapFormat.RECORD_HEADER_LENGTH + LENGTH;
    ByteBuffer bytes =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH + frames * record)
            .order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(bytes, 0, 65_535, LinkType.ETHERNET);
    for (int number = 0; number < frames; number++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + number * record;
      PcapFormat.putRecordHeader(bytes, at, number * 1000L, LENGTH, LENGTH);
      int frame = at + PcapFormat.RECORD_HEADER_LENGTH;
      // From and to addresses that nobody has.
      bytes.put(frame, (byte) 2).put(frame + 6, (byte) 2);
      bytes.putShort(frame + ETHERTYPE_OFFSET, Short.reverseBytes(EXPERIMENTAL));
      for (int i = NUMBERS_OFFSET; i < LENGTH; i += Long.BYTES) {
        bytes.putLong(frame + i, number);
      }
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /**
   * The number of the frame that a reader is at.
   *
   * @return negative if it is none of these, or not whole
   */
  static long number(PcapReader reader) {
    if (reader.captureLength() != LENGTH) {
      return -1;
    }
    ByteBuffer bytes = reader.buffer();
    long number = bytes.getLong(reader.offset() + NUMBERS_OFFSET);
    for (int i = NUMBERS_OFFSET; i < LENGTH; i += Long.BYTES) {
      if (bytes.getLong(reader.offset() + i) != number) {
        return -1;
      }
    }
    return number;
  }
}
