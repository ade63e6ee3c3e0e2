package io.tapdeck.capture.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Decompresses a file from some place on, piece by piece, in bounded memory. */
interface Decoder extends Closeable {
  /**
   * Decompresses what comes next.
   *
   * @param into room for at least one byte
   * @return how many bytes, at least one; -1 at the end
   * @throws DamagedArchiveException if what is there cannot be decompressed
   */
  int read(ByteBuffer into) throws IOException;

  /** The last place in the content that is not after this one and where it can begin. */
  long start(long position);

  /** Goes to {@link #start} of that position. */
  void seek(long position) throws IOException;

  /** Whether it can begin near any position, and need not go through all that is before. */
  boolean startsAnywhere();

  /** Whether it can begin again: not if it reads from a pipe. */
  boolean startsAgain();

  /** How many bytes of the file it has taken, up to what was decompressed last or a little more. */
  long taken();
}
