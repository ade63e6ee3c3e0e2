package io.tapdeck.web.http;

import java.util.regex.Pattern;

/** Paths in the one way of writing them that needs no escape (RFC 3986, section 6.2.2). */
final class PlainPath {
  /** Of a letter, a digit, or one of {@code -._~}. */
  private static final Pattern NEEDLESS_ESCAPE =
      Pattern.compile("%(?:[46][1-9A-Fa-f]|[57][0-9Aa]|3[0-9]|2[DdEe]|5[Ff]|7[Ee])");

  private PlainPath() {}

  /** The same path, in which only that is escaped which has to be. */
  static String of(String path) {
    return NEEDLESS_ESCAPE
        .matcher(path)
        .replaceAll(
            escape -> String.valueOf((char) Integer.parseInt(escape.group().substring(1), 16)));
  }
}
