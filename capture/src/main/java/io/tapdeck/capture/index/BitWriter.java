package io.tapdeck.capture.index;

import java.util.Arrays;

/** Writes numbers of any width, the first bit first, into memory that grows. */
final class BitWriter {
  private static final int SMALLEST = 1 << 12;

  private byte[] bytes = new byte[SMALLEST];
  private int length;

  /** Bits that are no whole byte yet, in the lowest places. */
  private long pending;

  private int pendingBits;

  void clear() {
    length = 0;
    pending = 0;
    pendingBits = 0;
  }

  /**
   * Writes a number.
   *
   * @param bits 0 to 32
   */
  void put(int value, int bits) {
    if (bits == 0) {
      return;
    }
    pending = (pending << bits) | (value & (-1L >>> (Long.SIZE - bits)));
    pendingBits += bits;
    while (pendingBits >= Byte.SIZE) {
      pendingBits -= Byte.SIZE;
      append((byte) (pending >>> pendingBits));
    }
  }

  /** As many ones, and a zero. */
  void putUnary(int value) {
    for (int left = value; left > 0; left -= Integer.SIZE) {
      int ones = Math.min(left, Integer.SIZE);
      put(-1, ones);
    }
    put(0, 1);
  }

  /** Fills the last byte with zeros. */
  void align() {
    if (pendingBits > 0) {
      put(0, Byte.SIZE - pendingBits);
    }
  }

  private void append(byte value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length] = value;
    length++;
  }

  /** Whole bytes written. */
  int length() {
    return length;
  }

  /** Always up to {@link #length}; another array once more was written. */
  byte[] bytes() {
    return bytes;
  }
}
