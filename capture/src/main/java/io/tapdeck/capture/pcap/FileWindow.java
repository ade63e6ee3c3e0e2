package io.tapdeck.capture.pcap;

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
