package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lays out and writes segments of Ethernet frames on the thread that calls. */
public final class InlineDisk implements DiskWriter.Surroundings {
  private final DiskWriter disk;
  private final List<ClosedSegment> closed = new ArrayList<>();

  public InlineDisk(Path directory) {
    this(directory, new BlockPool(2));
  }

  /** With blocks of a page only, that every few frames fill. */
  public static InlineDisk withSmallBlocks(Path directory) {
    return new InlineDisk(directory, new BlockPool(2, 4096));
  }

  InlineDisk(Path directory, BlockPool blocks) {
    disk = new DiskWriter(directory, blocks, DirectIo.AUTO, null, this);
  }

  public SegmentWriter open(SegmentName name, Origin origin) {
    return open(
        name,
        origin,
        new PcapLayout(LinkType.ETHERNET, origin.snaplen(), TimestampPrecision.NANOSECONDS));
  }

  SegmentWriter open(SegmentName name, Origin origin, SegmentLayout layout) {
    SegmentWriter writer =
        Objects.requireNonNull(SegmentWriter.open(disk, name, origin, layout, 0));
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
    List<SegmentEnding.Source> sources =
        counters == null ? List.of() : List.of(new SegmentEnding.Source(counters, 0, List.of()));
    writer.close(new SegmentEnding(writer.name().opened(), writer.name().opened(), sources));
    work();
    return closed.getLast();
  }

  /** All that were closed, in order. */
  public List<ClosedSegment> closed() {
    return closed;
  }

  public DiskWriter disk() {
    return disk;
  }

  /** Writes what there is to write. */
  public void work() {
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
    closed.add(segment);
  }

  @Override
  public boolean makeRoom() {
    return false;
  }

  @Override
  public void blockIsFree() {}
}
