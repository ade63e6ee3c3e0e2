package io.tapdeck.replay.rewrite;

import java.util.Arrays;
import java.util.List;

/** An Ethernet address that becomes another one, wherever it is found. */
public record MacMapping(MacAddress from, MacAddress to) {
  /**
   * Reads {@code OLD=NEW}, several with commas between them.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static List<MacMapping> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(MacMapping::parse).toList();
  }

  private static MacMapping parse(String text) {
    String[] sides = text.split("=", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' maps no Ethernet address: write OLD=NEW, such as"
              + " 02:00:5e:10:00:01=02:00:5e:10:00:02");
    }
    return new MacMapping(MacAddress.parse(sides[0]), MacAddress.parse(sides[1]));
  }

  @Override
  public String toString() {
    return from + "=" + to;
  }
}
