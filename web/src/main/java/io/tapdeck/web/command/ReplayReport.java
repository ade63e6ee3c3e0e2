package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.replay.ReplaySummary;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.TimingErrors.Bucket;
import io.tapdeck.replay.proof.InterfaceCounters;
import io.tapdeck.replay.proof.Verdict;
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
  private static final int SPEED_DECIMALS = 6;
  private static final int WIDEST_BAR = 40;
  private static final double PERCENT = 100;
  private static final double NANOS_PER_MICRO = 1e3;

  private final CommandLine command;
  private final boolean json;
  private final boolean quiet;
  private final boolean histogram;

  ReplayReport(CommandLine command, boolean json, boolean quiet, boolean histogram) {
    this.command = command;
    this.json = json;
    this.quiet = quiet;
    this.histogram = histogram;
  }

  /** Prints, and flushes. */
  void print(ReplaySummary summary) {
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    for (String trouble : summary.troubles()) {
      err.println(name + ": " + trouble.replaceAll("\\p{Cntrl}+", " "));
    }
    if (json || quiet) {
      summary.verdicts().stream()
          .filter(verdict -> !verdict.proven())
          .flatMap(verdict -> verdict.sentences().stream())
          .forEach(sentence -> err.println(name + ": " + sentence));
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
      if (histogram) {
        out.print(histogram(summary.timingErrors()));
      }
    }
    out.flush();
  }

  /** JSON, names as in every other place. */
  static ObjectNode json(ReplaySummary summary) {
    ObjectNode node = JsonMapper.builder().build().createObjectNode();
    if (summary.backend().isPresent()) {
      node.put("interface", summary.target());
      node.put("backend", summary.backend().get());
    } else if (!summary.target().isEmpty()) {
      node.put("file", summary.target());
    }
    node.put("read", summary.read());
    node.put("sent", summary.sent());
    node.put("sentBytes", summary.sentBytes());
    node.put("sentTruncated", summary.sentTruncated());
    node.put("sentCut", summary.sentCut());
    node.put("skipped", summary.skipped());
    node.put("failed", summary.failed());
    node.put("filtered", summary.filtered());
    node.put("passes", summary.passes());
    node.put("seconds", rounded(summary.seconds(), SECONDS_DECIMALS));
    node.put(
        "pausedSeconds", shortened(BigDecimal.valueOf(summary.pausedNanos(), SECONDS_DECIMALS)));
    node.put("packetsPerSecond", rounded(summary.packetsPerSecond(), RATE_DECIMALS));
    node.put("bitsPerSecond", rounded(summary.bitsPerSecond(), RATE_DECIMALS));
    putTiming(node, summary.timingErrors());
    if (!summary.sentTo().isEmpty()) {
      ObjectNode sentTo = node.putObject("sentTo");
      new TreeMap<>(summary.sentTo()).forEach(sentTo::put);
    }
    putReasons(node, summary.skippedBy(), summary.failedBy());
    node.put("stopped", summary.stopped());
    if (!summary.verdicts().isEmpty()) {
      node.put("proven", summary.proven());
      summary.verdicts().forEach(verdict -> put(node.withArray("verified").addObject(), verdict));
    }
    summary.troubles().forEach(node.putArray("troubles")::add);
    return node;
  }

  /** How far hand-overs were from their deadlines. */
  static void putTiming(ObjectNode node, ReplaySummary.TimingErrorSummary errors) {
    ObjectNode micros = node.putObject("timingErrorMicros");
    if (errors.count() > 0) {
      micros.put("p50", micros(errors.p50()));
      micros.put("p99", micros(errors.p99()));
      micros.put("max", micros(errors.max()));
    } else { // without deadlines there are no errors, good or bad
      micros.putNull("p50").putNull("p99").putNull("max");
    }
    ArrayNode buckets = node.putArray("timingErrorHistogram");
    for (Bucket bucket : errors.histogram()) {
      buckets.addObject().put("belowMicros", micros(bucket.bound())).put("count", bucket.count());
    }
  }

  /** Why frames were not sent. */
  static void putReasons(ObjectNode node, Map<String, Long> skippedBy, Map<String, Long> failedBy) {
    skippedBy.forEach(node.putObject("skippedBy")::put);
    failedBy.forEach(node.putObject("failedBy")::put);
  }

  /** A pace, by the name of the option that chooses it. */
  static ObjectNode json(Pace pace) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    return switch (pace) {
      case Pace.Original original -> node.put("speed", speed(original));
      case Pace.PacketsPerSecond packets -> node.put("pps", packets.rate());
      case Pace.BitRate bits -> node.put("mbps", megabits(bits));
      case Pace.TopSpeed _ -> node.put("topspeed", true);
    };
  }

  /** The speed, 1 for the original. */
  static BigDecimal speed(Pace.Original original) {
    return shortened(BigDecimal.valueOf(original.millionths(), SPEED_DECIMALS));
  }

  /** The rate in Mbit/s. */
  static BigDecimal megabits(Pace.BitRate bits) {
    return shortened(BigDecimal.valueOf(bits.kilobits(), RATE_DECIMALS));
  }

  /** Without zeros at the end, and without an exponent. */
  private static BigDecimal shortened(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static void put(ObjectNode node, Verdict verdict) {
    node.put("interface", verdict.interfaceName());
    node.put("sent", verdict.sent());
    node.put("proven", verdict.proven());
    verdict.sentences().forEach(node.putArray("sentences")::add);
    verdict.transmitted().ifPresent(counted -> put(node.putObject("transmitted"), counted));
    verdict
        .arrivals()
        .ifPresent(arrivals -> {
          ObjectNode arrived = node.putObject("arrivals");
          arrived.put("interface", arrivals.interfaceName());
          arrived.put("arrived", arrivals.arrived());
          arrived.put("missing", arrivals.missing());
          arrived.put("gaps", arrivals.gaps());
          arrived.put("outOfOrder", arrivals.outOfOrder());
          arrived.put("duplicates", arrivals.duplicates());
          arrived.put("unrelated", arrivals.unrelated());
          arrived.put("receiverDropped", arrivals.receiverDropped());
          arrived.put("unwatched", arrivals.unwatched());
          arrivals.counted().ifPresent(counted -> put(arrived.putObject("received"), counted));
        });
    verdict.trouble().ifPresent(trouble -> node.put("trouble", trouble));
  }

  private static void put(ObjectNode node, InterfaceCounters counted) {
    node.put("txPackets", counted.txPackets());
    node.put("txDropped", counted.txDropped());
    node.put("txErrors", counted.txErrors());
    node.put("rxPackets", counted.rxPackets());
    node.put("rxDropped", counted.rxDropped());
  }

  /** A line for each size of timing errors, with a bar. */
  static String histogram(ReplaySummary.TimingErrorSummary errors) {
    StringBuilder text = new StringBuilder();
    long most = errors.histogram().stream().mapToLong(Bucket::count).max().orElse(0);
    for (Bucket bucket : errors.histogram()) {
      String bar = "#".repeat((int) Math.ceilDiv(bucket.count() * WIDEST_BAR, Math.max(1, most)));
      text.append(
          String.format(
              Locale.ROOT,
              "  below %10.1f us %12d %6.2f %%  %s%n",
              bucket.bound() / NANOS_PER_MICRO,
              bucket.count(),
              bucket.count() * PERCENT / errors.count(),
              bar));
    }
    return text.toString();
  }

  private static String text(ReplaySummary summary) {
    StringBuilder text = new StringBuilder();
    text.append(summary.stopped() ? "Stopped: " : "");
    text.append("%d read, %d sent".formatted(summary.read(), summary.sent()));
    if (summary.sentTruncated() > 0) {
      text.append(" (%d of them truncated when captured)".formatted(summary.sentTruncated()));
    }
    if (summary.sentCut() > 0) {
      text.append(" (%d of them cut to the MTU)".formatted(summary.sentCut()));
    }
    text.append(", %d skipped%s".formatted(summary.skipped(), by(summary.skippedBy())));
    text.append(", %d failed%s".formatted(summary.failed(), by(summary.failedBy())));
    text.append(", %d filtered%n".formatted(summary.filtered()));
    text.append(
        String.format(
            Locale.ROOT,
            "%d bytes in %.6f s%s: %.0f packets/s, %.3f Mbit/s%n",
            summary.sentBytes(),
            summary.seconds(),
            place(summary),
            summary.packetsPerSecond(),
            summary.bitsPerSecond() / 1e6));
    if (summary.pausedNanos() > 0) {
      text.append(String.format(Locale.ROOT, "Paused for %.3f s%n", summary.pausedNanos() / 1e9));
    }
    summary.backend().ifPresent(backend -> text.append("Backend %s%n".formatted(backend)));
    ReplaySummary.TimingErrorSummary errors = summary.timingErrors();
    if (errors.count() > 0 && summary.backend().isPresent()) {
      text.append(
          String.format(
              Locale.ROOT,
              "Timing error: half within %.1f us, 99 %% within %.1f us, all within %.1f us%n",
              errors.p50() / NANOS_PER_MICRO,
              errors.p99() / NANOS_PER_MICRO,
              errors.max() / NANOS_PER_MICRO));
    }
    for (Verdict verdict : summary.verdicts()) {
      verdict.sentences().forEach(sentence -> text.append(sentence).append('\n'));
    }
    return text.toString();
  }

  private static String place(ReplaySummary summary) {
    if (!summary.sentTo().isEmpty()) {
      return new TreeMap<>(summary.sentTo())
          .entrySet().stream()
              .map(entry -> entry.getValue() + " frames to " + entry.getKey())
              .collect(Collectors.joining(", ", ", ", ""));
    }
    if (summary.backend().isPresent()) {
      return " to " + summary.target();
    }
    return summary.target().isEmpty() ? ", if they were sent" : " into " + summary.target();
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
    return shortened(BigDecimal.valueOf(nanos, MICROS_DECIMALS));
  }

  private static BigDecimal rounded(double value, int decimals) {
    return shortened(BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP));
  }
}
