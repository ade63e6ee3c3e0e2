package io.tapdeck.capture.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A segment to which nothing will be added, and which has yet to reach the disk and its name. */
public final class ClosedSegment {
  private final Path directory;
  private final SegmentName name;
  private final FileChannel channel;
  private final Sidecar sidecar;
  private boolean onDisk;

  ClosedSegment(Path directory, SegmentName name, FileChannel channel, Sidecar sidecar) {
    this.directory = directory;
    this.name = name;
    this.channel = channel;
    this.sidecar = sidecar;
  }

  /** What its sidecar will say. */
  public Sidecar sidecar() {
    return sidecar;
  }

  /** Whether the file holds what was appended, all of it. */
  boolean isAsAppended() {
    return sidecar.recovered() == null;
  }

  /** The same, whose sidecar will also say that. To be called before it is published. */
  ClosedSegment withSha256(String hash) {
    return new ClosedSegment(directory, name, channel, sidecar.withSha256(hash));
  }

  /**
   * Waits until the segment has reached the disk and gives it its final name. Any thread may.
   *
   * @throws IOException if that fails; it may be tried again, and what is on disk in the end, the
   *     next recovery publishes
   */
  public void publish() throws IOException {
    if (!onDisk) {
      try (channel) {
        channel.force(true);
      }
      onDisk = true;
    }
    SegmentFiles.publish(directory, name, sidecar);
  }
}
