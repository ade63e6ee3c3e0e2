package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * An exclusive lock (flock(2)) on the file that has a name now, between threads as well as between
 * processes; the kernel releases it when its holder ends. It is for files that are changed by being
 * replaced: who waited for a file that was replaced meanwhile takes hold of the new one instead.
 *
 * <p>Unlike {@code java.nio}'s locks it is not lost when something else in this process closes the
 * same file.
 */
public final class FileLock implements AutoCloseable {
  private static final int O_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int FLAGS = noFollowFlag() | O_CLOEXEC_NONBLOCK;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final long PAUSE_NANOS = 1_000_000;

  private int descriptor;

  private FileLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Locks a file.
   *
   * @param patience how long to wait for another holder; zero for not at all
   * @return empty if somebody else holds it all that time
   * @throws NoSuchFileException if there is none, also if it went while we waited
   * @throws OsException if it may not be read, or is a link
   */
  public static Optional<FileLock> tryLock(Path file, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<FileLock> lock = tryLock(file);
      if (lock.isPresent() || System.nanoTime() - deadline >= 0) {
        return lock;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static Optional<FileLock> tryLock(Path file) throws IOException {
    int descriptor;
    try {
      descriptor = LibC.open(file.toString(), FLAGS);
    } catch (LastErrorException failed) {
      if (failed.getErrorCode() == Errno.ENOENT) {
        throw new NoSuchFileException(file.toString());
      }
      throw new OsException("open " + file, failed.getErrorCode());
    }
    FileLock lock = new FileLock(descriptor);
    boolean held = false;
    try {
      LibC.flock(descriptor, LOCK_EX | LOCK_NB);
      held = Files.isSameFile(Path.of("/proc/self/fd/" + descriptor), file);
    } catch (LastErrorException failed) {
      if (failed.getErrorCode() != Errno.EAGAIN) {
        throw new OsException("lock " + file, failed.getErrorCode());
      }
    } finally {
      if (!held) {
        lock.close();
      }
    }
    return held ? Optional.of(lock) : Optional.empty();
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
      descriptor = -1;
    }
  }

  /** O_NOFOLLOW is one of the few flags whose value depends on the processor. */
  private static int noFollowFlag() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 0x8000 : 0x20000;
  }
}
