package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * What a segment that was not finished holds: the whole records from its beginning on, as long as
 * each could be one that a recorder wrote. Padding and garbage are never taken for frames.
 *
 * @param linkType of the frames
 * @param contents the whole records; {@code fileBytes} is where they end
 * @param bytesAfter bytes of the file after that
 * @param reason what ends the records, a clause
 */
record SegmentScan(LinkType linkType, Contents contents, long bytesAfter, String reason) {
  /**
   * @throws NotPcapException if it has no whole header, or one that no recorder on this machine
   *     writes, so that nothing can be said of what follows
   */
  static SegmentScan of(Path file, SegmentName name) throws IOException {
    long earliest = UtcTime.toNanos(name.opened()) - SegmentName.SLACK_NANOS;
    Tally tally = new Tally();
    String reason = "the file ends after a whole record";
    try (PcapReader reader = open(file)) {
      if (reader.buffer().order() != ByteOrder.nativeOrder()
          || !name.format().extension().equals(extension(reader.format()))) {
        throw new NotPcapException(
            file + " is a capture file, but none that a recorder here wrote; move it elsewhere");
      }
      LinkType linkType = reader.linkType();
      long end = -1;
      while (reader.next()) {
        if (!plausible(reader, earliest)) {
          reason = "what follows the last whole record is none";
          end = reader.recordOffset();
          break;
        }
        tally.add(reader.timestampNanos(), reader.captureLength());
      }
      if (end < 0) {
        end = reader.validLength();
      }
      if (reader.damage().isPresent()) {
        reason = reader.damage().get().reason();
      }
      Contents contents = tally.contents(end);
      long after = reader.fileLength() - end;
      return new SegmentScan(linkType, contents, after, reason);
    }
  }

  /** Only what is named so is compressed: what others put there is not to be taken for it. */
  private static PcapReader open(Path file) throws IOException {
    return Compression.ofFileName(file.toString()) == Compression.NONE
        ? PcapReader.openUncompressed(file)
        : PcapReader.open(file);
  }

  private static String extension(CaptureFormat format) {
    return switch (format) {
      case PCAP -> SegmentFormat.PCAP.extension();
      case PCAPNG -> SegmentFormat.PCAPNG.extension();
    };
  }

  private static boolean plausible(PcapReader reader, long earliest) {
    int captured = reader.captureLength();
    return captured > 0
        && captured <= reader.snaplen()
        && captured <= reader.originalLength()
        && reader.hasTimestamp()
        && reader.timestampNanos() >= earliest;
  }
}
