package io.tapdeck.replay.rewrite;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports that become others.
 *
 * @param first lowest of the ports, 0 to 65535
 * @param last highest of the ports
 * @param to what the first one becomes
 * @param shift whether the others follow it, each as far behind it as it was; else all become
 *     {@code to}
 */
public record PortMapping(int first, int last, int to, boolean shift) {
  static final int LARGEST = 0xFFFF;

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?=(\\d{1,5})(?:-(\\d{1,5}))?");

  public PortMapping {
    require(first);
    require(last);
    require(to);
    if (first > last) {
      throw new IllegalArgumentException(
          "ports " + first + "-" + last + " are none: the lower one comes first");
    }
    if (shift) {
      require(to + last - first);
    }
  }

  /**
   * Reads {@code 80=8080}, {@code 1000-2000=80} (all become 80) or {@code 1000-1999=3000-3999} (as
   * many in the same order), several with commas between them.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static List<PortMapping> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(PortMapping::parse).toList();
  }

  private static PortMapping parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' maps no ports: write OLD=NEW, such as 80=8080 or 1000-2000=80");
    }
    int first = Integer.parseInt(form.group(1));
    int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
    int to = Integer.parseInt(form.group(3));
    if (form.group(4) == null) {
      return new PortMapping(first, last, to, false);
    }
    if (Integer.parseInt(form.group(4)) - to != last - first) {
      throw new IllegalArgumentException(
          "'" + text + "' maps ports to another number of ports; write as many, or one");
    }
    return new PortMapping(first, last, to, true);
  }

  private static void require(int port) {
    if (port < 0 || port > LARGEST) {
      throw new IllegalArgumentException("a port is between 0 and 65535, not " + port);
    }
  }

  /** What becomes of a port that is one of these. */
  int map(int port) {
    return shift ? to + port - first : to;
  }
}
