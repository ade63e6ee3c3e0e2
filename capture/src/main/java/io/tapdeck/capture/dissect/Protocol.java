package io.tapdeck.capture.dissect;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A protocol that a packet can have: an IP protocol by its number, or one of some that have none.
 *
 * @param number 0 to 255 for IP protocols, see <a
 *     href="https://www.iana.org/assignments/protocol-numbers">the registry</a>; above, a number of
 *     ours, which indexes hold
 */
public record Protocol(int number) {
  /** The IP protocols are below. */
  static final int IP_PROTOCOLS = 256;

  /** All numbers are below, so that a set of them is some bits. */
  public static final int COUNT = 320;

  static final int ICMP = 1;
  static final int IPV4_IN_IP = 4;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int DCCP = 33;
  static final int IPV6_IN_IP = 41;
  static final int GRE = 47;
  static final int AUTHENTICATION = 51;
  static final int ETHERNET_IN_IP = 97;
  static final int SCTP = 132;
  static final int UDP_LITE = 136;
  static final int MPLS_IN_IP = 137;

  static final int ARP = IP_PROTOCOLS;
  static final int IPV4 = IP_PROTOCOLS + 1;
  static final int IPV6 = IP_PROTOCOLS + 2;
  static final int MPLS = IP_PROTOCOLS + 3;
  static final int VXLAN = IP_PROTOCOLS + 4;
  static final int GENEVE = IP_PROTOCOLS + 5;
  static final int ERSPAN = IP_PROTOCOLS + 6;
  static final int LLDP = IP_PROTOCOLS + 7;

  private static final Map<String, Integer> NAMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("icmp", ICMP),
              Map.entry("igmp", 2),
              Map.entry("ipip", IPV4_IN_IP),
              Map.entry("tcp", TCP),
              Map.entry("udp", UDP),
              Map.entry("dccp", DCCP),
              Map.entry("6in4", IPV6_IN_IP),
              Map.entry("gre", GRE),
              Map.entry("esp", 50),
              Map.entry("ah", AUTHENTICATION),
              Map.entry("icmp6", 58),
              Map.entry("ospf", 89),
              Map.entry("pim", 103),
              Map.entry("vrrp", 112),
              Map.entry("sctp", SCTP),
              Map.entry("udplite", UDP_LITE),
              Map.entry("arp", ARP),
              Map.entry("ip", IPV4),
              Map.entry("ip6", IPV6),
              Map.entry("mpls", MPLS),
              Map.entry("vxlan", VXLAN),
              Map.entry("geneve", GENEVE),
              Map.entry("erspan", ERSPAN),
              Map.entry("lldp", LLDP)));

  public Protocol {
    if (number < 0 || number >= COUNT) {
      throw new IllegalArgumentException("a protocol is between 0 and 255, not " + number);
    }
  }

  /** Names that can be asked for, in the order of the alphabet. */
  public static Iterable<String> names() {
    return NAMES.keySet();
  }

  /** The protocol of a name, whatever its case, or of an IP protocol's number in decimal. */
  public static Optional<Protocol> parse(String text) {
    if (text.matches("\\d{1,3}")) {
      int number = Integer.parseInt(text);
      return number < IP_PROTOCOLS ? Optional.of(new Protocol(number)) : Optional.empty();
    }
    return Optional.ofNullable(NAMES.get(text.toLowerCase(Locale.ROOT))).map(Protocol::new);
  }

  /** Its name, or its number if it has none. */
  @Override
  public String toString() {
    return NAMES.entrySet().stream()
        .filter(named -> named.getValue() == number)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Integer.toString(number));
  }
}
