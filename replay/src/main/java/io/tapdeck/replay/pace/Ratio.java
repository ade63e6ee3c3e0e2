package io.tapdeck.replay.pace;

/** {@code value * numerator / denominator}, where the product alone would not fit in 64 bits. */
final class Ratio {
  /** As nanoseconds 146 years; what is added to it to make a deadline does not overflow. */
  static final long LARGEST = Long.MAX_VALUE / 2;

  private static final long LARGEST_FACTOR = 1_000_000_000;

  private Ratio() {}

  /**
   * Exact, rounded down; {@link #LARGEST} where the result is beyond that.
   *
   * @param value 0 or more
   * @param numerator 1 to 10^9
   * @param denominator 1 to 10^9
   */
  static long multiply(long value, long numerator, long denominator) {
    assert value >= 0 && numerator <= LARGEST_FACTOR && denominator <= LARGEST_FACTOR;
    if (numerator == denominator) {
      return Math.min(value, LARGEST);
    }
    // Split, the remainder's product is below 10^18.
    long whole = value / denominator;
    long rest = value - whole * denominator;
    if (whole >= LARGEST / numerator) {
      return LARGEST;
    }
    return whole * numerator + rest * numerator / denominator;
  }
}
