package io.tapdeck.web.command;

import io.tapdeck.capture.os.Terminal;
import io.tapdeck.capture.unit.DataSize;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** One line on stderr that follows a file on its way, once a second, if stderr is a terminal. */
final class TransferProgressLine implements AutoCloseable {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter err;
  private final String what;
  private final long bytes;
  private final boolean wanted = Terminal.isStandardError();
  private long due = System.nanoTime() + INTERVAL;
  private boolean shown;

  /**
   * @param what is on its way
   * @param bytes that it has
   */
  TransferProgressLine(PrintWriter err, String what, long bytes) {
    this.err = err;
    this.what = Presentation.plain(what);
    this.bytes = bytes;
  }

  /** So many bytes of it are on their way. */
  void moved(long so) {
    long now = System.nanoTime();
    if (wanted && now - due >= 0) {
      due = now + INTERVAL;
      shown = true;
      err.print(CLEAR_LINE + "%s: %s of %s".formatted(what, new DataSize(so), new DataSize(bytes)));
      err.flush();
    }
  }

  @Override
  public void close() {
    if (shown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }
}
