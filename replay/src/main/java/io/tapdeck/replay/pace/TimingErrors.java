package io.tapdeck.replay.pace;

/**
 * How far hand-overs were from their deadlines: a histogram of fixed size, a count and never a
 * sample lost. Up to 64 ns a value is exact, beyond that its bucket is no wider than a
 * thirty-second of it.
 *
 * <p>Not for use by two threads at once; recording allocates nothing.
 */
public final class TimingErrors {
  /** Linear buckets in each power of two. */
  private static final int STEPS_BITS = 5;

  private static final int STEPS = 1 << STEPS_BITS;

  /** Values of 64 bits less the sign: one linear range of 2 * STEPS, then each power of two. */
  private static final int BUCKETS = (Long.SIZE - 1 - STEPS_BITS + 1) * STEPS;

  private final long[] counts = new long[BUCKETS];
  private long count;
  private long max;

  /** Counts one error of either sign, in nanoseconds. */
  public void record(long nanos) {
    long error = nanos == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(nanos);
    counts[bucket(error)]++;
    count++;
    if (error > max) {
      max = error;
    }
  }

  /** Errors counted. */
  public long count() {
    return count;
  }

  /** The largest error, exactly; 0 if there is none. */
  public long maxNanos() {
    return max;
  }

  /**
   * The error that the share {@code quantile} of all do not exceed, rounded up to its bucket's end;
   * 0 if there is none.
   *
   * @param quantile above 0 to 1
   */
  public long nanosAt(double quantile) {
    long wanted = Math.max(1, (long) Math.ceil(quantile * count));
    long seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      seen += counts[bucket];
      if (seen >= wanted) {
        return Math.min(max, last(bucket));
      }
    }
    return max;
  }

  private static int bucket(long value) {
    if (value < 2 * STEPS) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEPS_BITS;
    return shift * STEPS + (int) (value >>> shift);
  }

  /** The largest value of a bucket. */
  private static long last(int bucket) {
    if (bucket < 2 * STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    long step = bucket - (long) shift * STEPS;
    return ((step + 1) << shift) - 1;
  }
}
