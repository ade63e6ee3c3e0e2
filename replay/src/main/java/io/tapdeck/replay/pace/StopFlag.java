package io.tapdeck.replay.pace;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reaches one thread that waits for a deadline: asks it to come to an end, once and for all, or
 * calls it, to look at what else it was asked for. Any thread may.
 */
public final class StopFlag {
  private static final int QUIET = 0;
  private static final int CALLED = 1;
  private static final int RAISED = 2;

  private final AtomicInteger state = new AtomicInteger(QUIET);
  private volatile @Nullable Thread waiter;

  /** Whether the end was asked for. */
  public boolean raised() {
    return state.get() == RAISED;
  }

  /** Asks for the end, and wakes the thread that {@link #wakes} named. */
  public void raise() {
    state.set(RAISED);
    // Does nothing if nobody waits yet; who waits later looks at the flag first.
    LockSupport.unpark(waiter);
  }

  /** Ends the present wait of that thread, or its next one, until {@link #answer}. */
  public void call() {
    var _ = state.compareAndSet(QUIET, CALLED);
    LockSupport.unpark(waiter);
  }

  /** Whether there is a reason not to wait: the end was asked for, or a call is unanswered. */
  public boolean calls() {
    return state.get() != QUIET;
  }

  /** Takes note of a call; to be done before looking at what is asked for. */
  public void answer() {
    var _ = state.compareAndSet(CALLED, QUIET);
  }

  /** Waits on the calling thread, which {@link #wakes} named, for as long as nothing is asked. */
  public void awaitCall() {
    while (!calls()) {
      LockSupport.park(this);
    }
  }

  /** Names the thread that is to be woken. */
  public void wakes(Thread thread) {
    waiter = thread;
  }
}
