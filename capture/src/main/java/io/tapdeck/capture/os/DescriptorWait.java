package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.time.Duration;

/**
 * Waits until a descriptor is readable, a time has passed, or another thread calls {@link #wake()}
 * (poll(2), eventfd(2)). Only {@code wake} may be called by other threads.
 */
public final class DescriptorWait implements AutoCloseable {
  private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  private static final short POLLIN = 1;

  /** {@code struct pollfd}: the descriptor, the events asked for, the events that happened. */
  private static final int POLLFD_BYTES = 8;

  private static final int POLLFD_EVENTS = 4;
  private static final int POLLFD_HAPPENED = 6;

  private final Memory descriptors = new Memory(2L * POLLFD_BYTES);
  private final Memory count = new Memory(Long.BYTES);
  private final Memory wakes = new Memory(Long.BYTES);
  private final int event;
  private boolean open = true;

  /**
   * @param descriptor what is waited for
   */
  public DescriptorWait(int descriptor) throws OsException {
    try {
      event = LibC.eventfd(0, EFD_NONBLOCK_CLOEXEC);
    } catch (LastErrorException failed) {
      throw new OsException("make an event descriptor", failed.getErrorCode());
    }
    int[] watched = {descriptor, event};
    for (int i = 0; i < watched.length; i++) {
      descriptors.setInt((long) i * POLLFD_BYTES, watched[i]);
      descriptors.setInt((long) i * POLLFD_BYTES + POLLFD_EVENTS, POLLIN);
    }
  }

  /**
   * Waits, at most as long as given, rounded up to a millisecond. A signal may end it early, and so
   * does {@link #wake}, once.
   */
  public void await(Duration timeout) throws OsException {
    long millis = timeout.isPositive() ? timeout.plusNanos(999_999).toMillis() : 0;
    try {
      LibC.poll(descriptors, 2, (int) Math.min(millis, Integer.MAX_VALUE));
      if (descriptors.getShort(POLLFD_BYTES + POLLFD_HAPPENED) != 0) {
        // An event stays readable until it is read, and no later wait would be one.
        LibC.read(event, wakes, Long.BYTES);
      }
    } catch (LastErrorException failed) {
      if (failed.getErrorCode() != Errno.EINTR) {
        throw new OsException("wait for frames", failed.getErrorCode());
      }
    }
  }

  /** Ends the wait that goes on, or else the next one. */
  public synchronized void wake() {
    if (open) {
      count.setLong(0, 1);
      LibC.write(event, count, Long.BYTES);
    }
  }

  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      LibC.close(event);
      descriptors.close();
      count.close();
      wakes.close();
    }
  }
}
