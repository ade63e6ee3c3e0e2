package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.TapServices;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads rates in bits a second as people write them, in powers of 1000: {@code 500Mbit}, {@code
 * 1.5Gbit}, {@code 64kbit}; {@code none} for no limit.
 */
final class BitRates implements ITypeConverter<Long> {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?) ?([kMGT]?)bit(?:/s)?", Pattern.CASE_INSENSITIVE);
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "k", 1000L, "m", 1_000_000L, "g", 1_000_000_000L, "t", 1_000_000_000_000L);

  /** Largest first. */
  private static final List<String> LETTERS = List.of("T", "G", "M", "k");

  @Override
  public Long convert(String text) {
    if (text.equalsIgnoreCase("none")) {
      return TapServices.UNLIMITED;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is not a rate: write a number and bit, kbit, Mbit, Gbit or Tbit, such as"
              + " 500Mbit, or none");
    }
    long unit = UNITS.getOrDefault(form.group(2).toLowerCase(Locale.ROOT), 1L);
    try {
      return new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
    } catch (ArithmeticException inexact) {
      throw new TypeConversionException(
          "'" + text + "' is not a whole number of bits below 9 Ebit");
    }
  }

  /** A rate as it is written; {@code none} for 0, which is no limit. */
  static String text(long bits) {
    if (bits == 0) {
      return "none";
    }
    for (String letter : LETTERS) {
      long unit = UNITS.getOrDefault(letter.toLowerCase(Locale.ROOT), 1L);
      if (bits >= unit) {
        return BigDecimal.valueOf(bits)
                .divide(BigDecimal.valueOf(unit))
                .stripTrailingZeros()
                .toPlainString()
            + letter
            + "bit/s";
      }
    }
    return bits + "bit/s";
  }
}
