package io.tapdeck.capture.segment;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Keeps who reads much from reading too fast, and from reading at all while others need the disk.
 * For one thread.
 */
final class Throttle {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** How soon it notices that it need not wait any more. */
  private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long MADE_UP = TimeUnit.MILLISECONDS.toNanos(100);

  private final long bytesPerSecond;
  private final BooleanSupplier pressed;
  private final BooleanSupplier hurry;
  private long due = System.nanoTime();

  /**
   * @param pressed whether others need the disk now
   * @param hurry whether not to wait at all
   */
  Throttle(long bytesPerSecond, BooleanSupplier pressed, BooleanSupplier hurry) {
    this.bytesPerSecond = bytesPerSecond;
    this.pressed = pressed;
    this.hurry = hurry;
  }

  /** Waits until so many bytes may have been read. What was slower is hardly made up for. */
  void spend(long bytes) {
    due =
        Math.max(due, System.nanoTime() - MADE_UP)
            + (long) ((double) bytes / bytesPerSecond * SECOND);
    while (!hurry.getAsBoolean()) {
      long left = pressed.getAsBoolean() ? SLICE : due - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, Math.min(left, SLICE));
    }
  }
}
