package io.tapdeck.capture.index;

import java.nio.ByteBuffer;

/** Reads what {@link BitWriter} wrote. After the end there are zeros, for ever. */
final class BitReader {
  private final ByteBuffer bytes;
  private int at;
  private long pending;
  private int pendingBits;

  /** From the first byte to the limit. */
  BitReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a number.
   *
   * @param bits 0 to 32
   */
  int get(int bits) {
    while (pendingBits < bits) {
      pending = (pending << Byte.SIZE) | (at < bytes.limit() ? bytes.get(at) & 0xFF : 0);
      at++;
      pendingBits += Byte.SIZE;
    }
    pendingBits -= bits;
    return bits == 0 ? 0 : (int) ((pending >>> pendingBits) & (-1L >>> (Long.SIZE - bits)));
  }

  /** How many ones there are before the next zero. */
  int getUnary() {
    int ones = 0;
    while (get(1) != 0) {
      ones++;
    }
    return ones;
  }
}
