package io.tapdeck.replay.pace;

/** A frame is due when the bits before it have passed at the rate. */
final class BitRateSchedule implements Schedule {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Nanoseconds that a bit takes at one kilobit a second. */
  private static final long NANOS_PER_BIT = 1_000_000;

  private static final long BITS_PER_KILOBIT = 1_000;

  private final long kilobits;

  /** What passes in a second. */
  private final long bitsPerSecond;

  /** Whole seconds, as nanoseconds, and the bits since: so nothing grows but the answer. */
  private long seconds;

  private long bits;

  BitRateSchedule(long kilobits) {
    this.kilobits = kilobits;
    this.bitsPerSecond = kilobits * BITS_PER_KILOBIT;
  }

  /** For tests: as if {@code sent} bits had been sent before. */
  BitRateSchedule(long kilobits, long sent) {
    this(kilobits);
    pass(sent);
  }

  @Override
  public long due(long captured, int length) {
    // Fewer than 10^12 bits are left of a second, so the product is below 10^18.
    long due = seconds + bits * NANOS_PER_BIT / kilobits;
    pass((long) length * Byte.SIZE);
    return Math.min(due, LATEST);
  }

  private void pass(long more) {
    bits += more;
    if (bits >= bitsPerSecond) {
      long whole = Ratio.multiply(bits / bitsPerSecond, NANOS_PER_SECOND, 1);
      seconds = Math.min(seconds + whole, LATEST);
      bits %= bitsPerSecond;
    }
  }

  @Override
  public void begin(long captured) {
    seconds = 0;
    bits = 0;
  }

  @Override
  public void follow(long captured, int length) {
    begin(captured);
    pass((long) length * Byte.SIZE);
  }

  @Override
  public boolean keepsGaps() {
    return false;
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
