package io.tapdeck.replay.pace;

import java.util.concurrent.locks.LockSupport;

/**
 * The machine's clock. Waiting is parking for the most part and spinning at the end, since a parked
 * thread wakes tens of microseconds late.
 */
public final class SystemClock implements Clock {
  /**
   * Nanoseconds before the deadline from which on it spins: the kernel's timer slack (50 us) and
   * the way back onto a core.
   */
  private static final long SPIN = 150_000;

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    for (long left = deadline - System.nanoTime();
        left > 0 && !stop.raised();
        left = deadline - System.nanoTime()) {
      if (left > SPIN) {
        LockSupport.parkNanos(this, left - SPIN);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
