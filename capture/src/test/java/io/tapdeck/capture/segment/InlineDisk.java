package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lays out and writes segments of Ethernet frames on the thread that calls. */
public final class InlineDisk implements DiskWriter.Surroundings {
  private final DiskWriter disk;
  private Optional<ClosedSegment> closed = Optional.empty();

  public InlineDisk(Path directory) {
    this(directory, new BlockPool(2));
  }

  /** With blocks of a page only, that every few frames fill. */
  public static InlineDisk withSmallBlocks(Path directory) {
    return new InlineDisk(directory, new BlockPool(2, 4096));
  }

  InlineDisk(Path directory, BlockPool blocks) {
    disk = new DiskWriter(directory, blocks, DirectIo.AUTO, this);
  }

  public SegmentWriter open(SegmentName name, Origin origin) {
    SegmentWriter writer =
        Objects.requireNonNull(
            SegmentWriter.open(
                disk, name, origin, new PcapLayout(LinkType.ETHERNET, origin.snaplen()), 0));
    work();
    return writer;
  }

  /** Appends a frame of zeros; returns where it is. */
  public int append(SegmentWriter writer, long timestamp, int length, int originalLength) {
    if (!writer.isReady()) {
      work();
      if (!writer.isReady()) {
        throw new IllegalStateException("a block that was written is not free");
      }
    }
    int at = writer.append(0, timestamp, length, originalLength);
    writer.block().bytes().put(at, new byte[length]);
    return at;
  }

  public void flush(SegmentWriter writer) {
    writer.flush();
    work();
  }

  public ClosedSegment close(SegmentWriter writer, @Nullable SegmentCounters counters) {
    writer.close(counters, List.of());
    work();
    return closed.orElseThrow();
  }

  DiskWriter disk() {
    return disk;
  }

  private void work() {
    try {
      disk.doAll();
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
    disk.failure()
        .ifPresent(failure -> {
          throw new IllegalStateException(failure);
        });
  }

  @Override
  public void closed(ClosedSegment segment) {
    closed = Optional.of(segment);
  }

  @Override
  public boolean makeRoom() {
    return false;
  }

  @Override
  public void blockIsFree() {}
}
