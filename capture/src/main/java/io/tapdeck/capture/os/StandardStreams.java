package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The standard output and standard error of this process. */
public final class StandardStreams {
  private static final int O_WRONLY = 1;
  private static final int OUT = 1;
  private static final int ERR = 2;

  private StandardStreams() {}

  /**
   * Has them written to files from now on, also what the virtual machine itself says. Files that
   * are there are emptied.
   *
   * @throws IOException if one of the files cannot be written, or is a link
   */
  public static void redirect(Path out, Path err) throws IOException {
    redirect(out, OUT);
    redirect(err, ERR);
  }

  private static void redirect(Path file, int stream) throws IOException {
    Files.newOutputStream(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)
        .close();
    try {
      int descriptor = LibC.open(file.toString(), O_WRONLY);
      LibC.dup2(descriptor, stream);
      LibC.close(descriptor);
    } catch (LastErrorException failed) {
      throw new OsException("write to " + file, failed.getErrorCode());
    }
  }
}
