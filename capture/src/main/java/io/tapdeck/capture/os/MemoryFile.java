package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;

/** A file that is in memory and in no directory, and gone when it is closed (memfd_create(2)). */
public final class MemoryFile implements AutoCloseable {
  private static final int MFD_CLOEXEC = 1;

  private int descriptor;

  /**
   * Makes an empty one.
   *
   * @param name for people, at most 249 bytes
   */
  public MemoryFile(String name) throws OsException {
    try {
      descriptor = LibC.memfd_create(name, MFD_CLOEXEC);
    } catch (LastErrorException failed) {
      throw new OsException("make a file in memory", failed.getErrorCode());
    }
  }

  /** Where this process can open it, as often as it likes, while it is not closed. */
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
