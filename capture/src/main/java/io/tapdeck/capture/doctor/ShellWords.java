package io.tapdeck.capture.doctor;

import java.util.regex.Pattern;

/** A command as it is typed into a shell. */
final class ShellWords {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWords() {}

  /** The words with blanks between them; quoted is what a shell would not take as it is. */
  static String of(String... words) {
    StringBuilder command = new StringBuilder();
    for (String word : words) {
      command.append(command.isEmpty() ? "" : " ").append(quote(word));
    }
    return command.toString();
  }

  private static String quote(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
