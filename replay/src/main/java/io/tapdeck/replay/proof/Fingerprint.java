package io.tapdeck.replay.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame in 64 bits. Of a million frames two that differ have the same one with a probability of
 * about 10^-7; nothing is meant to withstand who looks for such two.
 *
 * <p>Frames shorter than the least that goes over a wire count as if they had been padded with
 * zeros already, as interfaces do.
 */
final class Fingerprint {
  /** Bytes of the shortest Ethernet frame, without its check sequence. */
  private static final int SHORTEST_FRAME = 60;

  /**
   * Odd, with about as many ones as zeros: the golden ratio's fraction, and four without meaning.
   */
  private static final long FACTOR_1 = 0x9E3779B97F4A7C15L;

  private static final long FACTOR_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long FACTOR_3 = 0x165667B19E3779F9L;
  private static final long FACTOR_4 = 0x85EBCA77C2B2AE63L;
  private static final long FACTOR_5 = 0xD6E8FEB86659FD93L;

  private static final int BLOCK = 4 * Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Fingerprint() {}

  /**
   * The fingerprint of a frame. Four lanes, since a processor multiplies the next while it still
   * does the one before.
   *
   * @param length 0 or more
   */
  static long of(ByteBuffer from, int offset, int length) {
    int counted = Math.max(length, SHORTEST_FRAME);
    long lane1 = counted;
    long lane2 = FACTOR_2;
    long lane3 = FACTOR_3;
    long lane4 = FACTOR_4;
    int at = 0;
    for (; length - at >= BLOCK; at += BLOCK) {
      int word = offset + at;
      lane1 = mix(lane1, (long) LONG.get(from, word), FACTOR_1);
      lane2 = mix(lane2, (long) LONG.get(from, word + Long.BYTES), FACTOR_3);
      lane3 = mix(lane3, (long) LONG.get(from, word + 2 * Long.BYTES), FACTOR_4);
      lane4 = mix(lane4, (long) LONG.get(from, word + 3 * Long.BYTES), FACTOR_5);
    }
    // Each word goes to the lane that its place has, also those that only padding makes whole.
    for (; at < counted; at += Long.BYTES) {
      long word = word(from, offset + at, length - at);
      switch ((at / Long.BYTES) % 4) {
        case 0 -> lane1 = mix(lane1, word, FACTOR_1);
        case 1 -> lane2 = mix(lane2, word, FACTOR_3);
        case 2 -> lane3 = mix(lane3, word, FACTOR_4);
        default -> lane4 = mix(lane4, word, FACTOR_5);
      }
    }
    return finish(mix(mix(mix(lane1, lane2, FACTOR_3), lane3, FACTOR_4), lane4, FACTOR_5));
  }

  /** Up to eight bytes, with zeros for those that are not there. */
  private static long word(ByteBuffer from, int at, int left) {
    if (left >= Long.BYTES) {
      return (long) LONG.get(from, at);
    }
    long word = 0;
    for (int index = 0; index < left; index++) {
      word |= (from.get(at + index) & 0xffL) << (index * Byte.SIZE);
    }
    return word;
  }

  /** Only the later of the two products waits for the lane. */
  private static long mix(long lane, long word, long factor) {
    return Long.rotateLeft(lane + word * FACTOR_2, 29) * factor;
  }

  private static long finish(long sum) {
    long mixed = (sum ^ (sum >>> 32)) * FACTOR_1;
    mixed = (mixed ^ (mixed >>> 29)) * FACTOR_2;
    return mixed ^ (mixed >>> 32);
  }
}
