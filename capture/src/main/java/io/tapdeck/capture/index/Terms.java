package io.tapdeck.capture.index;

/** How what occurs in a packet becomes a term, which is 32 bits. */
public final class Terms {
  private static final long FIRST = 0x9E37_79B9_7F4A_7C15L;
  private static final long SECOND = 0xBF58_476D_1CE4_E5B9L;
  private static final long THIRD = 0x94D0_49BB_1331_11EBL;
  private static final int SHIFT_ONE = 30;
  private static final int SHIFT_TWO = 27;
  private static final int SHIFT_THREE = 31;
  private static final int ROTATION = 32;

  private Terms() {}

  /** Of {@link TermKind#HOST_V6}. */
  public static int hostV6(long high, long low) {
    return (int) (mix(mix(high) + low) >>> Integer.SIZE);
  }

  /** Of {@link TermKind#NET_V6}. */
  public static int netV6(long high) {
    return (int) (mix(high ^ FIRST) >>> Integer.SIZE);
  }

  /** Of {@link TermKind#CONVERSATION}; the same if source and destination change places. */
  public static int conversation(
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long destinationHigh,
      long destinationLow,
      int destinationPort) {
    long one = end(sourceHigh, sourceLow, sourcePort);
    long other = end(destinationHigh, destinationLow, destinationPort);
    long sum = one + other;
    return (int) (mix(sum + Long.rotateLeft(one ^ other, ROTATION)) >>> Integer.SIZE);
  }

  private static long end(long high, long low, int port) {
    return mix(mix(high + port * FIRST) + low);
  }

  /** All bits of the outcome depend on all of the value, and none is lost (SplitMix64). */
  static long mix(long value) {
    long mixed = value + FIRST;
    mixed = (mixed ^ (mixed >>> SHIFT_ONE)) * SECOND;
    mixed = (mixed ^ (mixed >>> SHIFT_TWO)) * THIRD;
    return mixed ^ (mixed >>> SHIFT_THREE);
  }

  /** The bucket of a term, of 2^bits. */
  static int bucket(int term, int bits) {
    return (int) (mix(Integer.toUnsignedLong(term)) >>> (Long.SIZE - bits));
  }
}
