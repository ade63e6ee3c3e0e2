package io.tapdeck.provisioner.plan;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Words as a POSIX shell reads them: whatever is in them, it stays one word and does nothing. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  /** What steers a terminal, or looks like another line. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

  private ShellWord() {}

  /** A word, quoted if it needs it. */
  public static String of(String text) {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    return isPrintable(text) ? "'" + text.replace("'", "'\\''") + "'" : spelled(text);
  }

  /** Whether it can be shown as it is. */
  static boolean isPrintable(String text) {
    return !UNPRINTABLE.matcher(text).find();
  }

  /** A text for a comment: on one line, and steering nothing. */
  public static String comment(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }

  /** With printf(1), which knows bytes by their octal numbers. */
  private static String spelled(String text) {
    StringBuilder word = new StringBuilder("\"$(printf '");
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      if (one > 0 && Character.isLetterOrDigit(one)) {
        word.append((char) one);
      } else {
        word.append(String.format(java.util.Locale.ROOT, "\\%03o", one & 0xff));
      }
    }
    return word.append("')\"").toString();
  }
}
