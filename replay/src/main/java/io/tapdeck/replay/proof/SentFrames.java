package io.tapdeck.replay.proof;

import io.tapdeck.replay.transmit.FrameWitness;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The fingerprints of the frames that were accepted, in order: a window that one thread writes
 * while another reads. Frames have numbers from 0.
 *
 * <p>The writer waits for nobody: where the reader has not given up enough of the window, it leaves
 * frames out, and counts them.
 */
final class SentFrames implements FrameWitness {
  private static final VarHandle PUBLISHED;
  private static final VarHandle RETIRED;
  private static final VarHandle HANDOVERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PUBLISHED = lookup.findVarHandle(SentFrames.class, "published", long.class);
      RETIRED = lookup.findVarHandle(SentFrames.class, "retired", long.class);
      HANDOVERS = lookup.findVarHandle(SentFrames.class, "handovers", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long[] fingerprints;
  private final int mask;

  /** Frames in the window since the beginning; by the writer, as is {@link #next}. */
  @SuppressWarnings("UnusedVariable") // by its handle
  private long published;

  private long next;

  /** Up to where the reader needs them no more. */
  @SuppressWarnings("UnusedVariable") // by its handle
  private long retired;

  /** Odd while a hand-over goes on. */
  private long handovers;

  private long leftOut;

  /**
   * @param capacity frames in the window, a power of two
   */
  SentFrames(int capacity) {
    fingerprints = new long[capacity];
    mask = capacity - 1;
  }

  int capacity() {
    return fingerprints.length;
  }

  @Override
  public long fingerprint(ByteBuffer from, int offset, int length) {
    return Fingerprint.of(from, offset, length);
  }

  @Override
  public void handingOver() {
    // Before all that the call does.
    HANDOVERS.setVolatile(this, handovers + 1);
  }

  @Override
  public void accepted(long fingerprint) {
    if (next - (long) RETIRED.getAcquire(this) < fingerprints.length) {
      fingerprints[(int) next & mask] = fingerprint;
      next++;
    } else {
      leftOut++;
    }
  }

  @Override
  public void handedOver() {
    PUBLISHED.setRelease(this, next);
    HANDOVERS.setRelease(this, handovers + 1);
  }

  /** For the reader: frames that are in the window, or were. */
  long published() {
    return (long) PUBLISHED.getAcquire(this);
  }

  /** For the reader: the fingerprint of a frame that is in the window. */
  long at(long number) {
    return fingerprints[(int) number & mask];
  }

  /** For the reader: gives up the frames before {@code number}. */
  void retire(long number) {
    RETIRED.setRelease(this, number);
  }

  /** For the reader: changes when a hand-over begins, and when it ends; odd between. */
  long handovers() {
    return (long) HANDOVERS.getAcquire(this);
  }

  /** Frames that were accepted and found no room; to be asked when the writer is done. */
  long leftOut() {
    return leftOut;
  }
}
