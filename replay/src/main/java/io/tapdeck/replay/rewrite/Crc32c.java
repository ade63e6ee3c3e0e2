package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;

/**
 * SCTP's checksum (RFC 9260, appendix A): CRC-32C, least significant byte first. That of a change
 * alone can be had without the bytes that stay, since a CRC is linear: it is that of the change
 * followed by zeros.
 */
final class Crc32c {
  /** The polynomial, bits reversed. */
  private static final int POLYNOMIAL = 0x82F6_3B78;

  /** Of the longest frame that is believed, 2^18 bytes. */
  private static final int LENGTH_BITS = 19;

  private static final int[] TABLE = table();

  /** What a power of two of zero bytes does to each bit of the register. */
  private static final int[][] ZEROS = zeros();

  private Crc32c() {}

  /**
   * What a checksum field changes by, to be XORed with it.
   *
   * @param difference of the first four bytes
   * @param length of the bytes in all, 4 to 2^19 - 1
   */
  static int change(int difference, int length) {
    int register = Integer.reverseBytes(difference);
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      register = step(register);
    }
    int rest = length - Integer.BYTES;
    for (int power = 0; power < ZEROS.length; power++) {
      if (((rest >>> power) & 1) != 0) {
        register = apply(ZEROS[power], register);
      }
    }
    return Integer.reverseBytes(register);
  }

  /** The checksum field of bytes, four of which, from {@code field} on, are taken for 0. */
  static int of(ByteBuffer buffer, int from, int to, int field) {
    int register = -1;
    for (int at = from; at < to; at++) {
      int octet = at >= field && at < field + Integer.BYTES ? 0 : buffer.get(at);
      register = (register >>> Byte.SIZE) ^ TABLE[(register ^ octet) & 0xFF];
    }
    return Integer.reverseBytes(~register);
  }

  private static int step(int register) {
    return (register >>> 1) ^ ((register & 1) == 0 ? 0 : POLYNOMIAL);
  }

  private static int apply(int[] columns, int register) {
    int result = 0;
    for (int left = register; left != 0; left &= left - 1) {
      result ^= columns[Integer.numberOfTrailingZeros(left)];
    }
    return result;
  }

  private static int[] table() {
    int[] table = new int[1 << Byte.SIZE];
    for (int octet = 0; octet < table.length; octet++) {
      table[octet] = octet;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        table[octet] = step(table[octet]);
      }
    }
    return table;
  }

  private static int[][] zeros() {
    int[][] zeros = new int[LENGTH_BITS][Integer.SIZE];
    for (int column = 0; column < Integer.SIZE; column++) {
      int register = 1 << column;
      zeros[0][column] = (register >>> Byte.SIZE) ^ TABLE[register & 0xFF];
    }
    for (int power = 1; power < zeros.length; power++) {
      for (int column = 0; column < Integer.SIZE; column++) {
        zeros[power][column] = apply(zeros[power - 1], zeros[power - 1][column]);
      }
    }
    return zeros;
  }
}
