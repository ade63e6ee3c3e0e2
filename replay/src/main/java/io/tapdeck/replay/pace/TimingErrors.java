package io.tapdeck.replay.pace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far hand-overs were from their deadlines: a histogram of fixed size, a count and never a
 * sample lost. Up to 64 ns a value is exact, beyond that its bucket is no wider than a
 * thirty-second of it.
 *
 * <p>One thread records, and allocates nothing; others may ask meanwhile, and may be told of the
 * last errors a little later.
 */
public final class TimingErrors {
  /** Linear buckets in each power of two. */
  private static final int STEPS_BITS = 5;

  private static final int STEPS = 1 << STEPS_BITS;

  /** Values of 64 bits less the sign: one linear range of 2 * STEPS, then each power of two. */
  private static final int BUCKETS = (Long.SIZE - 1 - STEPS_BITS + 1) * STEPS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final AtomicLong max = new AtomicLong();

  /** Counts one error of either sign, in nanoseconds. */
  public void record(long nanos) {
    long error = nanos == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(nanos);
    // Before its count: whoever is told of an error is told of the largest too.
    if (error > max.getPlain()) {
      max.setRelease(error);
    }
    int bucket = bucket(error);
    // There is one writer: an ordered store is enough, and costs no bus lock.
    counts.setRelease(bucket, counts.getPlain(bucket) + 1);
  }

  /** Errors counted. */
  public long count() {
    long sum = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      sum += counts.getAcquire(bucket);
    }
    return sum;
  }

  /** The largest error, exactly; 0 if there is none. */
  public long maxNanos() {
    return max.getAcquire();
  }

  /**
   * The error that the share {@code quantile} of all do not exceed, rounded up to its bucket's end;
   * 0 if there is none.
   *
   * @param quantile above 0 to 1
   */
  public long nanosAt(double quantile) {
    long wanted = Math.max(1, (long) Math.ceil(quantile * count()));
    long seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      seen += counts.getAcquire(bucket);
      if (seen >= wanted) {
        return Math.min(maxNanos(), last(bucket));
      }
    }
    return maxNanos();
  }

  /**
   * The errors by size: buckets that are twice as wide each, the first up to {@code first}
   * nanoseconds, the last as far as there are errors. A bucket's bound is rounded up as {@link
   * #nanosAt} is.
   *
   * @param first a power of two
   */
  public List<Bucket> doubling(long first) {
    List<Bucket> buckets = new ArrayList<>();
    boolean any = count() > 0;
    int from = 0;
    for (long bound = first; any && isReached(from); bound *= 2) {
      long sum = 0;
      for (; from < BUCKETS && (last(from) < bound || bound <= 0); from++) {
        sum += counts.getAcquire(from);
      }
      buckets.add(new Bucket(bound <= 0 ? Long.MAX_VALUE : bound, sum));
    }
    return List.copyOf(buckets);
  }

  private boolean isReached(int bucket) {
    return bucket == 0 || (bucket < BUCKETS && last(bucket - 1) < maxNanos());
  }

  /**
   * How many errors were less than a bound, and no less than that of the bucket before.
   *
   * @param bound in nanoseconds
   */
  public record Bucket(long bound, long count) {}

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
