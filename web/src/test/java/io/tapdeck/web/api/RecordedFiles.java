package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapngFormat;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Recordings that have ended, with files of chosen times, as an appliance finds them on disk. */
final class RecordedFiles {
  static final Instant BEGIN = Instant.parse("2026-11-23T13:57:19.123456789Z");
  static final int FRAME = 60;

  private final Path data;

  /** Counts frames, so that no two are the same. */
  private int frames;

  RecordedFiles(Path data) {
    this.data = data;
  }

  Path directory(UUID recording) {
    return data.resolve("recordings").resolve(recording.toString());
  }

  UUID recording(String name) throws IOException {
    UUID id = UUID.randomUUID();
    Files.createDirectories(directory(id));
    Files.writeString(
        directory(id).resolve("recording.json"),
        """
        {"format": 1, "id": "%s", "createdAt": "%s", "createdBy": "operator",
         "request": {"name": "%s", "interface": "eth0", "filter": "", "direction": "auto",
           "snaplen": 262144, "rotateSize": 1073741824},
         "source": {"interface": "eth0"},
         "course": {"wanted": false, "since": "%s", "endedAt": "%s", "lastWords": "",
           "interruptions": 0, "runs": []}}
        """
            .formatted(id, BEGIN, name, BEGIN, BEGIN));
    return id;
  }

  static SegmentName name(int number, Instant first) {
    return new SegmentName(first, number);
  }

  /** Makes a complete segment of one frame that was captured on that interface, in pcapng. */
  void pcapngSegment(UUID recording, int number, Instant first, PcapngInterface on)
      throws IOException {
    ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    int end = PcapngFormat.putSectionHeader(file, 0, new PcapngSection("", "", "", List.of()));
    end += PcapngFormat.putInterfaceDescription(file, end, on);
    PcapngFormat.putPacketHeader(file, end, 0, UtcTime.toNanos(first), FRAME, FRAME);
    end += PcapngFormat.packetLength(FRAME);
    Path directory = directory(recording);
    Files.write(
        new SegmentName(first, number, SegmentFormat.PCAPNG).unfinishedIn(directory),
        Arrays.copyOf(file.array(), end));
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.recover().recovered()).hasSize(1);
    }
  }

  /** Makes a complete segment, the way that a recorder which was killed leaves it to the next. */
  Path segment(UUID recording, int number, Instant first, int packets, Duration apart)
      throws IOException {
    int record = PcapFormat.RECORD_HEADER_LENGTH + FRAME;
    ByteBuffer file =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH + packets * record)
            .order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    long nanos = UtcTime.toNanos(first);
    for (int i = 0; i < packets; i++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + i * record;
      PcapFormat.putRecordHeader(file, at, nanos + i * apart.toNanos(), FRAME, FRAME + 1);
      int frame = at + PcapFormat.RECORD_HEADER_LENGTH;
      file.put(frame + 5, (byte) 2).put(frame + 12, (byte) 0x88).put(frame + 13, (byte) 0xb5);
      frames++;
      file.putInt(frame + 14, frames);
    }
    Path directory = directory(recording);
    SegmentName name = name(number, first);
    Files.write(name.unfinishedIn(directory), file.array());
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.recover().recovered()).hasSize(1);
    }
    return name.in(directory);
  }
}
