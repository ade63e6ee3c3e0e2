package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one segment: records gather in a buffer, which goes to the file when it is full and when
 * {@link #flush()} is called. Nothing is allocated for a frame. Belongs to one thread.
 */
public final class SegmentWriter {
  private final Path directory;
  private final SegmentName name;
  private final Origin origin;
  private final LinkType linkType;
  private final ByteBuffer bytes;
  private final FileChannel channel;
  private final long maxFileBytes;

  /** Where in the file the buffer begins, and how much of it is filled and how much written. */
  private long bufferStart;

  private int filled;
  private int written;

  private final Tally appended = new Tally();

  private SegmentWriter(
      Path directory,
      SegmentName name,
      Origin origin,
      LinkType linkType,
      NativeBuffer buffer,
      FileChannel channel) {
    this.directory = directory;
    this.name = name;
    this.origin = origin;
    this.linkType = linkType;
    this.bytes = buffer.bytes();
    this.channel = channel;
    this.maxFileBytes = origin.rotateSize();
    PcapFormat.putFileHeader(bytes, 0, origin.snaplen(), linkType);
    filled = PcapFormat.FILE_HEADER_LENGTH;
  }

  /**
   * Opens a segment under its unfinished name, with a sidecar that says whose it is.
   *
   * @param buffer the writer's until the segment is closed, room for the largest record
   */
  public static SegmentWriter open(
      Path directory, SegmentName name, Origin origin, LinkType linkType, NativeBuffer buffer)
      throws IOException {
    // First, so that whatever is found after a crash can be told to be this recording's.
    SidecarFile.writeUnfinished(
        directory,
        name,
        Sidecar.of(name, linkType.number(), Tally.EMPTY, origin, null, null),
        false);
    FileChannel channel = SegmentFiles.createNew(name.unfinishedIn(directory));
    return new SegmentWriter(directory, name, origin, linkType, buffer, channel);
  }

  /** What the segment will be called. */
  public SegmentName name() {
    return name;
  }

  /** How large the file is once everything is written. */
  public long fileBytes() {
    return bufferStart + filled;
  }

  /** Whether a frame can be appended without the file becoming larger than it may. */
  public boolean hasRoomFor(int captureLength) {
    return fileBytes() + PcapFormat.RECORD_HEADER_LENGTH + captureLength <= maxFileBytes;
  }

  /**
   * Appends a record, but for the bytes of its frame: the caller puts them into the buffer before
   * the next call of any method.
   *
   * @param timestamp in nanoseconds since 1970
   * @return where in the buffer {@code captureLength} bytes belong
   * @throws IOException if the buffer was full and could not be written; nothing was appended
   */
  public int append(long timestamp, int captureLength, int originalLength) throws IOException {
    int length = PcapFormat.RECORD_HEADER_LENGTH + captureLength;
    if (bytes.capacity() - filled < length) {
      flush();
      bufferStart += filled;
      filled = 0;
      written = 0;
    }
    PcapFormat.putRecordHeader(bytes, filled, timestamp, captureLength, originalLength);
    int frame = filled + PcapFormat.RECORD_HEADER_LENGTH;
    filled += length;
    appended.add(timestamp, captureLength);
    return frame;
  }

  /** Whether there are appended bytes that are not in the file yet. */
  public boolean hasUnwritten() {
    return written < filled;
  }

  /**
   * Writes to the file what was appended, so that it survives the end of this process.
   *
   * @throws IOException if that fails, for instance on a full disk; {@link #salvage} then
   */
  public void flush() throws IOException {
    bytes.limit(filled).position(written);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, bufferStart + bytes.position());
      }
    } finally {
      written = bytes.position();
      bytes.clear();
    }
  }

  /**
   * Ends writing. The buffer is free for the next segment; the file has its unfinished name still.
   *
   * @throws IOException if what was appended cannot be written; {@link #salvage} then
   */
  public ClosedSegment close(@Nullable SegmentCounters counters) throws IOException {
    flush();
    return closed(appended.contents(), counters, null);
  }

  /**
   * Ends writing after a failure: what was appended is written if that is possible still, and what
   * of the file is whole records then stays, as after a crash.
   *
   * @param reason what failed
   * @return empty if not even the file's header could be written, so that nothing is kept
   */
  public Optional<ClosedSegment> salvage(@Nullable SegmentCounters counters, String reason)
      throws IOException {
    try {
      flush();
    } catch (IOException notToBeWritten) {
      // What there is in the file tells how much of it was.
    }
    Path file = name.unfinishedIn(directory);
    if (channel.size() < PcapFormat.FILE_HEADER_LENGTH) {
      channel.close();
      Files.delete(file);
      Files.delete(name.unfinishedSidecarIn(directory));
      return Optional.empty();
    }
    SegmentScan whole = SegmentScan.of(file, name);
    channel.truncate(whole.contents().fileBytes());
    return Optional.of(
        closed(whole.contents(), counters, new Recovered(whole.bytesAfter(), reason)));
  }

  private ClosedSegment closed(
      Contents contents, @Nullable SegmentCounters counters, @Nullable Recovered recovered) {
    Sidecar sidecar = Sidecar.of(name, linkType.number(), contents, origin, counters, recovered);
    return new ClosedSegment(directory, name, channel, sidecar);
  }
}
