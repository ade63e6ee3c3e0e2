package io.tapdeck.replay.rewrite;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is done to the time to live of IPv4 and the hop limit of IPv6. What is added or taken ends
 * at 255 and at 1.
 *
 * @param kind what is done
 * @param amount 1 to 255
 */
public record HopLimitChange(Kind kind, int amount) {
  /** What is done. */
  public enum Kind {
    SET,
    ADD,
    SUBTRACT
  }

  private static final int LARGEST = 0xFF;
  private static final Pattern FORM = Pattern.compile("([+-]?)(\\d{1,3})");

  public HopLimitChange {
    if (amount < 1 || amount > LARGEST) {
      throw new IllegalArgumentException(
          "a time to live is set to, or changed by, 1 to 255, not " + amount);
    }
  }

  /**
   * Reads {@code 64}, {@code +1} or {@code -1}.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static HopLimitChange parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time to live: write 64, or +1 or -1 to change it");
    }
    Kind kind =
        switch (form.group(1)) {
          case "+" -> Kind.ADD;
          case "-" -> Kind.SUBTRACT;
          default -> Kind.SET;
        };
    return new HopLimitChange(kind, Integer.parseInt(form.group(2)));
  }

  int apply(int hopLimit) {
    return switch (kind) {
      case SET -> amount;
      case ADD -> Math.min(hopLimit + amount, LARGEST);
      case SUBTRACT -> Math.max(hopLimit - amount, 1);
    };
  }
}
