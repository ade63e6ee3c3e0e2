package io.tapdeck.replay.pace;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks one waiting thread to come to an end; raised once, by any thread. */
public final class StopFlag {
  private volatile boolean raised;
  private volatile @Nullable Thread waiter;

  /** Whether the end was asked for. */
  public boolean raised() {
    return raised;
  }

  /** Asks for the end, and wakes the thread that {@link #wakes} named. */
  public void raise() {
    raised = true;
    // Does nothing if nobody waits yet; who waits later looks at the flag first.
    LockSupport.unpark(waiter);
  }

  /** Names the thread that is to be woken. */
  public void wakes(Thread thread) {
    waiter = thread;
  }
}
