package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;

/**
 * Tells the kernel that it need not keep what has been read or written of a file
 * (posix_fadvise(2)): for those who pass through gigabytes once, beside others who have use for the
 * memory. Where the kernel does not listen nothing is different.
 */
public final class PageCache implements AutoCloseable {
  private static final int O_CLOEXEC = 0x80000;
  private static final int POSIX_FADV_DONTNEED = 4;

  private int descriptor;

  private PageCache(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Of a file.
   *
   * @throws OsException if it is not there, or may not be read
   */
  public static PageCache of(Path file) throws OsException {
    try {
      return new PageCache(LibC.open(file.toString(), O_CLOEXEC));
    } catch (LastErrorException failed) {
      throw new OsException("open " + file, failed.getErrorCode());
    }
  }

  /**
   * Lets go of a part of it; what has not reached the disk yet is kept.
   *
   * @param bytes 0 for all from there on
   */
  public void drop(long offset, long bytes) {
    int _ = LibC.posix_fadvise(descriptor, offset, bytes, POSIX_FADV_DONTNEED);
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
      descriptor = -1;
    }
  }
}
