package io.tapdeck.capture.doctor;

import java.time.Duration;
import java.util.Locale;

/** Measured quantities for people, with three digits. */
final class Quantities {
  private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};
  private static final int STEP = 1000;

  private Quantities() {}

  /** With a decimal prefix: {@code 950 bit/s}, {@code 1.43 GB/s}. */
  static String rate(double perSecond, String unit) {
    int power = 0;
    double scaled = perSecond;
    while (scaled >= STEP && power < PREFIXES.length - 1) {
      scaled /= STEP;
      power++;
    }
    return digits(scaled) + " " + PREFIXES[power] + unit;
  }

  /** In the unit that suits it: {@code 812 us}, {@code 12.5 ms}, {@code 3.21 s}. */
  static String duration(Duration duration) {
    double nanos = duration.toNanos();
    if (nanos < 1e6) {
      return digits(nanos / 1e3) + " us";
    }
    return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  /**
   * A long time, in two units at most: {@code 84 s}, {@code 22 min}, {@code 3 h 20 min}, {@code 12
   * d}.
   */
  static String longTime(double seconds) {
    long minutes = (long) Math.min(seconds / 60, Integer.MAX_VALUE);
    if (minutes < 2) {
      return Math.round(seconds) + " s";
    }
    if (minutes < 60) {
      return minutes + " min";
    }
    long hours = minutes / 60;
    return hours < 48 ? "%d h %d min".formatted(hours, minutes % 60) : hours / 24 + " d";
  }

  private static String digits(double value) {
    String form = value >= 100 || value == 0 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
