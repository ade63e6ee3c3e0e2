package io.tapdeck.replay;

import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.StopFlag;

/** Stands still until it is waited for, or something is said to take time. */
public final class TestClock implements Clock {
  private long now = 1_000;

  /** Somebody asks for the end at this time. */
  public long stopsAt = Long.MAX_VALUE;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    now = Math.max(now, deadline);
    if (now >= stopsAt) {
      stop.raise();
    }
  }

  /** Something took this long. */
  public void pass(long nanos) {
    now += nanos;
  }
}
