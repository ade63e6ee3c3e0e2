package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;

/**
 * Waits until one of some descriptors is readable, a time has passed, or another thread calls
 * {@link #wake()} (poll(2), eventfd(2)). Only {@code wake} may be called by other threads.
 */
public final class DescriptorWait implements AutoCloseable {
  private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  private static final short POLLIN = 1;

  /** {@code struct pollfd}: the descriptor, the events asked for, the events that happened. */
  private static final int POLLFD_BYTES = 8;

  private static final int POLLFD_EVENTS = 4;
  private static final int POLLFD_HAPPENED = 6;

  private static final int NANOS_PER_MILLI = 1_000_000;

  private final Memory descriptors;
  private final int watched;
  private final Memory count = new Memory(Long.BYTES);
  private final Memory wakes = new Memory(Long.BYTES);
  private final int event;
  private boolean open = true;

  /**
   * @param most how many descriptors can be watched
   */
  public DescriptorWait(int most) throws OsException {
    watched = most;
    descriptors = new Memory((most + 1L) * POLLFD_BYTES);
    try {
      event = LibC.eventfd(0, EFD_NONBLOCK_CLOEXEC);
    } catch (LastErrorException failed) {
      throw new OsException("make an event descriptor", failed.getErrorCode());
    }
    for (int slot = 0; slot < most; slot++) {
      watch(slot, -1);
    }
    watch(most, event);
  }

  /**
   * From now on watches a descriptor in the place of another.
   *
   * @param slot from 0
   * @param descriptor none if negative
   */
  public void watch(int slot, int descriptor) {
    descriptors.setInt((long) slot * POLLFD_BYTES, descriptor);
    descriptors.setInt((long) slot * POLLFD_BYTES + POLLFD_EVENTS, POLLIN);
  }

  /**
   * Waits, at most so many nanoseconds, rounded up to a millisecond. A signal may end it early, and
   * so does {@link #wake}, once.
   */
  public void awaitNanos(long timeout) throws OsException {
    long millis = Math.max(0, Math.ceilDiv(timeout, NANOS_PER_MILLI));
    try {
      LibC.poll(descriptors, watched + 1L, (int) Math.min(millis, Integer.MAX_VALUE));
      if (descriptors.getShort((long) watched * POLLFD_BYTES + POLLFD_HAPPENED) != 0) {
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
