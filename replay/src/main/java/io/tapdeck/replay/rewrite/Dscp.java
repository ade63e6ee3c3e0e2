package io.tapdeck.replay.rewrite;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A differentiated services code point (RFC 2474), in IPv4 and IPv6.
 *
 * @param value 0 to 63
 */
public record Dscp(int value) {
  private static final int LARGEST = 63;
  private static final Map<String, Integer> NAMES = names();

  public Dscp {
    if (value < 0 || value > LARGEST) {
      throw new IllegalArgumentException("a DSCP is between 0 and 63, not " + value);
    }
  }

  /**
   * Reads a number, or a name of RFC 2474, 2597, 3246, 5865 or 8622: CS0 to CS7, AF11 to AF43, EF,
   * VOICE-ADMIT, LE, DF.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static Dscp parse(String text) {
    @Nullable Integer named = NAMES.get(text.toLowerCase(Locale.ROOT));
    if (named != null) {
      return new Dscp(named);
    }
    if (!text.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no DSCP: write 0 to 63, or a name such as EF, AF41 or CS1");
    }
    return new Dscp(Integer.parseInt(text));
  }

  private static Map<String, Integer> names() {
    Map<String, Integer> names = new TreeMap<>();
    names.put("df", 0);
    names.put("le", 1);
    names.put("voice-admit", 44);
    names.put("ef", 46);
    for (int group = 0; group < 8; group++) {
      names.put("cs" + group, group << 3);
    }
    for (int group = 1; group <= 4; group++) {
      for (int precedence = 1; precedence <= 3; precedence++) {
        names.put("af" + group + precedence, (group << 3) | (precedence << 1));
      }
    }
    return names;
  }
}
