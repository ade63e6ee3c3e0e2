package io.tapdeck.replay.rewrite;

import java.util.Arrays;
import java.util.List;

/**
 * Addresses that become others: the bits of the one prefix are replaced by those of the other, the
 * bits after the latter stay. Where the prefixes are of different lengths, either bits of the
 * address stay that have been compared, or several addresses become the same.
 *
 * <p>Multicast, broadcast and unspecified addresses stay as they are, unless {@code from} has none
 * but them: who maps {@code 0.0.0.0/0} means hosts.
 *
 * @param to of the same family as {@code from}
 */
public record AddressMapping(Prefix from, Prefix to) {
  public AddressMapping {
    if (from.v6() != to.v6()) {
      throw new IllegalArgumentException(
          "'"
              + from
              + "="
              + to
              + "' is of IPv4 and IPv6; an address stays in its family: write two of the same");
    }
  }

  /**
   * Reads {@code PREFIX=PREFIX}, several with commas between them.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static List<AddressMapping> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(AddressMapping::parse).toList();
  }

  private static AddressMapping parse(String text) {
    String[] sides = text.split("=", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "'" + text + "' maps no addresses: write OLD=NEW, such as 10.0.0.0/8=172.0.0.0/8");
    }
    return new AddressMapping(Prefix.parse(sides[0]), Prefix.parse(sides[1]));
  }

  @Override
  public String toString() {
    return from + "=" + to;
  }
}
