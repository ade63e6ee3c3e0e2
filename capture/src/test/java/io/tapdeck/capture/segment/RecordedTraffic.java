package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Segments with frames of the caller's, written and indexed the way that a recorder does it, on the
 * thread that calls.
 */
public final class RecordedTraffic implements DiskWriter.Surroundings {
  private static final int SNAPLEN = 262_144;
  private static final Origin ORIGIN =
      new Origin(new UUID(0, 1), "eth0", null, "", "both", SNAPLEN, 1L << 40, null);

  private final BlockPool blocks;
  private final SegmentDigester digester;
  private final DiskWriter disk;
  private final boolean busy;
  private final SegmentLayout layout;
  private final Path directory;
  private int number;
  private @Nullable SegmentWriter writer;
  private @Nullable NativeBuffer block;
  private @Nullable ClosedSegment closed;

  /** Of pcap files. */
  public RecordedTraffic(Path directory) {
    this(directory, pcap(), false);
  }

  private RecordedTraffic(Path directory, SegmentLayout layout, boolean busy) {
    this.directory = directory;
    this.layout = layout;
    this.busy = busy;
    blocks = new BlockPool(busy ? 4 : 16);
    digester = new SegmentDigester(blocks, false, SegmentIndexer.ofFiles(), this);
    disk = new DiskWriter(directory, blocks, DirectIo.AUTO, digester, this);
  }

  private static SegmentLayout pcap() {
    return new PcapLayout(LinkType.ETHERNET, SNAPLEN, TimestampPrecision.NANOSECONDS);
  }

  /** Of pcap files, on a machine that has no time to index all of them at once. */
  public static RecordedTraffic onBusyMachine(Path directory) {
    return new RecordedTraffic(directory, pcap(), true);
  }

  /** Of pcapng files, of two interfaces. */
  public static RecordedTraffic ofPcapng(Path directory) {
    List<PcapngInterface> interfaces =
        List.of(nic("eth0", LinkType.ETHERNET), nic("tun0", LinkType.RAW));
    return new RecordedTraffic(
        directory, new PcapngLayout(new PcapngSection("", "", "", List.of()), interfaces), false);
  }

  private static PcapngInterface nic(String name, LinkType type) {
    return new PcapngInterface(name, "", "", OptionalLong.empty(), SNAPLEN, type, List.of());
  }

  /** Begins the next segment. */
  public SegmentName begin(long time) {
    number++;
    SegmentName name = new SegmentName(UtcTime.ofNanos(time), number, layout.format());
    writer = Objects.requireNonNull(SegmentWriter.open(disk, name, ORIGIN, layout, 0));
    return name;
  }

  /**
   * Adds a frame, with zeros behind it.
   *
   * @param source 0, or 1 of pcapng
   */
  public void add(int source, long time, byte[] frame, int length) throws InterruptedException {
    SegmentWriter into = Objects.requireNonNull(writer);
    if (!into.isReady() || (!busy && block != into.block())) {
      block = into.block();
      work();
      if (!into.isReady()) {
        throw new IllegalStateException("no block is free");
      }
    }
    int at = into.append(source, time, length, length);
    into.block().bytes().put(at, new byte[length]).put(at, frame);
  }

  /** Has what was added written. */
  public void flush() throws InterruptedException {
    Objects.requireNonNull(writer).flush();
    work();
  }

  /** Ends the segment. */
  public Sidecar end() throws IOException, InterruptedException {
    SegmentWriter open = Objects.requireNonNull(writer);
    SegmentCounters counters = new SegmentCounters(0, 0, 0);
    List<SegmentEnding.Source> sources =
        List.of(
            new SegmentEnding.Source(counters, 0, List.of()),
            new SegmentEnding.Source(counters, 0, List.of()));
    open.close(new SegmentEnding(open.name().opened(), open.name().opened(), sources));
    work();
    ClosedSegment done = Objects.requireNonNull(closed);
    done.publish();
    return done.sidecar();
  }

  private void work() throws InterruptedException {
    disk.doAll();
    digester.doAll();
  }

  /** Where the segments are. */
  public Path directory() {
    return directory;
  }

  @Override
  public void closed(ClosedSegment segment) {
    closed = segment;
  }

  @Override
  public boolean makeRoom() {
    return false;
  }

  @Override
  public void blockIsFree() {}
}
