package io.tapdeck.capture.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The checksum of lz4 frames: xxHash, 32 bits, seed 0 (xxHash specification, version 0.1.1). */
final class XxHash32 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int PRIME_1 = 0x9E3779B1;
  private static final int PRIME_2 = 0x85EBCA77;

  /** Their sum, without what does not fit. */
  private static final int PRIMES_1_AND_2 = 0x24234428;

  private static final int PRIME_3 = 0xC2B2AE3D;
  private static final int PRIME_4 = 0x27D4EB2F;
  private static final int PRIME_5 = 0x165667B1;
  private static final int STRIPE = 16;

  private final byte[] stripe = new byte[STRIPE];
  private int first;
  private int second;
  private int third;
  private int fourth;
  private long length;

  XxHash32() {
    reset();
  }

  static int of(byte[] bytes, int offset, int length) {
    XxHash32 hash = new XxHash32();
    hash.update(bytes, offset, length);
    return hash.value();
  }

  /** As if nothing had been put in. */
  void reset() {
    first = PRIMES_1_AND_2;
    second = PRIME_2;
    third = 0;
    fourth = -PRIME_1;
    length = 0;
  }

  void update(byte[] bytes, int offset, int count) {
    int at = offset;
    int end = offset + count;
    int held = (int) (length % STRIPE);
    length += count;
    if (held > 0) {
      int more = Math.min(STRIPE - held, count);
      System.arraycopy(bytes, at, stripe, held, more);
      at += more;
      if (held + more < STRIPE) {
        return;
      }
      mix(stripe, 0);
    }
    while (end - at >= STRIPE) {
      mix(bytes, at);
      at += STRIPE;
    }
    System.arraycopy(bytes, at, stripe, 0, end - at);
  }

  int value() {
    int hash =
        length >= STRIPE
            ? Integer.rotateLeft(first, 1)
                + Integer.rotateLeft(second, 7)
                + Integer.rotateLeft(third, 12)
                + Integer.rotateLeft(fourth, 18)
            : PRIME_5;
    hash += (int) length;
    int held = (int) (length % STRIPE);
    int at = 0;
    for (; held - at >= Integer.BYTES; at += Integer.BYTES) {
      hash = Integer.rotateLeft(hash + (int) INT.get(stripe, at) * PRIME_3, 17) * PRIME_4;
    }
    for (; at < held; at++) {
      hash = Integer.rotateLeft(hash + (stripe[at] & 0xFF) * PRIME_5, 11) * PRIME_1;
    }
    hash = (hash ^ hash >>> 15) * PRIME_2;
    hash = (hash ^ hash >>> 13) * PRIME_3;
    return hash ^ hash >>> 16;
  }

  private void mix(byte[] bytes, int at) {
    first = round(first, (int) INT.get(bytes, at));
    second = round(second, (int) INT.get(bytes, at + 4));
    third = round(third, (int) INT.get(bytes, at + 8));
    fourth = round(fourth, (int) INT.get(bytes, at + 12));
  }

  private static int round(int lane, int input) {
    return Integer.rotateLeft(lane + input * PRIME_2, 13) * PRIME_1;
  }
}
