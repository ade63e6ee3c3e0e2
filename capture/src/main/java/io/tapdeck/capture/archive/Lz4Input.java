package io.tapdeck.capture.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decompresses lz4 frames one after the other (LZ4 frame format 1.6.4, block format), each block at
 * once: a frame's blocks have 4 MiB at most, so it takes 8 MiB whatever it claims. All checksums
 * that there are are checked. Skippable frames are passed over; a frame that needs a dictionary is
 * refused.
 *
 * <pre>
 * | 0x184D2204 | FLG | BD | content size, 8 | dictionary, 4 | HC |  all but the first three optional
 * | length, 4; bit 31: as it is | block | checksum, 4 |  ...       the checksum is optional
 * | 0, 4 | checksum of the content, 4 |                             the checksum is optional
 * </pre>
 */
final class Lz4Input extends InputStream {
  static final int MAGIC = 0x184D2204;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int VERSION_MASK = 0xC0;
  private static final int VERSION = 0x40;
  private static final int INDEPENDENT = 0x20;
  private static final int BLOCK_CHECKSUM = 0x10;
  private static final int CONTENT_SIZE = 0x08;
  private static final int CONTENT_CHECKSUM = 0x04;
  private static final int RESERVED = 0x02;
  private static final int DICTIONARY = 0x01;
  private static final int RESERVED_SIZES = 0x8F;
  private static final int SIZE_SHIFT = 4;
  private static final int SMALLEST_SIZE = 4;
  private static final int AS_IT_IS = 0x8000_0000;

  /** How far back a match may lie. */
  private static final int HISTORY = 1 << 16;

  private static final int LONG_LENGTH = 15;
  private static final int SHORTEST_MATCH = 4;
  private static final int BYTE = 0xFF;

  private final InputStream stored;
  private final XxHash32 contentHash = new XxHash32();
  private final byte[] header = new byte[20];

  /** A block as it is stored, and, after what matches may refer to, its content. */
  private byte[] block = new byte[0];

  private byte[] content = new byte[0];

  /** What of the content is there, from where on a match may lie, and what is still to be read. */
  private int end;

  private int lowest;
  private int next;

  private int flags;
  private int largestBlock;
  private long contentSize;
  private long contentLength;
  private boolean withinFrame;

  Lz4Input(InputStream stored) {
    this.stored = stored;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & BYTE;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (next == end) {
      if (withinFrame ? !nextBlock() : !nextFrame()) {
        if (!withinFrame) {
          return -1;
        }
        endFrame();
      }
    }
    int count = Math.min(length, end - next);
    System.arraycopy(content, next, bytes, offset, count);
    next += count;
    return count;
  }

  /** Returns false at the end of the file. */
  private boolean nextFrame() throws IOException {
    int there = stored.readNBytes(header, 0, Integer.BYTES);
    if (there == 0) {
      return false;
    }
    if (there < Integer.BYTES) {
      throw new EOFException();
    }
    int magic = (int) INT.get(header, 0);
    if ((magic & ArchiveChannel.SKIPPABLE_MASK) == ArchiveChannel.SKIPPABLE_MAGIC) {
      stored.skipNBytes(Integer.toUnsignedLong(readInt()));
      return true;
    }
    if (magic != MAGIC) {
      throw new IOException("after a frame comes what is none");
    }
    beginFrame();
    return true;
  }

  private void beginFrame() throws IOException {
    readFully(header, 2);
    flags = header[0] & BYTE;
    int sizes = header[1] & BYTE;
    if ((flags & VERSION_MASK) != VERSION || (flags & RESERVED) != 0) {
      throw new IOException("a frame is of a version that is not known");
    }
    if ((flags & DICTIONARY) != 0) {
      throw new IOException("a frame needs a dictionary");
    }
    int size = sizes >> SIZE_SHIFT;
    if ((sizes & RESERVED_SIZES) != 0 || size < SMALLEST_SIZE) {
      throw new IOException("a frame has blocks of a size that is not known");
    }
    int length = 2;
    contentSize = -1;
    if ((flags & CONTENT_SIZE) != 0) {
      byte[] eight = new byte[Long.BYTES];
      readFully(eight, Long.BYTES);
      System.arraycopy(eight, 0, header, length, Long.BYTES);
      contentSize = (long) LONG.get(eight, 0);
      length += Long.BYTES;
    }
    if (stored.read() != (XxHash32.of(header, 0, length) >> Byte.SIZE & BYTE)) {
      throw new IOException("the checksum of a frame's header is wrong");
    }
    largestBlock = 1 << (2 * size + Byte.SIZE);
    if (block.length < largestBlock) {
      block = new byte[largestBlock];
      content = new byte[HISTORY + largestBlock];
    }
    end = HISTORY;
    next = HISTORY;
    lowest = HISTORY;
    contentLength = 0;
    contentHash.reset();
    withinFrame = true;
  }

