package io.tapdeck.replay;

import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.StopFlag;

/** Stands still until it is waited for, or something is said to take time. */
public final class TestClock implements Clock {
  private long now = 1_000;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    now = Math.max(now, deadline);
  }

  /** Something took this long. */
  public void pass(long nanos) {
    now += nanos;
  }
}
