package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a physical NIC was before copies left through it. It is noted in the NIC's own alias: that
 * lasts as long as the settings it speaks of, and goes with them when the machine starts anew.
 *
 * @param alias what the NIC was called
 */
record Loan(String alias, boolean isUp, boolean hasArp, boolean hasIpv6) {
  /** The longest alias that the kernel keeps (IFALIASZ, with its end). */
  private static final int LONGEST_ALIAS = 255;

  private static final Pattern NOTE =
      Pattern.compile(
          "(?:(.*) )?tapdeck holds this NIC; it was (up|down), arp (on|off), ipv6 (on|off)",
          Pattern.DOTALL);

  /** What an alias notes, if it does. */
  static Optional<Loan> read(String alias) {
    Matcher note = NOTE.matcher(alias);
    if (!note.matches()) {
      return Optional.empty();
    }
    String before = note.group(1);
    return Optional.of(
        new Loan(
            before == null ? "" : before,
            note.group(2).equals("up"),
            note.group(3).equals("on"),
            note.group(4).equals("on")));
  }

  /**
   * The alias that notes it.
   *
   * @throws IOException if it would be too long
   */
  String note(String device) throws IOException {
    String note =
        (alias.isEmpty() ? "" : alias + " ")
            + "tapdeck holds this NIC; it was "
            + (isUp ? "up" : "down")
            + ", arp "
            + word(hasArp)
            + ", ipv6 "
            + word(hasIpv6);
    if (note.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_ALIAS) {
      throw new IOException(
          "the alias of " + device + " leaves no room to note how it was set: shorten it");
    }
    return note;
  }

  private static String word(boolean on) {
    return on ? "on" : "off";
  }
}
