package io.tapdeck.replay.input;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write them: {@code 90s}, {@code 1m30s}, {@code 1.5h}. */
public final class TimeSpan {
  private static final String NUMBER = "(\\d{1,12}(?:\\.\\d{1,9})?)";

  /** From large to small, each once at most. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?:%1$sd)?(?:%1$sh)?(?:%1$sm)?(?:%1$ss)?(?:%1$sms)?(?:%1$sus)?(?:%1$sns)?"
              .formatted(NUMBER));

  private static final List<Duration> UNITS =
      List.of(
          Duration.ofDays(1),
          Duration.ofHours(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1),
          Duration.ofMillis(1),
          Duration.ofNanos(1_000),
          Duration.ofNanos(1));

  private TimeSpan() {}

  /**
   * Reads numbers, each followed by its unit: d, h, m, s, ms, us, ns, in this order.
   *
   * @throws IllegalArgumentException if it is none, or no whole number of nanoseconds below 2^63
   */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (text.isEmpty() || !form.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a length of time: write numbers and d, h, m, s, ms, us or ns, such as 90s"
              + " or 1m30s");
    }
    BigDecimal nanos = BigDecimal.ZERO;
    for (int unit = 0; unit < UNITS.size(); unit++) {
      String number = form.group(unit + 1);
      if (number != null) {
        BigDecimal each = BigDecimal.valueOf(UNITS.get(unit).toNanos());
        nanos = nanos.add(new BigDecimal(number).multiply(each));
      }
    }
    try {
      return Duration.ofNanos(nanos.longValueExact());
    } catch (ArithmeticException inexact) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a whole number of nanoseconds below 292 years", inexact);
    }
  }
}
