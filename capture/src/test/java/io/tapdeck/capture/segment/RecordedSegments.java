package io.tapdeck.capture.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Complete segments of a data directory, written the way that a recorder writes them. */
public final class RecordedSegments {
  public static final int FRAME = 60;
  private static final long BEGIN = 1_764_000_000_123_456_789L;
  private static final long SECOND = 1_000_000_000L;

  private final BlockPool blocks = new BlockPool(2);
  private final Path data;

  public RecordedSegments(Path data) {
    this.data = data;
  }

  public static SegmentName name(int number) {
    return new SegmentName(UtcTime.ofNanos(BEGIN + number * SECOND), number);
  }

  public Path directory(UUID recording) throws IOException {
    return Files.createDirectories(data.resolve("recordings").resolve(recording.toString()));
  }

  public Path file(UUID recording, int number) throws IOException {
    return name(number).in(directory(recording));
  }

  public Path sidecar(UUID recording, int number) throws IOException {
    return name(number).sidecarIn(directory(recording));
  }

  /** Frames of {@value #FRAME} bytes, a nanosecond apart, the first when the segment is opened. */
  public Sidecar write(UUID recording, int number, int packets) throws IOException {
    InlineDisk disk = new InlineDisk(directory(recording), blocks);
    SegmentWriter writer =
        disk.open(
            name(number), new Origin(recording, "eth0", null, "", "both", 65_535, 1 << 20, null));
    long opened = UtcTime.toNanos(name(number).opened());
    for (int i = 0; i < packets; i++) {
      var _ = disk.append(writer, opened + i, FRAME, FRAME);
    }
    var closed = disk.close(writer, new SegmentCounters(packets, 0, 0));
    closed.publish();
    return closed.sidecar();
  }

  public void remove(UUID recording, int number) throws IOException {
    Files.delete(file(recording, number));
    Files.delete(sidecar(recording, number));
  }
}