  /** Returns false at the end of the frame. */
  private boolean nextBlock() throws IOException {
    int claimed = readInt();
    if (claimed == 0) {
      return false;
    }
    int length = claimed & ~AS_IT_IS;
    if (length > largestBlock) {
      throw new IOException("a block claims " + length + " bytes");
    }
    readFully(block, length);
    if ((flags & BLOCK_CHECKSUM) != 0 && readInt() != XxHash32.of(block, 0, length)) {
      throw new IOException("the checksum of a block is wrong");
    }
    keepHistory();
    if ((claimed & AS_IT_IS) != 0) {
      System.arraycopy(block, 0, content, HISTORY, length);
      end = HISTORY + length;
    } else {
      end = decompress(length);
    }
    next = HISTORY;
    contentLength += end - HISTORY;
    if ((flags & CONTENT_CHECKSUM) != 0) {
      contentHash.update(content, HISTORY, end - HISTORY);
    }
    return true;
  }

  /** Moves the last of what is there in front of where the next block goes. */
  private void keepHistory() {
    if ((flags & INDEPENDENT) != 0) {
      lowest = HISTORY;
      return;
    }
    int kept = Math.min(HISTORY, end - lowest);
    System.arraycopy(content, end - kept, content, HISTORY - kept, kept);
    lowest = HISTORY - kept;
  }

  private void endFrame() throws IOException {
    if ((flags & CONTENT_CHECKSUM) != 0 && readInt() != contentHash.value()) {
      throw new IOException("the checksum of the content is wrong");
    }
    if (contentSize >= 0 && contentSize != contentLength) {
      throw new IOException("a frame has %d bytes, not %d".formatted(contentLength, contentSize));
    }
    withinFrame = false;
  }

  /** Returns where the content ends. */
  private int decompress(int length) throws IOException {
    int limit = HISTORY + largestBlock;
    int out = HISTORY;
    int in = 0;
    while (in < length) {
      int token = block[in++] & BYTE;
      int literals = token >>> SIZE_SHIFT;
      if (literals == LONG_LENGTH) {
        int more;
        do {
          more = in < length ? block[in++] & BYTE : 0;
          literals += more;
        } while (more == BYTE);
      }
      require(literals <= length - in && literals <= limit - out);
      System.arraycopy(block, in, content, out, literals);
      in += literals;
      out += literals;
      if (in == length) {
        return out;
      }
      require(length - in >= Short.BYTES);
      int distance = (block[in] & BYTE) | (block[in + 1] & BYTE) << Byte.SIZE;
      in += Short.BYTES;
      int match = token & LONG_LENGTH;
      if (match == LONG_LENGTH) {
        int more;
        do {
          more = in < length ? block[in++] & BYTE : 0;
          match += more;
        } while (more == BYTE);
      }
      match += SHORTEST_MATCH;
      require(distance > 0 && distance <= out - lowest && match <= limit - out);
      copy(out, distance, match);
      out += match;
    }
    throw new IOException("a block ends with a match");
  }

  /** Copies from what was written before, which may be by the copying itself. */
  private void copy(int to, int distance, int count) {
    int from = to - distance;
    int done = Math.min(distance, count);
    System.arraycopy(content, from, content, to, done);
    while (done < count) {
      // What repeats has become twice as long.
      int more = Math.min(done, count - done);
      System.arraycopy(content, to, content, to + done, more);
      done += more;
    }
  }

  private static void require(boolean holds) throws IOException {
    if (!holds) {
      throw new IOException("a block makes no sense");
    }
  }

  private int readInt() throws IOException {
    byte[] four = new byte[Integer.BYTES];
    readFully(four, Integer.BYTES);
    return (int) INT.get(four, 0);
  }

  private void readFully(byte[] into, int length) throws IOException {
    if (stored.readNBytes(into, 0, length) < length) {
      throw new EOFException();
    }
  }
}
