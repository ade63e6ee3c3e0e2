package io.tapdeck.replay.transmit;

import java.nio.ByteBuffer;

/**
 * Is told of each frame that the kernel accepts, in order, for comparison with those that arrive.
 * Called by the thread that sends; nothing is allocated by a call, and none waits.
 */
public interface FrameWitness {
  /** Watches nothing. */
  FrameWitness NOBODY =
      new FrameWitness() {
        @Override
        public long fingerprint(ByteBuffer from, int offset, int length) {
          return 0;
        }

        @Override
        public void handingOver() {}

        @Override
        public void accepted(long fingerprint) {}

        @Override
        public void handedOver() {}
      };

  /** By what the frame will be known again; only absolute access is made. */
  long fingerprint(ByteBuffer from, int offset, int length);

  /** A call begins by which frames may leave; those that do may arrive before it ends. */
  void handingOver();

  /** A frame was accepted by the call that goes on. */
  void accepted(long fingerprint);

  /** The call is over, and its accepted frames have been told. */
  void handedOver();
}
