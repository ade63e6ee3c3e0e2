package io.tapdeck.replay;

import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.SystemClock;
import io.tapdeck.replay.transmit.FrameLink;
import java.nio.ByteBuffer;

/**
 * A link and a clock for playing without sending: the whole way of a frame is run through until the
 * JVM has compiled it, so that the first frames of the replay are as punctual as the later ones.
 */
final class Rehearsal {
  /** Nanoseconds that it takes; the time by which the compiler was seen to be done, and half. */
  static final long LENGTH = 300_000_000;

  private Rehearsal() {}

  /** Calls the kernel like the real link, with nothing to send, and claims that all was taken. */
  static final class Link implements FrameLink {
    private final FrameLink link;

    Link(FrameLink link) {
      this.link = link;
    }

    @Override
    public int slots() {
      return link.slots();
    }

    @Override
    public int slotLength() {
      return link.slotLength();
    }

    @Override
    public void put(int slot, ByteBuffer from, int offset, int length) {
      link.put(slot, from, offset, length);
    }

    @Override
    public int send(int first, int count) {
      return link.send(first, 0) == 0 ? count : 0;
    }

    @Override
    public void awaitRoom(int millis) {
      link.awaitRoom(0);
    }

    @Override
    public boolean isRunning() {
      link.isRunning();
      return true;
    }
  }

  /** Jumps to every deadline, after a moment of real waiting; over when the time is. */
  static final class JumpingClock implements Clock {
    private static final long REAL_WAIT = 500;

    private final SystemClock real = new SystemClock();
    private final StopFlag over;
    private final long end;
    private long ahead;

    /**
     * @param over raised when the rehearsal has lasted long enough
     */
    JumpingClock(StopFlag over) {
      this.over = over;
      this.end = real.nanoTime() + LENGTH;
    }

    @Override
    public long nanoTime() {
      long now = real.nanoTime();
      if (now - end >= 0 && !over.raised()) {
        over.raise();
      }
      return now + ahead;
    }

    @Override
    public void waitUntil(long deadline, StopFlag stop) {
      real.waitUntil(real.nanoTime() + REAL_WAIT, stop);
      ahead += Math.max(0, deadline - nanoTime());
    }
  }
}
