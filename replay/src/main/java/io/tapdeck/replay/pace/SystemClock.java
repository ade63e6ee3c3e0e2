package io.tapdeck.replay.pace;

import java.util.concurrent.locks.LockSupport;

/**
 * The machine's clock, for the use of one thread. Waiting is parking for the most part and spinning
 * at the end, since a parked thread wakes late, and to caches that are cold; in a virtual machine
 * its host may be in no hurry to run an idle processor. So short waits are spun through.
 *
 * <p>For rehearsals there is one that leaps over most of every wait. It is the same code, without a
 * branch of its own, so that what the JVM compiled during the rehearsal stays good afterwards.
 */
public final class SystemClock implements Clock {
  /** Nanoseconds of a wait that are not leapt over. */
  private static final long NOT_LEAPT = 500;

  /**
   * Nanoseconds before a deadline at which parking ends. On a single processor spinning keeps all
   * others from running, so there it is what a quiet machine needs: the kernel's timer slack (50
   * us) and the way back onto a core.
   */
  private static final long SPUN =
      Runtime.getRuntime().availableProcessors() > 1 ? 2_000_000 : 150_000;

  /** All bits if waits are leapt over, none if not. */
  private final long leapMask;

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
  public long clear(long earliest, long gap) {
    return leapMask == 0 ? Tick.clear(earliest, gap, this::nanoTime) : earliest;
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    ahead += Math.max(0, deadline - nanoTime() - NOT_LEAPT) & leapMask;
    for (long left = deadline - nanoTime();
        left > 0 && !stop.calls();
        left = deadline - nanoTime()) {
      if (left > SPUN) {
        LockSupport.parkNanos(this, left - SPUN);
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
