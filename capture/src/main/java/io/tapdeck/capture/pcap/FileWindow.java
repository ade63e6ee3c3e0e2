package io.tapdeck.capture.pcap;

import io.tapdeck.capture.archive.ArchiveChannel;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/**
 * The part of a file that is in memory: slides over it from front to back, as far as it is asked
 * to. Knows where the whole records end, not what a record is.
 */
final class FileWindow implements Closeable {
  /**
   * The most that one read asks for. Larger reads are hardly faster, and a player would have a
   * deadline pass while it waits for them.
   */
  private static final int READ_LENGTH = 1 << 17;

  /** Two frames of a compressed segment. */
  private static final long ARCHIVE_GRAIN = 8 << 20;

  private final SeekableByteChannel channel;
  private final ByteBuffer bytes;
  private final ByteBuffer peeked = ByteBuffer.allocate(Integer.BYTES);

  /** Where in the file the window begins. */
  private long start;

  /** Where in the window the next record begins, and the bytes of the file end. */
  private int index;

  private int filled;

  /** How far after the bytes in the window the next record begins; they are all done with then. */
  private long ahead;

  private boolean ended;
  private Optional<Damage> damage = Optional.empty();

  /**
   * @param bytes the window's; of a size that the largest record fits
   */
  FileWindow(SeekableByteChannel channel, ByteBuffer bytes) {
    this.channel = channel;
    this.bytes = bytes.clear();
  }

  /** The memory of the window, always the same. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** Where in {@link #bytes()} the next record begins. */
  int index() {
    return index;
  }

  /** Where in the file the next record begins. */
  long offset() {
    return start + index + ahead;
  }

  /** How many bytes can be had of a record. */
  int capacity() {
    return bytes.capacity();
  }

  /** How many bytes of the next record, and what follows it, are in memory. */
  int buffered() {
    return filled - index;
  }

  /** Whether nothing is left. */
  boolean ended() {
    return ended;
  }

  Optional<Damage> damage() {
    return damage;
  }

  long fileLength() throws IOException {
    return channel.size();
  }

  /**
   * Whether {@code length} bytes of the next record are, or now came, in the window. May move them.
   *
   * @param length no more than the capacity
   */
  boolean has(int length) throws IOException {
    return filled - index >= length || refill(length);
  }

  /** Makes what follows {@code length} bytes on the next record. */
  void advance(long length) {
    int there = filled - index;
    if (length <= there) {
      index += (int) length;
    } else {
      ahead = length - there;
      index = filled;
    }
  }

  /**
   * The 32 bits, unsigned, that are {@code distance} bytes after the beginning of the next record,
   * wherever that is; -1 if the file ends before.
   */
  long peek(long distance) throws IOException {
    channel.position(offset() + distance);
    peeked.clear().order(bytes.order());
    while (peeked.hasRemaining() && channel.read(peeked) >= 0) {
      // Some bytes are missing yet.
    }
    channel.position(start + filled);
    return peeked.hasRemaining() ? -1 : Integer.toUnsignedLong(peeked.getInt(0));
  }

  /** Whether {@link #peek}, and going anywhere, takes no more than a read. */
  boolean startsAnywhere() {
    return !(channel instanceof ArchiveChannel archive) || archive.startsAnywhere();
  }

  /** How many bytes of content have to be gone through for any, at most. */
  long grain() {
    return channel instanceof ArchiveChannel ? ARCHIVE_GRAIN : 0;
  }

  /** How far into the file itself it has been read: for a compressed one, of its own bytes. */
  long storedOffset() {
    return channel instanceof ArchiveChannel archive ? archive.storedPosition() : offset();
  }

  /** Whether the front can be read again. */
  boolean startsAgain() {
    return !(channel instanceof ArchiveChannel archive) || archive.startsAgain();
  }

  /**
   * Reads what is elsewhere; the window stays.
   *
   * @return false at the end of the file
   */
  boolean readAt(long offset, ByteBuffer into) throws IOException {
    channel.position(offset);
    int count = channel.read(into);
    channel.position(start + filled);
    return count >= 0;
  }

  /** Goes to where a record begins, whatever there was before. */
  void moveTo(long offset) throws IOException {
    if (damage.isEmpty() && offset >= start && offset <= start + filled) {
      index = (int) (offset - start);
    } else {
      channel.position(offset);
      start = offset;
      index = 0;
      filled = 0;
    }
    ahead = 0;
    ended = false;
    damage = Optional.empty();
  }

  /** Ends it here: the next record is none. */
  void damaged(String reason) throws IOException {
    long left = Math.max(filled - index, channel.size() - offset());
    damage = Optional.of(new Damage(offset(), left, reason));
    ended = true;
    // Nothing of what is left may be taken for a record, however often it is asked for.
    filled = index;
  }

  private boolean refill(int length) throws IOException {
    if (ended) {
      return false;
    }
    if (ahead > 0) {
      start = offset();
      channel.position(start);
      index = 0;
      filled = 0;
      ahead = 0;
    } else if (bytes.capacity() - index < Math.max(length, READ_LENGTH)) {
      bytes.limit(filled).position(index).compact();
      start += index;
      filled -= index;
      index = 0;
    }
    while (filled - index < length) {
      bytes.limit(Math.min(bytes.capacity(), filled + READ_LENGTH)).position(filled);
      if (channel.read(bytes) < 0) {
        ended = filled == index;
        bytes.clear();
        return false;
      }
      filled = bytes.position();
    }
    bytes.clear();
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
