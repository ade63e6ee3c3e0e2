package io.tapdeck.capture.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as people write it: {@code 1GiB}, {@code 10GB}, {@code 1.5 MiB}, {@code 4096}.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?([A-Za-z]*)");

  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int BINARY_STEP = 10;

  /** Powers of 1000 and, with an i, of 1024 (IEC 80000-13); letters in either case. */
  private static final Map<String, Long> UNITS = units();

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }

  /** So many times 1024 * 1024 bytes. */
  public static DataSize ofMebibytes(int mebibytes) {
    return new DataSize((long) mebibytes << (2 * BINARY_STEP));
  }

  /**
   * Reads a number with a unit: B, kB, MB, GB, TB, PB, EB (powers of 1000), KiB, MiB, GiB, TiB,
   * PiB, EiB (powers of 1024), or none for bytes.
   *
   * @throws IllegalArgumentException if it is none, is no whole number of bytes, or exceeds 2^63 -
   *     1
   */
  public static DataSize parse(String text) {
    Matcher form = FORM.matcher(text);
    Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size: write a number and a unit, such as 64MiB or 10GB");
    }
    try {
      return new DataSize(
          new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact());
    } catch (ArithmeticException inexact) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a whole number of bytes below 8EiB", inexact);
    }
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** For people, with one decimal at most: {@code 1GiB}, {@code 1.5MiB}, {@code 24B}. */
  @Override
  public String toString() {
    int power = bytes == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(bytes)) / BINARY_STEP;
    BigDecimal value =
        BigDecimal.valueOf(bytes)
            .divide(BigDecimal.valueOf(1L << (power * BINARY_STEP)), 1, RoundingMode.HALF_UP);
    return value.stripTrailingZeros().toPlainString() + BINARY[power];
  }

  private static Map<String, Long> units() {
    Map<String, Long> units = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    units.put("", 1L);
    units.put("B", 1L);
    long decimal = 1;
    for (int power = 1; power < BINARY.length; power++) {
      decimal *= 1000;
      String binary = BINARY[power].toUpperCase(Locale.ROOT);
      units.put(binary, 1L << (power * BINARY_STEP));
      units.put(binary.charAt(0) + "B", decimal);
    }
    return units;
  }
}
