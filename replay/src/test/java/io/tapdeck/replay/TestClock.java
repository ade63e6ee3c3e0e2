package io.tapdeck.replay;

import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.StopFlag;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/** Stands still until it is waited for, or something is said to take time. */
public final class TestClock implements Clock {
  private final TreeMap<Long, Runnable> events = new TreeMap<>();
  private long now = 1_000;

  /** Somebody asks for the end at this time. */
  public long stopsAt = Long.MAX_VALUE;

  /** How much later frames are to begin that are so far apart. */
  public LongUnaryOperator clearOf = gap -> 0;

  /** Has something happen at a time, if that is waited for. */
  public void at(long time, Runnable event) {
    events.put(time, event);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long clear(long earliest, long gap) {
    return earliest + clearOf.applyAsLong(gap);
  }

  @Override
  public void waitUntil(long deadline, StopFlag stop) {
    if (stop.calls()) {
      return;
    }
    Map.Entry<Long, Runnable> event = events.firstEntry();
    if (event != null && event.getKey() <= deadline) {
      happen();
      return;
    }
    now = Math.max(now, deadline);
    if (now >= stopsAt) {
      stop.raise();
    }
  }

  @Override
  public void rest(long nanos, StopFlag stop) {
    waitUntil(now + nanos, stop);
  }

  /** What happens next happens now; nothing may be to come. */
  public boolean happen() {
    Map.Entry<Long, Runnable> event = events.pollFirstEntry();
    if (event == null) {
      return false;
    }
    now = Math.max(now, event.getKey());
    event.getValue().run();
    return true;
  }

  /** Something took this long. */
  public void pass(long nanos) {
    now += nanos;
  }
}
