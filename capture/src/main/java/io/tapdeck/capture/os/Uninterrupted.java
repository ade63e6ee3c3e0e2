package io.tapdeck.capture.os;

import java.util.concurrent.BlockingQueue;

/** Waits that an interrupt does not end; the calling thread stays marked as interrupted. */
public final class Uninterrupted {
  private Uninterrupted() {}

  private interface Wait {
    void await() throws InterruptedException;
  }

  /** Waits until a thread that was started has ended. */
  public static void join(Thread thread) {
    await(thread::join);
  }

  /** Waits until a queue takes an element. */
  public static <T> void put(BlockingQueue<T> queue, T element) {
    await(() -> queue.put(element));
  }

  private static void await(Wait wait) {
    boolean interrupted = false;
    while (true) {
      try {
        wait.await();
        break;
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
