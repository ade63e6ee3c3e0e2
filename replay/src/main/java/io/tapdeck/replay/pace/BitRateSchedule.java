package io.tapdeck.replay.pace;

/** A frame is due when the bits before it have passed at the rate. */
final class BitRateSchedule implements Schedule {
  /** Nanoseconds that a bit takes at one kilobit a second. */
  private static final long NANOS_PER_BIT = 1_000_000;

  private final long kilobits;
  private long bits;

  BitRateSchedule(long kilobits) {
    this(kilobits, 0);
  }

  /** For tests: as if {@code bits} had been sent before. */
  BitRateSchedule(long kilobits, long bits) {
    this.kilobits = kilobits;
    this.bits = bits;
  }

  @Override
  public long due(long timestampNanos, int length) {
    long due = Ratio.multiply(bits, NANOS_PER_BIT, kilobits);
    bits += (long) length * Byte.SIZE;
    return due;
  }

  @Override
  public void skip(long timestampNanos) {
    // Nothing of it passes.
  }

  @Override
  public void beginFile() {
    // The rate goes on.
  }

  @Override
  public void beginLoop() {
    // The rate goes on.
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
