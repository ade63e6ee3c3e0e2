package io.tapdeck.web.lab;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A capture to be played: {@link #FRAMES} frames, each with its number. */
final class NumberedCapture {
  static final int FRAMES = 1000;
  static final int FRAME_BYTES = 100;

  private NumberedCapture() {}

  static Path write(Path directory) throws IOException {
    int record = PcapFormat.RECORD_HEADER_LENGTH + FRAME_BYTES;
    ByteBuffer file =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH + FRAMES * record)
            .order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    for (int i = 0; i < FRAMES; i++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + i * record;
      PcapFormat.putRecordHeader(
          file, at, 1_700_000_000_000_000_000L + i * 1000L, FRAME_BYTES, FRAME_BYTES);
      int frame = at + PcapFormat.RECORD_HEADER_LENGTH;
      file.put(frame, (byte) 2).put(frame + 6, (byte) 2);
      // A protocol for experiments (IEEE 802), in the network's byte order.
      file.put(frame + 12, (byte) 0x88).put(frame + 13, (byte) 0xb5).putInt(frame + 14, i);
    }
    return Files.write(directory.resolve("numbered.pcap"), file.array());
  }
}
