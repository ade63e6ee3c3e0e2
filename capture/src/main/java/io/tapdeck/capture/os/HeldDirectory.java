package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;

/**
 * A directory that is held open, and so has a short path of its own, however long its real one is:
 * for sockets, of whose paths the kernel takes no more than 107 bytes (unix(7)).
 */
public final class HeldDirectory implements AutoCloseable {
  private static final int O_PATH = 0x200000;

  private int descriptor;

  private HeldDirectory(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Holds one.
   *
   * @throws OsException if it is no directory, or may not be entered
   */
  public static HeldDirectory open(Path directory) throws OsException {
    try {
      return new HeldDirectory(
          LibC.open(directory.toString(), O_PATH | DirectoryLock.O_DIRECTORY_CLOEXEC));
    } catch (LastErrorException failed) {
      throw new OsException("open directory " + directory, failed.getErrorCode());
    }
  }

  /** Where it is for this process, until it is closed; see proc(5). */
  public Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
      descriptor = -1;
    }
  }
}
