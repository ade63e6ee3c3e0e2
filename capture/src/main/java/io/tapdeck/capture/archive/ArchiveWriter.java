package io.tapdeck.capture.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Compresses content into a file. What cannot be written ends it; the file is of no worth then. */
public sealed interface ArchiveWriter extends Closeable permits ZstdWriter, GzipWriter {
  /**
   * Compresses into a file.
   *
   * @param compression not {@link Compression#NONE}
   * @param file empty; stays the caller's, who also closes it
   */
  static ArchiveWriter to(FileChannel file, Compression compression) throws IOException {
    return switch (compression) {
      case ZSTD -> new ZstdWriter(new HashedOutput(file));
      case GZIP -> new GzipWriter(new HashedOutput(file));
      case NONE -> throw new IllegalArgumentException("nothing is compressed by " + compression);
    };
  }

  /** Takes the bytes that remain in a buffer. */
  void write(ByteBuffer content) throws IOException;

  /**
   * Ends the file, which has not reached the disk yet.
   *
   * @return what has been written
   */
  Written finish() throws IOException;

  /**
   * A compressed file.
   *
   * @param bytes its size
   * @param sha256 of those bytes
   */
  record Written(long bytes, String sha256) {}

  /** Frees what it took; the file stays open, and as it is. */
  @Override
  void close() throws IOException;
}
