package io.tapdeck.web.command;

import io.tapdeck.capture.recording.Recording;
import io.tapdeck.capture.recording.RecordingProgress;
import io.tapdeck.capture.recording.Standing;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** One line on a terminal that shows how a recording goes, rewritten twice a second. */
final class RecordProgressLine {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final String ERASE_LINE = "\r\033[K";

  /** A terminal too narrow for the line cuts it off. */
  private static final String NO_WRAP = "\033[?7l";

  private static final String WRAP = "\033[?7h";
  private static final int BITS = 8;

  private final PrintWriter terminal;

  RecordProgressLine(PrintWriter terminal) {
    this.terminal = terminal;
  }

  /** Shows the line until the recording has ended. */
  void follow(Recording recording) throws InterruptedException {
    RecordingProgress before = recording.progress();
    String line = "";
    while (!recording.awaitFor(INTERVAL)) {
      RecordingProgress now = recording.progress();
      if (now.at() != before.at()) {
        line = line(before, now);
        before = now;
      }
      terminal.print(ERASE_LINE + NO_WRAP + line + WRAP);
      terminal.flush();
    }
    terminal.print(ERASE_LINE);
    terminal.flush();
  }

  /** What happened from one reading to the next. */
  static String line(RecordingProgress before, RecordingProgress now) {
    double seconds = (now.at() - before.at()) / 1e9;
    long packets = now.written() + now.buffered();
    double perSecond = (packets - before.written() - before.buffered()) / seconds;
    double bits = (now.writtenBytes() - before.writtenBytes()) * BITS / seconds;
    return String.format(
        Locale.ROOT,
        "%d packets  %spps  %sbit/s  dropped %d kernel, %d interface  %s",
        packets,
        scaled(perSecond),
        scaled(bits),
        now.droppedKernel(),
        now.droppedInterface(),
        now.standing().equals(Standing.RECORDING) ? now.segment() : now.standing().text());
  }

  /** With a decimal prefix: 950, 12.3 k, 4.56 G. */
  private static String scaled(double value) {
    String[] prefixes = {"", "k", "M", "G", "T"};
    int power = 0;
    double scaled = value;
    while (scaled >= 1000 && power < prefixes.length - 1) {
      scaled /= 1000;
      power++;
    }
    return String.format(Locale.ROOT, power == 0 ? "%.0f %s" : "%.1f %s", scaled, prefixes[power]);
  }
}
