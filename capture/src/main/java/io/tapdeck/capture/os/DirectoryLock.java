package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on a directory (flock(2)): no file is made for it, and the kernel releases it
 * when its holder ends, however that happens.
 */
public final class DirectoryLock implements AutoCloseable {
  static final int O_DIRECTORY_CLOEXEC = directoryFlag() | 0x80000;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private int descriptor;

  private DirectoryLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Locks a directory, without waiting.
   *
   * @return nothing if somebody else holds the lock, in this process or another
   * @throws OsException if it is no directory, or may not be read
   */
  public static Optional<DirectoryLock> tryLock(Path directory) throws OsException {
    int descriptor;
    try {
      descriptor = LibC.open(directory.toString(), O_DIRECTORY_CLOEXEC);
    } catch (LastErrorException failed) {
      throw new OsException("open directory " + directory, failed.getErrorCode());
    }
    try {
      LibC.flock(descriptor, LOCK_EX | LOCK_NB);
      return Optional.of(new DirectoryLock(descriptor));
    } catch (LastErrorException failed) {
      LibC.close(descriptor);
      if (failed.getErrorCode() == Errno.EAGAIN) {
        return Optional.empty();
      }
      throw new OsException("lock directory " + directory, failed.getErrorCode());
    }
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
      descriptor = -1;
    }
  }

  /** O_DIRECTORY is one of the few flags whose value depends on the processor. */
  private static int directoryFlag() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 0x4000 : 0x10000;
  }
}
