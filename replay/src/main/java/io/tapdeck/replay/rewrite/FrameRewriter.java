package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;

/**
 * Changes a frame in place.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
public interface FrameRewriter {
  /** Bytes that a frame may become longer. */
  int growth();

  /**
   * Changes an Ethernet frame.
   *
   * @param frame big-endian memory with {@link #growth()} bytes of room behind the frame; only
   *     absolute access is made, and nothing beyond is touched
   * @param offset index of the first byte
   * @param length bytes that are there, at least an Ethernet header
   * @param originalLength bytes that the frame had: where more, its end is missing, and checksums
   *     over all of it can be kept in step but not be computed
   * @param side which of the two sides of the conversation the frame comes from
   * @param pass how often all has been played before, from 0
   * @return its length now, at least an Ethernet header
   */
  int rewrite(ByteBuffer frame, int offset, int length, long originalLength, Side side, long pass);
}
