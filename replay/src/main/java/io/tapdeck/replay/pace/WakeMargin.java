package io.tapdeck.replay.pace;

/**
 * How long before a deadline a thread is to stop sleeping and begin to spin: as much as waking has
 * been late of late. On a quiet machine that is some tens of microseconds; where an idle processor
 * is given away, as by most hypervisors, it can be a millisecond, and a sleep that ends too late
 * cannot be made good.
 *
 * <p>It begins with the longest, rises at once with what is seen, and falls slowly: lateness that
 * is met once in some hundred sleeps keeps being expected. Since it falls below any wait that is
 * longer than {@link #SHORTEST}, there are sleeps to learn from again, and those are short ones
 * first, which cost nothing if they end late.
 *
 * <p>Not for use by two threads at once.
 */
final class WakeMargin {
  /** Nanoseconds: the kernel's timer slack (50 us) and the way back onto a core. */
  static final long SHORTEST = 150_000;

  /** Nanoseconds. What wakes even later was stopped altogether, and would have been spinning. */
  static final long LONGEST = 2_000_000;

  /** It falls by one part of so many with each wait. */
  private static final long FALL = 1024;

  private long nanos = LONGEST;

  /** Nanoseconds before the deadline at which a sleep is to end. */
  long nanos() {
    return nanos;
  }

  /** A wait begins. */
  void beginWait() {
    nanos = Math.max(SHORTEST, nanos - nanos / FALL);
  }

  /** A sleep ended so many nanoseconds later than it should have; negative if earlier. */
  void woke(long late) {
    nanos = Math.min(LONGEST, Math.max(nanos, late + late / 2));
  }
}
