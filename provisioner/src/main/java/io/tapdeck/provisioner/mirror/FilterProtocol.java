package io.tapdeck.provisioner.mirror;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A protocol that a filter rule may ask for.
 *
 * @param word its name, or its number where it has none
 * @param number of the IP protocol; -1 for ARP
 */
public record FilterProtocol(String word, int number) {
  /** The number of what is no IP protocol. */
  public static final int ARP = -1;

  private static final int ICMP = 1;
  private static final int ICMP6 = 58;

  private static final Map<String, Integer> NAMES =
      Map.of("arp", ARP, "icmp", ICMP, "tcp", 6, "udp", 17, "gre", 47, "icmp6", ICMP6, "sctp", 132);

  private static final Set<String> PORTED = Set.of("tcp", "udp", "sctp");

  /**
   * Reads a name or a number.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static FilterProtocol parse(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    Integer number = NAMES.get(word);
    if (number != null) {
      return new FilterProtocol(word, number);
    }
    if (!word.matches("[0-9]{1,3}") || Integer.parseInt(word) > 255) {
      throw new IllegalArgumentException(
          "'" + text + "' is no protocol: give arp, icmp, icmp6, tcp, udp, sctp, gre or a number");
    }
    int value = Integer.parseInt(word);
    for (Map.Entry<String, Integer> known : NAMES.entrySet()) {
      if (known.getValue() == value) {
        return new FilterProtocol(known.getKey(), value);
      }
    }
    return new FilterProtocol(Integer.toString(value), value);
  }

  /** Whether its packets have ports. */
  public boolean hasPorts() {
    return PORTED.contains(word);
  }

  /** Whether there are packets of it in that version of IP. */
  public boolean isOf(IpVersion version) {
    return switch (number) {
      case ARP, ICMP -> version == IpVersion.IPV4;
      case ICMP6 -> version == IpVersion.IPV6;
      default -> true;
    };
  }
}
