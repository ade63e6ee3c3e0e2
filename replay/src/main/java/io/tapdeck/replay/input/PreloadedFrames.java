package io.tapdeck.replay.input;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Frames that are in memory, outside the heap; each looks at the same memory. */
final class PreloadedFrames implements FrameSource {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Of each piece of memory; it is taken from the system page by page, as it is filled. */
  private static final int PIECE = 64 << 20;

  private static final int TIME = 0;
  private static final int CAPTURE_LENGTH = 8;
  private static final int ORIGINAL_LENGTH = 12;
  private static final int LINK_TYPE = 16;
  private static final int BEGINS_FILE = 20;
  private static final int HEADER = 24;
  private static final int ALIGNMENT = 8;

  private final Frames frames;
  private final AtomicLong position = new AtomicLong();
  private int piece;

  /** In the piece, where the frame and the next one begin. */
  private int at;

  private int next;
  private ByteBuffer buffer = NOTHING;

  private PreloadedFrames(Frames frames) {
    this.frames = frames;
  }

  /** What is in memory. */
  static final class Frames {
    private final List<NativeBuffer> pieces = new ArrayList<>();

    /** Of each piece, how much is filled. */
    private final List<Integer> filled = new ArrayList<>();

    private final List<LinkType> linkTypes = new ArrayList<>();
    private long bytes;
    private long filtered;
    private List<String> damages = List.of();

    private Frames() {}

    /** A cursor of its own over them. */
    PreloadedFrames open() {
      return new PreloadedFrames(this);
    }

    private void add(FrameSource from) {
      int length = from.captureLength();
      int room = room(length);
      int end = filled.isEmpty() ? PIECE : filled.getLast();
      if (PIECE - end < room) {
        pieces.add(new NativeBuffer(PIECE));
        filled.add(0);
        end = 0;
      }
      ByteBuffer into = pieces.getLast().bytes();
      into.putLong(end + TIME, from.timestampNanos());
      into.putInt(end + CAPTURE_LENGTH, length);
      into.putInt(end + ORIGINAL_LENGTH, (int) from.originalLength());
      into.putInt(end + LINK_TYPE, indexOf(from.linkType()));
      into.putInt(end + BEGINS_FILE, from.beginsFile() ? 1 : 0);
      into.put(end + HEADER, from.buffer(), from.offset(), length);
      filled.set(filled.size() - 1, end + room);
      bytes += room;
    }

    private int indexOf(LinkType linkType) {
      int index = linkTypes.indexOf(linkType);
      if (index < 0) {
        linkTypes.add(linkType);
        index = linkTypes.size() - 1;
      }
      return index;
    }
  }

  private static int room(int captureLength) {
    return (HEADER + captureLength + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Reads frames into memory.
   *
   * @param available bytes that may be taken
   * @throws InputRefusedException if they would not fit
   */
  static Frames load(FrameSource from, long available) throws IOException {
    Frames frames = new Frames();
    while (from.next()) {
      if (frames.bytes + room(from.captureLength()) > available) {
        throw tooLarge(frames.bytes, from, available);
      }
      frames.add(from);
    }
    frames.filtered = from.filtered();
    frames.damages = from.damages();
    return frames;
  }

  private static InputRefusedException tooLarge(long loaded, FrameSource from, long available) {
    String needed = "more than " + new DataSize(loaded);
    if (from.totalBytes() > 0 && from.position() > 0) {
      double all = (double) loaded / from.position() * from.totalBytes();
      needed = "about " + new DataSize(Math.max(loaded, (long) all));
    }
    return new InputRefusedException(
        "--preload needs %s of memory, %s can be had; leave it out, or select less"
            .formatted(needed, new DataSize(available)));
  }

  @Override
  public boolean next() {
    while (piece < frames.pieces.size()) {
      if (next < frames.filled.get(piece)) {
        buffer = frames.pieces.get(piece).bytes();
        at = next;
        int room = room(buffer.getInt(at + CAPTURE_LENGTH));
        next = at + room;
        position.setRelease(position.getPlain() + room);
        return true;
      }
      piece++;
      next = 0;
    }
    return false;
  }

  @Override
  public boolean isNextBuffered() {
    return piece < frames.pieces.size() - 1
        || (piece < frames.pieces.size() && next < frames.filled.get(piece));
  }

  @Override
  public void rewind() {
    piece = 0;
    next = 0;
    position.setRelease(0);
  }

  @Override
  public ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public int offset() {
    return at + HEADER;
  }

  @Override
  public int captureLength() {
    return buffer.getInt(at + CAPTURE_LENGTH);
  }

  @Override
  public long originalLength() {
    return Integer.toUnsignedLong(buffer.getInt(at + ORIGINAL_LENGTH));
  }

  @Override
  public long timestampNanos() {
    return buffer.getLong(at + TIME);
  }

  @Override
  public LinkType linkType() {
    return frames.linkTypes.get(buffer.getInt(at + LINK_TYPE));
  }

  @Override
  public boolean beginsFile() {
    return buffer.getInt(at + BEGINS_FILE) != 0;
  }

  @Override
  public long filtered() {
    return frames.filtered;
  }

  @Override
  public long position() {
    return position.getAcquire();
  }

  @Override
  public long totalBytes() {
    return frames.bytes;
  }

  @Override
  public List<String> damages() {
    return frames.damages;
  }

  @Override
  public void close() {
    // The memory goes with the last who looks at it.
  }
}
