package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.PcapFormat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory between those who read frames and the disk: a bounded number of blocks. Frames are put
 * into a block until it is full, then it waits to be written and comes back here. While all wait,
 * no further frame can be read, and the kernel's ring takes what comes.
 *
 * <p>The block that came back last is given first, being in the processor's caches: while the disk
 * is quick two or three of them go round. The others are made {@linkplain #makeAhead ahead of
 * need}, or when one is wanted. Any thread may use it.
 */
public final class BlockPool {
  /** Bytes of a block that are written at once, a multiple of every file system's block. */
  private static final int BLOCK_BYTES = 4 << 20;

  /** More than these in use: the disk does not keep up, however many there may be. */
  private static final int PRESSED = 4 + SegmentHasher.MOST_WAITING;

  /** One can be filled while the other is written. */
  private static final int FEWEST = 2;

  /** Bytes of the fewest blocks that do. */
  public static final long SMALLEST = (long) FEWEST * BLOCK_BYTES;

  /** A record begun in a block ends in it: so much follows the block's own bytes in memory. */
  private static final int BEYOND =
      PcapFormat.LARGEST_CAPTURE_LENGTH + SegmentLayout.LONGEST_FOOTER + 4096;

  private final Deque<NativeBuffer> free = new ArrayDeque<>();

  /** Fewer than wanted, once memory turned out to be short. */
  private int most;

  private final int blockBytes;
  private int made;

  BlockPool(int most) {
    this(most, BLOCK_BYTES);
  }

  /**
   * One for so much of frames.
   *
   * @param bytes at least {@link #SMALLEST}, of which whole blocks are used
   */
  public static BlockPool ofBytes(long bytes) {
    return new BlockPool(Math.toIntExact(bytes / BLOCK_BYTES));
  }

  /** For tests, which want small blocks. */
  BlockPool(int most, int blockBytes) {
    this.most = most;
    this.blockBytes = blockBytes;
  }

  /** Bytes of a block. */
  int blockBytes() {
    return blockBytes;
  }

  /** A block, or null while there is none. */
  public synchronized @Nullable NativeBuffer poll() {
    NativeBuffer block = free.pollFirst();
    return block == null && made < most ? make() : block;
  }

  private @Nullable NativeBuffer make() {
    try {
      NativeBuffer block = new NativeBuffer(blockBytes + BEYOND);
      made++;
      return block;
    } catch (OutOfMemoryError none) {
      if (made < FEWEST) {
        throw none;
      }
      most = made;
      return null;
    }
  }

  /**
   * Makes all blocks that there may be, and has the system give their memory now: a stalled disk is
   * no time to wait for that. Ends early where there is no more memory.
   *
   * @param goOn asked before each
   */
  public void makeAhead(BooleanSupplier goOn) {
    while (isIncomplete() && goOn.getAsBoolean()) {
      try {
        NativeBuffer block = new NativeBuffer(blockBytes + BEYOND);
        block.touch(blockBytes);
        add(block);
      } catch (OutOfMemoryError none) {
        return;
      }
    }
  }

  private synchronized boolean isIncomplete() {
    return made < most;
  }

  private synchronized void add(NativeBuffer block) {
    if (isIncomplete()) {
      made++;
      free.addLast(block);
    }
  }

  /** Gives the memory of all blocks that are here back to the system; nobody is to want one. */
  public synchronized void relinquish() {
    free.forEach(NativeBuffer::relinquish);
  }

  /** How many blocks there are at most. */
  synchronized int most() {
    return most;
  }

  /** Whether so many are in use that the disk should be left to who writes them. */
  public synchronized boolean isPressed() {
    return inUse() > Math.min(PRESSED, most * 3 / 4);
  }

  /** Whether at least half of them are there for frames: others may keep what they have. */
  synchronized boolean isHalfFree() {
    return 2 * inUse() <= most;
  }

  /** How many were given out and not taken back. */
  public synchronized int inUse() {
    return made - free.size();
  }

  /**
   * Takes a block back.
   *
   * @throws IllegalStateException if it was taken back before: two would write into it
   */
  public synchronized void give(NativeBuffer block) {
    if (free.contains(block)) {
      throw new IllegalStateException("a block was given back twice");
    }
    free.addFirst(block);
  }
}
