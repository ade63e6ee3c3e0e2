package io.tapdeck.replay.input;

import io.tapdeck.capture.segment.UtcTime;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** A moment of the capture, as people name it. */
public sealed interface TimePoint {
  /**
   * By the clock.
   *
   * @param nanos since 1970, not negative
   */
  record At(long nanos) implements TimePoint {
    /** Times before 1970 are none of a capture. */
    public At {
      if (nanos < 0) {
        throw new IllegalArgumentException("a time is not before 1970");
      }
    }

    @Override
    public String toString() {
      return UtcTime.format(UtcTime.ofNanos(nanos));
    }
  }

  /**
   * By the time of the first frame of the input.
   *
   * @param nanos since then, not negative
   */
  record Since(long nanos) implements TimePoint {
    /** Nothing was captured before the first frame. */
    public Since {
      if (nanos < 0) {
        throw new IllegalArgumentException("a time is not before the start");
      }
    }

    @Override
    public String toString() {
      return "+" + BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString() + "s";
    }
  }

  /**
   * Reads a time:
   *
   * <ul>
   *   <li>RFC 3339 with its zone, seconds and fraction optional: {@code 2026-11-23T02:10Z}, {@code
   *       2026-11-23T03:10:00.5+01:00}
   *   <li>seconds since 1970, with up to nine decimals: {@code 1700000000.25}
   *   <li>a {@link TimeSpan} since the first frame: {@code +1m30s}
   * </ul>
   *
   * @throws IllegalArgumentException if it is none of these, or not from 1970 to 2262
   */
  static TimePoint parse(String text) {
    if (text.startsWith("+")) {
      Duration since = TimeSpan.parse(text.substring(1));
      return new Since(since.toNanos());
    }
    try {
      if (Seconds.FORM.matcher(text).matches()) {
        return new At(new BigDecimal(text).scaleByPowerOfTen(9).longValueExact());
      }
      OffsetDateTime time = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
      return new At(UtcTime.toNanos(time.toInstant()));
    } catch (ArithmeticException beyond) {
      throw new IllegalArgumentException(
          "'" + text + "' is too late: times are before the year 2262", beyond);
    } catch (DateTimeException none) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a time: write 2026-11-23T02:10:00Z, seconds since 1970, or +90s from the"
              + " first frame",
          none);
    }
  }

  /** A form that is kept. */
  final class Seconds {
    private static final Pattern FORM = Pattern.compile("\\d{1,11}(?:\\.\\d{1,9})?");

    private Seconds() {}
  }
}
