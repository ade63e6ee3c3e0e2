package io.tapdeck.capture.catalog;

/**
 * A part of time, in nanoseconds since 1970.
 *
 * @param from the earliest time in it
 * @param to the first after it
 */
public record TimeSpan(long from, long to) {
  /** Every time. */
  public static final TimeSpan ALWAYS = new TimeSpan(Long.MIN_VALUE, Long.MAX_VALUE);

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if nothing is in it
   */
  public TimeSpan {
    if (to <= from) {
      throw new IllegalArgumentException("'to' is not after 'from': nothing is between");
    }
  }
}
