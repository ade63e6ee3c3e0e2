package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.replay.ReplaySummary;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Tells what a replay came to: troubles on stderr, the summary for people or for machines. */
final class ReplayReport {
  private static final int MICROS_DECIMALS = 3;
  private static final int SECONDS_DECIMALS = 9;
  private static final int RATE_DECIMALS = 3;
  private static final double NANOS_PER_MICRO = 1e3;

  private final CommandLine command;
  private final boolean json;
  private final boolean quiet;

  ReplayReport(CommandLine command, boolean json, boolean quiet) {
    this.command = command;
    this.json = json;
    this.quiet = quiet;
  }

  /** Prints, and flushes. */
  void print(ReplaySummary summary) {
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    for (String trouble : summary.troubles()) {
      err.println(name + ": " + trouble.replaceAll("\\p{Cntrl}+", " "));
    }
    if (summary.sent() == 0 && !summary.stopped()) {
      if (summary.read() > 0) {
        err.println(name + ": nothing was sent of " + summary.read() + " frames");
      } else if (summary.troubles().isEmpty()) {
        err.println(name + ": nothing was sent: there are no packets in what was to be played");
      }
    }
    err.flush();
    PrintWriter out = command.getOut();
    if (json) {
      out.println(json(summary));
    } else if (!quiet) {
      out.print(text(summary));
    }
    out.flush();
  }

  /** JSON, names as in every other place. */
  static ObjectNode json(ReplaySummary summary) {
    ObjectNode node = JsonMapper.builder().build().createObjectNode();
    node.put("interface", summary.interfaceName());
    node.put("read", summary.read());
    node.put("sent", summary.sent());
    node.put("sentBytes", summary.sentBytes());
    node.put("sentTruncated", summary.sentTruncated());
    node.put("skipped", summary.skipped());
    node.put("failed", summary.failed());
    node.put("filtered", summary.filtered());
    node.put("seconds", rounded(summary.seconds(), SECONDS_DECIMALS));
    node.put("packetsPerSecond", rounded(summary.packetsPerSecond(), RATE_DECIMALS));
    node.put("bitsPerSecond", rounded(summary.bitsPerSecond(), RATE_DECIMALS));
    ReplaySummary.TimingErrorSummary errors = summary.timingErrors();
    ObjectNode micros = node.putObject("timingErrorMicros");
    if (errors.count() > 0) {
      micros.put("p50", micros(errors.p50()));
      micros.put("p99", micros(errors.p99()));
      micros.put("max", micros(errors.max()));
    } else { // without deadlines there are no errors, good or bad
      micros.putNull("p50").putNull("p99").putNull("max");
    }
    ObjectNode skippedBy = node.putObject("skippedBy");
    summary.skippedBy().forEach(skippedBy::put);
    ObjectNode failedBy = node.putObject("failedBy");
    summary.failedBy().forEach(failedBy::put);
    node.put("stopped", summary.stopped());
    summary.troubles().forEach(node.putArray("troubles")::add);
    return node;
  }

  private static String text(ReplaySummary summary) {
    StringBuilder text = new StringBuilder();
    text.append(summary.stopped() ? "Stopped: " : "");
    text.append("%d read, %d sent".formatted(summary.read(), summary.sent()));
    if (summary.sentTruncated() > 0) {
      text.append(" (%d of them truncated when captured)".formatted(summary.sentTruncated()));
    }
    text.append(", %d skipped%s".formatted(summary.skipped(), by(summary.skippedBy())));
    text.append(", %d failed%s%n".formatted(summary.failed(), by(summary.failedBy())));
    text.append(
        String.format(
            Locale.ROOT,
            "%d bytes in %.6f s to %s: %.0f packets/s, %.3f Mbit/s%n",
            summary.sentBytes(),
            summary.seconds(),
            summary.interfaceName(),
            summary.packetsPerSecond(),
            summary.bitsPerSecond() / 1e6));
    ReplaySummary.TimingErrorSummary errors = summary.timingErrors();
    if (errors.count() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "Timing error: half within %.1f us, 99 %% within %.1f us, all within %.1f us%n",
              errors.p50() / NANOS_PER_MICRO,
              errors.p99() / NANOS_PER_MICRO,
              errors.max() / NANOS_PER_MICRO));
    }
    return text.toString();
  }

  private static String by(Map<String, Long> counts) {
    return counts.isEmpty()
        ? ""
        : new TreeMap<>(counts)
            .entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static BigDecimal micros(long nanos) {
    return BigDecimal.valueOf(nanos, MICROS_DECIMALS);
  }

  private static BigDecimal rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
  }
}
