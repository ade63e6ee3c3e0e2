package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.PcapFormat;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The memory between those who read frames and the disk: a bounded number of blocks. Frames are put
 * into a block until it is full, then it waits to be written and comes back here. While all wait,
 * no further frame can be read, and the kernel's ring takes what comes.
 *
 * <p>The block that came back last is given first, so that a quick disk touches only two of them.
 * Any thread may use it.
 */
public final class BlockPool {
  /** Bytes of a block that are written at once, a multiple of every file system's block. */
  private static final int BLOCK_BYTES = 4 << 20;

  /** A record begun in a block ends in it: so much follows the block's own bytes in memory. */
  private static final int BEYOND =
      PcapFormat.LARGEST_CAPTURE_LENGTH + SegmentLayout.LONGEST_FOOTER + 4096;

  private final Deque<NativeBuffer> free = new ArrayDeque<>();
  private final int most;
  private final int blockBytes;
  private int made;

  /**
   * @param most blocks there are at most; each is made when it is first wanted
   */
  public BlockPool(int most) {
    this(most, BLOCK_BYTES);
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
    if (block == null && made < most) {
      made++;
      return new NativeBuffer(blockBytes + BEYOND);
    }
    return block;
  }

  /** Takes a block back. */
  public synchronized void give(NativeBuffer block) {
    free.addFirst(block);
  }
}
