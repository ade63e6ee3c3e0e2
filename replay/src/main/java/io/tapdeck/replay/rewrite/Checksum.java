package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071), and how it follows changes without being computed anew (RFC
 * 1624, equation 3). A change is a sum, for each 16-bit word, of the old one's complement and the
 * new one; changes are added up and applied once.
 */
final class Checksum {
  private static final int WORD = 0xFFFF;
  private static final long DOUBLE_WORD = 0xFFFF_FFFFL;

  private Checksum() {}

  /** The change of a 16-bit word. */
  static long change16(int from, int to) {
    return (long) (~from & WORD) + (to & WORD);
  }

  /** The change of a 32-bit word. */
  static long change32(int from, int to) {
    return (~from & DOUBLE_WORD) + (to & DOUBLE_WORD);
  }

  /** The change of a 64-bit word. */
  static long change64(long from, long to) {
    return change32((int) (from >>> Integer.SIZE), (int) (to >>> Integer.SIZE))
        + change32((int) from, (int) to);
  }

  /** A change of what begins at an odd index: there bytes are the other halves of the words. */
  static long odd(long change) {
    int folded = fold(change);
    return (((long) folded << Byte.SIZE) | (folded >>> Byte.SIZE)) & WORD;
  }

  /** The ones' complement sum in 16 bits; 0 only of 0. */
  static int fold(long sum) {
    long folded = (sum & DOUBLE_WORD) + (sum >>> Integer.SIZE);
    while (folded > WORD) {
      folded = (folded & WORD) + (folded >>> Short.SIZE);
    }
    return (int) folded;
  }

  /**
   * A checksum after a change. One that was right is right, and one that was wrong is wrong by as
   * much. A change that is none in sum leaves all 16 bits alone.
   */
  static int after(int checksum, long change) {
    int folded = fold(change);
    return folded == 0 || folded == WORD ? checksum : ~fold((~checksum & WORD) + folded) & WORD;
  }

  /** The sum of all bytes from one index up to another. */
  static long sum(ByteBuffer buffer, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long word = buffer.getLong(at);
      sum += (word >>> Integer.SIZE) + (word & DOUBLE_WORD);
    }
    for (; at <= to - Short.BYTES; at += Short.BYTES) {
      sum += buffer.getShort(at) & WORD;
    }
    return at < to ? sum + ((buffer.get(at) & 0xFF) << Byte.SIZE) : sum;
  }

  /** The checksum over a sum. */
  static int of(long sum) {
    return ~fold(sum) & WORD;
  }
}
