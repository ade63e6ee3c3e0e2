package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A fixed piece of native memory, aligned to a page, seen in two ways: as a buffer that channels
 * write, and as a segment that native code's memory is copied to. Freed by the garbage collector.
 *
 * <p>It is mapped (mmap(2)), not taken from the JVM's direct memory: that has a limit which follows
 * the size of the heap, and zeroes all of it at once, where the kernel does it page by page, when a
 * page is first touched.
 */
public final class NativeBuffer {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTNEED = 4;

  /** The smallest that there is. */
  private static final int PAGE = 4096;

  private final MemorySegment memory;
  private final ByteBuffer bytes;

  /**
   * Maps {@code capacity} bytes, all zero.
   *
   * @throws OutOfMemoryError if there is not so much
   */
  public NativeBuffer(int capacity) {
    Pointer mapped;
    try {
      mapped = LibC.mmap(null, capacity, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    } catch (LastErrorException refused) {
      throw new OutOfMemoryError(
          "no " + capacity + " bytes: " + Errno.text(refused.getErrorCode()));
    }
    long address = Pointer.nativeValue(mapped);
    memory =
        MemorySegment.ofAddress(address)
            .reinterpret(capacity, Arena.ofAuto(), _ -> unmap(address, capacity));
    bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static void unmap(long address, long capacity) {
    LibC.munmap(new Pointer(address), capacity);
  }

  /**
   * Touches the first bytes, which are to be zero still, so that nobody waits for the kernel later:
   * for a page it takes several times as long as a processor to fill it, and tens of times in a
   * virtual machine whose unused memory went back to the host.
   */
  public void touch(int bytes) {
    for (int at = 0; at < bytes; at += PAGE) {
      memory.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
    }
  }

  /** Gives the memory back to the system, if it takes it; what it held is of no use then. */
  public void relinquish() {
    try {
      LibC.madvise(new Pointer(memory.address()), memory.byteSize(), MADV_DONTNEED);
    } catch (LastErrorException kept) {
      // It goes back with the buffer.
    }
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
