package io.tapdeck.replay.pace;

import java.util.concurrent.locks.LockSupport;

/**
 * The machine's clock, for the use of one thread. Waiting is parking for the most part and spinning
 * at the end, since a parked thread wakes late: how late, it learns. Short waits are spun through:
 * after a rest, a processor comes back to its caches cold, and in a virtual machine its host may be
 * in no hurry to run it. On a single processor that would keep all others from running.
 *
 * <p>For rehearsals there is one that leaps over most of every wait. It is the same code, without a
 * branch of its own, so that what the JVM compiled during the rehearsal stays good afterwards.
 */
public final class SystemClock implements Clock {
  /** Nanoseconds of a wait that are not leapt over. */
  private static final long NOT_LEAPT = 500;

  /** Nanoseconds of the longest wait that is spun through. */
  private static final long SHORT = Runtime.getRuntime().availableProcessors() > 1 ? 2_000_000 : 0;

  /** All bits if waits are leapt over, none if not. */
  private final long leapMask;

  private final WakeMargin margin = new WakeMargin();
  private long ahead;

  private SystemClock(long leapMask) {
    this.leapMask = leapMask;
  }

  /** The time as it is. */
  public static SystemClock real() {
    return new SystemClock(0);
  }

  /** A clock that leaps over waits. */
  public static SystemClock leaping() {
    return new SystemClock(-1);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + ahead;
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    ahead += Math.max(0, deadline - nanoTime() - NOT_LEAPT) & leapMask;
    margin.beginWait();
    for (long left = deadline - nanoTime();
        left > 0 && !stop.calls();
        left = deadline - nanoTime()) {
      long sleep = left - margin.nanos();
      if (sleep > 0 && left > SHORT) {
        LockSupport.parkNanos(this, sleep);
        margin.woke(nanoTime() - (deadline - left + sleep));
      } else {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public void rest(long nanos, StopFlag stop) {
    ahead += nanos & leapMask;
    if (!stop.calls()) {
      LockSupport.parkNanos(this, nanos & ~leapMask);
    }
  }
}
