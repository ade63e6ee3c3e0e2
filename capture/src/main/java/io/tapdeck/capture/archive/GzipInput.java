package io.tapdeck.capture.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses the members of a gzip file (RFC 1952) one after the other. All checksums that there
 * are are checked. It ends where the file does, or with zeros up to there, as tapes have them; what
 * else follows a member is damage, and what cannot be read is never taken for the end.
 *
 * <pre>
 * | 1F 8B | 8 | flags | time, 4 | extra flags | system |
 * | length, 2 | extra field | name, 0 | comment, 0 | checksum of the header, 2 |  each optional
 * | deflated content | CRC-32 of the content, 4 | its length modulo 2^32, 4 |
 * </pre>
 */
final class GzipInput extends InputStream {
  private static final int PIECE = 1 << 16;
  private static final int MAGIC_1 = 0x1F;
  private static final int MAGIC_2 = 0x8B;
  private static final int DEFLATED = 8;
  private static final int HEADER_CHECKSUM = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;
  private static final int RESERVED = 0xE0;
  private static final int TIME_AND_SYSTEM = 6;
  private static final int BYTE = 0xFF;
  private static final int SHORT = 0xFFFF;

  private final InputStream stored;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 contentCrc = new CRC32();
  private final CRC32 headerCrc = new CRC32();

  /** What is stored, and what of it is still to be read. */
  private final byte[] piece = new byte[PIECE];

  private int next;
  private int end;
  private boolean withinMember;

  GzipInput(InputStream stored) {
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
    while (withinMember || nextMember()) {
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        contentCrc.update(bytes, offset, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new IOException("a member needs a dictionary");
      } else {
        feed();
      }
    }
    return -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException wrong) {
      throw new IOException(wrong.getMessage(), wrong);
    }
  }

  private void feed() throws IOException {
    if (!fill()) {
      throw new EOFException();
    }
    inflater.setInput(piece, next, end - next);
    next = end;
  }

  /** Returns false at the end of the file. */
  private boolean fill() throws IOException {
    if (next == end) {
      next = 0;
      end = Math.max(0, stored.read(piece));
    }
    return next < end;
  }

  /** Returns false at the end of the file. */
  private boolean nextMember() throws IOException {
    if (!fill()) {
      return false;
    }
    if (piece[next] == 0) {
      passZeros();
      return false;
    }
    headerCrc.reset();
    if (readHeaderByte() != MAGIC_1 || readHeaderByte() != MAGIC_2) {
      throw new IOException("after a member comes what is none");
    }
    int method = readHeaderByte();
    int flags = readHeaderByte();
    if (method != DEFLATED || (flags & RESERVED) != 0) {
      throw new IOException("a member is of a kind that is not known");
    }
    passHeader(TIME_AND_SYSTEM);
    if ((flags & EXTRA) != 0) {
      passHeader(readHeaderByte() | readHeaderByte() << Byte.SIZE);
    }
    if ((flags & NAME) != 0) {
      passHeaderText();
    }
    if ((flags & COMMENT) != 0) {
      passHeaderText();
    }
    int crc = (int) headerCrc.getValue() & SHORT;
    if ((flags & HEADER_CHECKSUM) != 0 && readShort() != crc) {
      throw new IOException("the checksum of a member's header is wrong");
    }
    inflater.reset();
    contentCrc.reset();
    withinMember = true;
    return true;
  }

  private void passZeros() throws IOException {
    while (fill()) {
      if (piece[next++] != 0) {
        throw new IOException("after a member comes what is none");
      }
    }
  }

  private void passHeader(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      readHeaderByte();
    }
  }

  private void passHeaderText() throws IOException {
    while (readHeaderByte() != 0) {
      // Of no interest.
    }
  }

  private void endMember() throws IOException {
    next = end - inflater.getRemaining();
    withinMember = false;
    int crc = readShort() | readShort() << Short.SIZE;
    int length = readShort() | readShort() << Short.SIZE;
    if (crc != (int) contentCrc.getValue()) {
      throw new IOException("the checksum of a member is wrong");
    }
    if (length != (int) inflater.getBytesWritten()) {
      throw new IOException("the length of a member is wrong");
    }
  }

  private int readHeaderByte() throws IOException {
    int value = readByte();
    headerCrc.update(value);
    return value;
  }

  private int readShort() throws IOException {
    return readByte() | readByte() << Byte.SIZE;
  }

  private int readByte() throws IOException {
    if (!fill()) {
      throw new EOFException();
    }
    return piece[next++] & BYTE;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
