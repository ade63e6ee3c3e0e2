package io.tapdeck.web.command;

import io.tapdeck.capture.os.Terminal;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.unit.DataSize;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One line on stderr that follows a verification, once a second, if stderr is a terminal. */
final class VerifyProgressLine implements AutoCloseable {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter err;
  private final int segments;
  private final long bytes;
  private boolean wanted;
  private boolean shown;
  private long due = System.nanoTime() + INTERVAL;
  private int verified;
  private long read;

  VerifyProgressLine(List<SegmentForm> segments, PrintWriter err) {
    this.err = err;
    this.segments = segments.size();
    this.bytes =
        segments.stream()
            .mapToLong(segment -> segment.sidecar().map(Sidecar::bytes).orElse(0L))
            .sum();
  }

  /** Begins to show it, unless there is no terminal to show it on. */
  void start() {
    wanted = Terminal.isStandardError();
  }

  /** So many bytes more of content have been read. */
  void read(long count) {
    read += count;
    long now = System.nanoTime();
    if (wanted && now - due >= 0) {
      due = now + INTERVAL;
      shown = true;
      err.print(CLEAR_LINE + line());
      err.flush();
    }
  }

  /** A segment has been verified. */
  void verified() {
    verified++;
  }

  private String line() {
    return "%d of %d segments, %s of %s"
        .formatted(verified, segments, new DataSize(read), new DataSize(bytes));
  }

  /** Makes room for a line of something else. */
  void clear() {
    if (shown) {
      shown = false;
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
