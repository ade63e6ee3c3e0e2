package io.tapdeck.web.command;

import io.tapdeck.capture.os.Terminal;
import io.tapdeck.replay.Replay;
import io.tapdeck.replay.ReplayProgress;
import io.tapdeck.replay.pace.Pace;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
  private static final double PERCENT = 100;
  private static final String CLEAR_LINE = "\r\033[K";

  /** A terminal too narrow for the line cuts it off. */
  private static final String NO_WRAP = "\033[?7l";

  private static final String WRAP = "\033[?7h";

  private final Replay replay;
  private final PrintWriter err;
  private final ScheduledExecutorService timer;
  private ReplayProgress before;
  private boolean hasTerminal;
  private boolean shown;

  ReplayProgressLine(Replay replay, PrintWriter err) {
    this.replay = replay;
    this.err = err;
    this.before = replay.progress();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
  }

  /**
   * Begins to show it, unless there is no terminal to show it on.
   *
   * @param takesKeys whether the keys are to be told first
   */
  void start(boolean takesKeys) {
    hasTerminal = Terminal.isStandardError();
    if (hasTerminal) {
      if (takesKeys) {
        err.println(ReplayKeys.HELP);
        err.flush();
      }
      var _ = timer.scheduleAtFixedRate(this::tick, FIRST_SECONDS, 1, TimeUnit.SECONDS);
    }
  }

  /** Shows it now, since something was changed. Any thread may ask. */
  void refresh() {
    if (hasTerminal) {
      try {
        timer.execute(() -> show(replay.progress()));
      } catch (RejectedExecutionException ended) {
        // There is nothing to be shown any more.
      }
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

  private void tick() {
    ReplayProgress now = replay.progress();
    show(now);
    before = now;
  }

  private void show(ReplayProgress now) {
    err.print(CLEAR_LINE + NO_WRAP + line(before, now) + WRAP);
    err.flush();
    shown = true;
  }

  /** How far it is, and how fast it was from one reading to the next. */
  static String line(ReplayProgress before, ReplayProgress now) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%.0f s: %d sent, %d skipped, %d failed; ",
            seconds(now.elapsed()),
            now.sent(),
            now.skipped(),
            now.failed()));
    if (now.paused()) {
      line.append("paused");
    } else {
      line.append(
          String.format(
              Locale.ROOT,
              "%.0f packets/s, %.1f Mbit/s",
              perSecond(now.sent() - before.sent(), before, now),
              perSecond(now.sentBytes() - before.sentBytes(), before, now)
                  * Byte.SIZE
                  / BITS_PER_MEGABIT));
    }
    line.append(" at ").append(pace(now.pace()));
    if (now.passes() != 1) {
      line.append("; pass ").append(now.passesDone() + 1);
      line.append(now.passes() == 0 ? "" : " of " + now.passes());
    }
    now.share()
        .ifPresent(share -> line.append(String.format(Locale.ROOT, "; %.0f %%", share * PERCENT)));
    now.left().ifPresent(left -> line.append(", about ").append(span(left)).append(" left"));
    if (now.untilNext().compareTo(Duration.ofSeconds(1)) > 0) {
      line.append("; next frame in ").append(span(now.untilNext()));
    }
    return line.toString();
  }

  /** A pace as people say it. */
  static String pace(Pace pace) {
    return switch (pace) {
      case Pace.Original original -> ReplayReport.speed(original).toPlainString() + "x";
      case Pace.PacketsPerSecond packets -> packets.rate() + " pps";
      case Pace.BitRate bits -> ReplayReport.megabits(bits).toPlainString() + " Mbit/s";
      case Pace.TopSpeed _ -> "top speed";
    };
  }

  private static String span(Duration span) {
    if (span.toHours() > 0) {
      return "%d h %02d min".formatted(span.toHours(), span.toMinutesPart());
    }
    return span.toMinutes() > 0
        ? "%d min %02d s".formatted(span.toMinutes(), span.toSecondsPart())
        : span.toSeconds() + " s";
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
