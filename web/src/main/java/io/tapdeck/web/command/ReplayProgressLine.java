package io.tapdeck.web.command;

import io.tapdeck.capture.os.Terminal;
import io.tapdeck.replay.Replay;
import io.tapdeck.replay.ReplayProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One line on stderr that follows a replay, if stderr is a terminal; from two seconds on, once a
 * second.
 */
final class ReplayProgressLine implements AutoCloseable {
  private static final long FIRST_SECONDS = 2;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BITS_PER_MEGABIT = 1e6;
  private static final String CLEAR_LINE = "\r\033[K";

  /** A terminal too narrow for the line cuts it off. */
  private static final String NO_WRAP = "\033[?7l";

  private static final String WRAP = "\033[?7h";

  private final Replay replay;
  private final PrintWriter err;
  private final ScheduledExecutorService timer;
  private ReplayProgress before;
  private boolean shown;

  ReplayProgressLine(Replay replay, PrintWriter err) {
    this.replay = replay;
    this.err = err;
    this.before = replay.progress();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
  }

  /** Begins to show it, unless there is no terminal to show it on. */
  void start() {
    if (Terminal.isStandardError()) {
      var _ = timer.scheduleAtFixedRate(this::show, FIRST_SECONDS, 1, TimeUnit.SECONDS);
    }
  }

  /** Ends it, and clears the line. */
  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (timer.awaitTermination(1, TimeUnit.SECONDS) && shown) {
        err.print(CLEAR_LINE);
        err.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show() {
    ReplayProgress now = replay.progress();
    err.print(CLEAR_LINE + NO_WRAP + line(before, now) + WRAP);
    err.flush();
    before = now;
    shown = true;
  }

  /** How far it is, and how fast it was from one reading to the next. */
  static String line(ReplayProgress before, ReplayProgress now) {
    String line =
        String.format(
            Locale.ROOT,
            "%.0f s: %d sent, %d skipped, %d failed; %.0f packets/s, %.1f Mbit/s",
            seconds(now.elapsed()),
            now.sent(),
            now.skipped(),
            now.failed(),
            perSecond(now.sent() - before.sent(), before, now),
            perSecond(now.sentBytes() - before.sentBytes(), before, now)
                * Byte.SIZE
                / BITS_PER_MEGABIT);
    return now.untilNext().compareTo(Duration.ofSeconds(1)) > 0
        ? line + "; next frame in " + now.untilNext().toSeconds() + " s"
        : line;
  }

  /** The timer may be late, and its first reading covers more than a second: time is measured. */
  private static double perSecond(long count, ReplayProgress before, ReplayProgress now) {
    Duration passed = now.elapsed().minus(before.elapsed());
    return passed.isZero() ? 0 : count / seconds(passed);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS_PER_SECOND;
  }
}
