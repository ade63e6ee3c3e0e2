package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.pcap.Captures.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapFormatTest {
  @TempDir Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "1700000000123456999, 6553f10000 01e240",
    "1700000000999999999, 6553f10000 0f423f",
    "999, 0000000000 000000",
    "-1, 0000000000 000000",
    "9223372036854775807, ffffffff00 000000"
  })
  void microsecondsAreRoundedDown(long nanos, String written) {
    ByteBuffer record = ByteBuffer.allocate(PcapFormat.RECORD_HEADER_LENGTH);
    PcapFormat.putRecordHeader(record, 0, nanos, 60, 60, TimestampPrecision.MICROSECONDS);
    assertThat(HexFormat.of().formatHex(record.array(), 0, PcapFormat.CAPTURE_LENGTH_OFFSET))
        .isEqualTo(written.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({"true, nanoseconds (9), .123456789", "false, microseconds (6), .123456"})
  @Tag("lab")
  void wiresharksToolsReadBothPrecisions(boolean nanoseconds, String precision, String fraction)
      throws IOException, InterruptedException {
    List<Frame> frames = List.of(new Frame(1_700_000_000_123_456_789L, new byte[60], 1_500));
    Path file = directory.resolve("one.pcap");
    Files.write(file, Captures.file(ByteOrder.nativeOrder(), nanoseconds, frames));
    assertThat(Wireshark.says("capinfos", "-M", file.toString()))
        .contains("File timestamp precision:  " + precision)
        .contains("Number of packets:   1");
    assertThat(Wireshark.field(file, "frame.time_epoch").getFirst().replaceAll("0+$", ""))
        .isEqualTo("1700000000" + fraction);
  }

  @Test
  void theShorterFormsWriteNanoseconds() {
    ByteBuffer shorter = ByteBuffer.allocate(40);
    PcapFormat.putFileHeader(shorter, 0, 1_500, LinkType.RAW);
    PcapFormat.putRecordHeader(shorter, PcapFormat.FILE_HEADER_LENGTH, 123_456_789, 5, 6);
    ByteBuffer longer = ByteBuffer.allocate(40);
    TimestampPrecision nanoseconds = TimestampPrecision.NANOSECONDS;
    PcapFormat.putFileHeader(longer, 0, 1_500, LinkType.RAW, nanoseconds);
    PcapFormat.putRecordHeader(
        longer, PcapFormat.FILE_HEADER_LENGTH, 123_456_789, 5, 6, nanoseconds);
    assertThat(shorter).isEqualTo(longer);
    assertThat(shorter.getInt(PcapFormat.MAGIC_OFFSET)).isEqualTo(PcapFormat.MAGIC_NANOSECONDS);
  }
}
