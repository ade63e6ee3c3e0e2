package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.DirectFile;
import io.tapdeck.capture.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether segments are written past the page cache (O_DIRECT, open(2)). */
public enum DirectIo {
  /** Where the file system takes it. */
  AUTO,
  /** Or nothing is recorded. */
  ON,
  OFF;

  /**
   * Whether a directory's file system takes direct writes: tried with an empty file.
   *
   * @throws IOException if no file can be made in it
   */
  public static boolean isTakenIn(Path directory) throws IOException {
    Path file = Files.createTempFile(directory, ".tapdeck-", ".probe");
    try {
      DirectFile.open(file).close();
      return true;
    } catch (OsException refused) {
      return false;
    } finally {
      Files.delete(file);
    }
  }
}
