package io.tapdeck.web.job;

import java.time.Duration;

/** Tells who waits for it that something changed; what, they look up. */
public final class Changes {
  private long count;

  /** Something changed. */
  public synchronized void tell() {
    count++;
    notifyAll();
  }

  /** How often something has changed until now. */
  public synchronized long count() {
    return count;
  }

  /**
   * Waits until there were more changes than those seen, or the time is over.
   *
   * @return how many there were
   */
  public synchronized long await(long seen, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (count == seen) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    return count;
  }
}
