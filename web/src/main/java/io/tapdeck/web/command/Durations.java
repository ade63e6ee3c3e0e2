package io.tapdeck.web.command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads lengths of time as people write them: {@code 500ms}, {@code 10s}, {@code 1.5h}. */
final class Durations implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ?(ms|s|m|h|d)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ms", Duration.ofMillis(1).toNanos(),
          "s", Duration.ofSeconds(1).toNanos(),
          "m", Duration.ofMinutes(1).toNanos(),
          "h", Duration.ofHours(1).toNanos(),
          "d", Duration.ofDays(1).toNanos());

  @Override
  public Duration convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a length of time: write a number and ms, s, m, h or d");
    }
    BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(form.group(2), 0L));
    try {
      return Duration.ofNanos(new BigDecimal(form.group(1)).multiply(unit).longValueExact());
    } catch (ArithmeticException inexact) {
      throw new TypeConversionException(
          "'" + text + "' is not a whole number of nanoseconds below 292 years");
    }
  }
}
