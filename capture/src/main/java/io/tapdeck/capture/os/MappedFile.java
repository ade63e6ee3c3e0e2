package io.tapdeck.capture.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A part of a file seen as memory (mmap(2)), without a copy of it, until this is closed.
 *
 * <p>To be handed to the kernel, as by a write to a socket: of what the file has no more by then,
 * that tells EFAULT, an {@link IOException}. Java's own code cannot read it so safely.
 */
public final class MappedFile implements AutoCloseable {
  private final Arena arena;
  private final ByteBuffer bytes;

  private MappedFile(Arena arena, ByteBuffer bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Maps a part of a file.
   *
   * @param file open for reading
   * @param from where the part begins
   * @param length in bytes, at least 1
   * @throws IOException if the file does not reach so far, or cannot be mapped
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed with what is made
  public static MappedFile of(FileChannel file, long from, int length) throws IOException {
    // Of several threads: a write that has to wait is gone on with by another.
    Arena arena = Arena.ofShared();
    boolean mapped = false;
    try {
      ByteBuffer bytes =
          file.map(FileChannel.MapMode.READ_ONLY, from, length, arena).asByteBuffer();
      mapped = true;
      return new MappedFile(arena, bytes);
    } finally {
      if (!mapped) {
        arena.close();
      }
    }
  }

  /** The part, read-only; always the same object. */
  public ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }
}
