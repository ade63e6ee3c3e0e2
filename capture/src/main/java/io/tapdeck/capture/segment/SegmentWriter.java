package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Lays out one segment in memory, block after block, for {@link DiskWriter} to write. Nothing is
 * allocated for a frame, no lock is taken, and nothing here waits for the disk. Belongs to the
 * thread that reads frames.
 */
public final class SegmentWriter {
  private final DiskWriter disk;
  private final SegmentFile file;
  private final SegmentLayout layout;
  private final long maxFileBytes;
  private final long packetsBefore;
  private final int blockBytes;
  private final Tally appended = new Tally();

  /** The block that is being filled; {@code filled} can reach beyond its own bytes, by a record. */
  private NativeBuffer block;

  /** Where in the file the block begins. */
  private long blockStart;

  private int filled;

  /** How much of the block the disk has been told to write. */
  private int handedOver;

  private SegmentWriter(
      DiskWriter disk,
      SegmentFile file,
      SegmentLayout layout,
      long maxFileBytes,
      long packetsBefore,
      NativeBuffer block) {
    this.disk = disk;
    this.file = file;
    this.layout = layout;
    this.maxFileBytes = maxFileBytes;
    this.packetsBefore = packetsBefore;
    this.blockBytes = disk.blocks().blockBytes();
    this.block = block;
    layout.putHeader(block.bytes());
    filled = layout.headerLength();
  }

  /**
   * Opens a segment, under its unfinished name, with a sidecar that says whose it is.
   *
   * @param packetsBefore frames in earlier segments, for {@link DiskWriter#packetsWritten}
   * @return null if there is no memory for it now, because the disk does not keep up
   */
  public static @Nullable SegmentWriter open(
      DiskWriter disk, SegmentName name, Origin origin, SegmentLayout layout, long packetsBefore) {
    NativeBuffer block = disk.blocks().poll();
    if (block == null) {
      return null;
    }
    SegmentFile file = disk.create(name, origin, layout);
    return new SegmentWriter(disk, file, layout, origin.rotateSize(), packetsBefore, block);
  }

  /** What the segment will be called. */
  public SegmentName name() {
    return file.name();
  }

  /** How large the file is once everything is written. */
  public long fileBytes() {
    return blockStart + filled;
  }

  /** How many frames were appended, to this segment and before. */
  private long packets() {
    return packetsBefore + appended.packets();
  }

  /** Whether a frame can be appended without the file becoming larger than it may. */
  public boolean hasRoomFor(int captureLength) {
    return fileBytes() + layout.recordLength(captureLength) + layout.footerLength() <= maxFileBytes;
  }

  /** Whether there is memory for a frame now; false while the disk does not keep up. */
  public boolean isReady() {
    return filled < blockBytes || advance();
  }

  /**
   * Appends a record, but for the bytes of its frame: the caller puts them into {@link #block()}
   * before the next call of any method. To be called only if {@link #isReady()}.
   *
   * @param source which of the interfaces it came from, from 0
   * @param timestamp in nanoseconds since 1970
   * @return where in the block {@code captureLength} bytes belong
   */
  public int append(int source, long timestamp, int captureLength, int originalLength) {
    int at = filled;
    layout.putRecord(block.bytes(), at, source, timestamp, captureLength, originalLength);
    filled = at + layout.recordLength(captureLength);
    appended.add(timestamp, captureLength);
    return at + layout.frameOffset();
  }

  /** The block that the last appended frame belongs into. */
  public NativeBuffer block() {
    return block;
  }

  /** Whether there are appended bytes that the disk has not been told of. */
  public boolean hasUnwritten() {
    return handedOver < filled;
  }

  /**
   * Has what was appended written, so that it survives the end of this process. If the disk is
   * still at an earlier such wish, that must do for now.
   */
  public void flush() {
    // A record that reaches beyond the block is in two: what is on disk would end within it.
    if (filled > blockBytes && !advance()) {
      return;
    }
    if (disk.flush(file, block, blockStart, filled, packets())) {
      handedOver = filled;
    }
  }

  /** Ends the segment and hands it over to be completed. */
  public void close(SegmentEnding ending) {
    filled += layout.putFooter(block.bytes(), filled, ending);
    Contents contents = appended.contents(fileBytes());
    disk.close(
        file, block, blockStart, filled, packets(), contents, ending.counters(), ending.gaps());
  }

  /** Hands the full block over and goes on in another, to which what reaches beyond it moves. */
  private boolean advance() {
    NativeBuffer next = disk.blocks().poll();
    if (next == null) {
      return false;
    }
    int over = filled - blockBytes;
    next.bytes().put(0, block.bytes(), blockBytes, over);
    disk.write(file, block, blockStart, over > 0 ? packets() - 1 : packets());
    block = next;
    blockStart += blockBytes;
    filled = over;
    handedOver = 0;
    return true;
  }
}
