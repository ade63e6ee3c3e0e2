package io.tapdeck.web.api;

import java.util.regex.Pattern;

/**
 * Names for files, of what people called things: of characters that no file system or shell minds.
 */
final class PlainName {
  private static final Pattern OTHERS = Pattern.compile("[^A-Za-z0-9_]+");
  private static final int LONGEST = 40;

  private PlainName() {}

  /** Such as {@code Names-looked-up}; never empty. */
  static String of(String name) {
    String plain = OTHERS.matcher(name).replaceAll("-");
    String cut = plain.substring(0, Math.min(LONGEST, plain.length()));
    String trimmed = cut.replaceAll("^-+|-+$", "");
    return trimmed.isEmpty() ? "recording" : trimmed;
  }
}
