package io.tapdeck.web.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads whole percentages: {@code 10%}. */
final class Percentages implements ITypeConverter<Integer> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,3}) ?%");

  @Override
  public Integer convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a percentage: write a whole number and %, such as 10%");
    }
    return Integer.valueOf(form.group(1));
  }
}
