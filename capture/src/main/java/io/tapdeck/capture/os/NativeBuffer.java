package io.tapdeck.capture.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A fixed piece of native memory, aligned to a page, seen in two ways: as a buffer that channels
 * write, and as a segment that native code's memory is copied to. Freed by the garbage collector.
 */
public final class NativeBuffer {
  private static final long PAGE = 4096;

  private final MemorySegment memory;
  private final ByteBuffer bytes;

  /** Allocates {@code capacity} bytes, all zero. */
  public NativeBuffer(int capacity) {
    memory = Arena.ofAuto().allocate(capacity, PAGE);
    bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** The memory as a buffer in this machine's byte order; always the same object. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** The memory as a segment; always the same object. */
  public MemorySegment memory() {
    return memory;
  }
}
