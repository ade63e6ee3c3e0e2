package io.tapdeck.capture.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a compressed file, or of a pipe, as a stream. Closing it leaves the channel open.
 *
 * <p>Knows whether a read has failed: the decompressors throw errors of the same kind for bytes
 * that they do not like.
 */
final class StoredInput extends InputStream {
  private static final int PIECE = 1 << 16;

  private final ReadableByteChannel channel;

  /** Null of a pipe. */
  private final @Nullable FileChannel file;

  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).limit(0);
  private long taken;
  private boolean ended;
  private boolean failed;

  private StoredInput(ReadableByteChannel channel, @Nullable FileChannel file) {
    this.channel = channel;
    this.file = file;
  }

  /** From the front. */
  static StoredInput ofFile(FileChannel file) {
    return new StoredInput(file, file);
  }

  /** From where it is. */
  static StoredInput ofPipe(ReadableByteChannel pipe) {
    return new StoredInput(pipe, null);
  }

  /** Whether it can begin again. */
  boolean isFile() {
    return file != null;
  }

  /** Back to the front. */
  void rewind() throws IOException {
    if (file == null) {
      throw new IOException("a pipe cannot be read again");
    }
    piece.clear().limit(0);
    taken = 0;
    ended = false;
    failed = false;
  }

  /** How many bytes have been taken from the file. */
  long taken() {
    return taken;
  }

  /** Whether reading has failed. */
  boolean failed() {
    return failed;
  }

  /**
   * The first bytes, which stay what comes next; fewer if there are no more.
   *
   * @param count at most {@value #PIECE}; only before anything else is read
   */
  ByteBuffer peek(int count) throws IOException {
    piece.clear();
    while (piece.position() < count && !ended) {
      ended = take() < 0;
    }
    piece.flip();
    return piece.asReadOnlyBuffer();
  }

  @Override
  public int read() throws IOException {
    return fill() ? piece.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.remaining());
    piece.get(bytes, offset, count);
    return count;
  }

  /** By this the decompressor of zstd knows whether it need not wait for more. */
  @Override
  public int available() throws IOException {
    int there = piece.remaining();
    if (there > 0 || ended) {
      return there;
    }
    return file == null ? 1 : Math.clamp(file.size() - taken, 0, Integer.MAX_VALUE);
  }

  private boolean fill() throws IOException {
    while (!piece.hasRemaining() && !ended) {
      piece.clear();
      try {
        ended = take() < 0;
      } finally {
        piece.flip();
      }
    }
    return piece.hasRemaining();
  }

  private int take() throws IOException {
    try {
      int count = file == null ? channel.read(piece) : file.read(piece, taken);
      taken += Math.max(0, count);
      return count;
    } catch (IOException error) {
      failed = true;
      throw error;
    }
  }
}
