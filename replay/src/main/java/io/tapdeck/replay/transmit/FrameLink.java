package io.tapdeck.replay.transmit;

import java.nio.ByteBuffer;

/**
 * A place that takes Ethernet frames in batches: a fixed number of slots is filled, then handed
 * over by one call, since what a hand-over costs is the call.
 *
 * <p>Not for use by two threads at once; nothing is allocated by a call.
 */
public interface FrameLink {
  /** Frames that one call of {@link #send} can take. */
  int slots();

  /** The most bytes that a slot holds; a longer frame could not be sent on this link. */
  int slotLength();

  /**
   * Copies a frame into a slot.
   *
   * @param slot 0 to {@link #slots()} - 1
   * @param length 0 to {@link #slotLength()}
   */
  void put(int slot, ByteBuffer from, int offset, int length);

  /**
   * Hands over the frames in {@code count} slots, in order, without waiting.
   *
   * @return how many the kernel accepted, from the first on, if it accepted any; else the error
   *     number (errno(3)) for the first one, negated. One that was dropped for want of room, or
   *     because the carrier is gone, is not accepted
   */
  int send(int first, int count);

  /**
   * The most bytes that a frame may have for the interface to take it, as of now: its MTU can be
   * changed. At most {@link #slotLength()}.
   *
   * @param tagged whether the frame begins with an 802.1Q tag, for which there is room on top
   */
  default int longestFrame(boolean tagged) {
    return slotLength();
  }

  /** Waits until there may be room for more, but no longer than {@code millis}. */
  void awaitRoom(int millis);

  /** Whether the interface is up and has a carrier: without, frames are accepted and lost. */
  boolean isRunning();

  /** Whether there is such an interface at all still; asked where it is not running. */
  default boolean exists() {
    return true;
  }
}
