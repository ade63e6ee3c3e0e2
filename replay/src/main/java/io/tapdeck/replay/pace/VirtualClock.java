package io.tapdeck.replay.pace;

/**
 * A clock by which nothing takes time but waiting, and waiting takes none of ours: for what is not
 * sent. For the use of one thread.
 */
public final class VirtualClock implements Clock {
  private long now;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long clear(long earliest, long gap) {
    return earliest;
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    if (!stop.calls()) {
      now = Math.max(now, deadline);
    }
  }

  @Override
  public void rest(long nanos, StopFlag stop) {
    waitUntil(now + nanos, stop);
  }
}
