package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * A file that is written past the page cache (O_DIRECT, open(2)): memory, place and length of what
 * is written are multiples of {@link #ALIGNMENT}. For one thread.
 */
public final class DirectFile implements AutoCloseable {
  /** Enough for every common disk and file system, in bytes. */
  public static final int ALIGNMENT = 4096;

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_DIRECT = ARM ? 0x10000 : 0x4000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;

  private final Path path;
  private int descriptor;

  private DirectFile(Path path, int descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  /**
   * Opens a file that is there, and no link.
   *
   * @throws OsException if that cannot be; with {@link Errno#EINVAL} because its file system takes
   *     no direct writes
   */
  public static DirectFile open(Path path) throws OsException {
    try {
      int flags = O_WRONLY | O_CLOEXEC | O_DIRECT | O_NOFOLLOW;
      return new DirectFile(path, LibC.open(path.toString(), flags));
    } catch (LastErrorException failed) {
      throw new OsException("open " + path + " for direct writes", failed.getErrorCode());
    }
  }

  /**
   * Writes some bytes.
   *
   * @param from where in the memory they begin
   * @param at where in the file they belong
   * @return how many were written, which can be fewer
   * @throws OsException if none was, for instance because the disk is full
   */
  public int write(NativeBuffer memory, int from, int length, long at) throws OsException {
    Pointer bytes = new Pointer(memory.memory().address() + from);
    while (true) {
      try {
        return (int) LibC.pwrite(descriptor, bytes, length, at);
      } catch (LastErrorException failed) {
        if (failed.getErrorCode() != Errno.EINTR) {
          throw new OsException("write " + path, failed.getErrorCode());
        }
      }
    }
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
      descriptor = -1;
    }
  }
}
