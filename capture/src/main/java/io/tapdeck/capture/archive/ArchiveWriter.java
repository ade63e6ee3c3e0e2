package io.tapdeck.capture.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Compresses content into files, one after the other, with the same memory for all. When something
 * fails, the file is of no worth; the next one may be begun all the same.
 *
 * <p>Belongs to one thread.
 */
public abstract sealed class ArchiveWriter implements Closeable permits ZstdWriter, GzipWriter {
  /** The most that is taken at once: 4 MiB, which becomes one frame. */
  public static final int PIECE = 4 << 20;

  /**
   * Makes one, with the memory that it takes.
   *
   * @param compression not {@link Compression#NONE}
   */
  public static ArchiveWriter of(Compression compression) {
    return switch (compression) {
      case ZSTD -> new ZstdWriter();
      case GZIP -> new GzipWriter();
      case NONE -> throw new IllegalArgumentException("nothing is compressed by " + compression);
    };
  }

  /**
   * Begins a file.
   *
   * @param file empty; stays the caller's, who also closes it
   */
  public abstract void begin(FileChannel file) throws IOException;

  /**
   * Takes the bytes that remain in a buffer.
   *
   * @param content direct, with no more than {@value #PIECE} bytes; all but the last are to have as
   *     many, for each takes a place in the seek table
   */
  public abstract void write(ByteBuffer content) throws IOException;

  /**
   * Ends the file, which has not reached the disk yet.
   *
   * @return what has been written
   */
  public abstract Written finish() throws IOException;

  /** Frees what it took; files stay open, and as they are. */
  @Override
  public abstract void close();

  /**
   * A compressed file.
   *
   * @param bytes its size
   * @param sha256 of those bytes
   */
  public record Written(long bytes, String sha256) {}
}
