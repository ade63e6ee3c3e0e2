package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.FilterAddress;
import io.tapdeck.provisioner.mirror.FilterProtocol;
import io.tapdeck.provisioner.mirror.FilterRule;
import io.tapdeck.provisioner.mirror.IpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A filter rule as OpenFlow matches. */
final class RuleMatch {
  /** What Open vSwitch takes for the protocol of a later fragment: that of the fragment header. */
  private static final int IPV6_FRAGMENT = 44;

  private RuleMatch() {}

  /**
   * The matches that together are the rule's.
   *
   * @param also a condition on registers
   */
  static List<String> of(FilterRule rule, String also) {
    Optional<FilterProtocol> protocol = rule.protocol();
    Optional<IpVersion> version =
        rule.source()
            .flatMap(FilterAddress::version)
            .or(() -> rule.destination().flatMap(FilterAddress::version));
    if (protocol.isEmpty() && version.isEmpty()) {
      return List.of(also);
    }
    if (protocol.filter(known -> known.number() == FilterProtocol.ARP).isPresent()) {
      return List.of(
          "arp," + also + prefix("arp_spa", rule.source()) + prefix("arp_tpa", rule.destination()));
    }
    List<String> matches = new ArrayList<>();
    for (IpVersion each : IpVersion.values()) {
      boolean asked = version.map(each::equals).orElse(true);
      if (asked && protocol.map(known -> known.isOf(each)).orElse(true)) {
        add(matches, rule, each, also);
      }
    }
    return matches;
  }

  private static void add(List<String> matches, FilterRule rule, IpVersion version, String also) {
    boolean v4 = version == IpVersion.IPV4;
    String addresses =
        prefix(v4 ? "nw_src" : "ipv6_src", rule.source())
            + prefix(v4 ? "nw_dst" : "ipv6_dst", rule.destination());
    String start = word(rule.protocol(), v4) + "," + also + addresses + number(rule.protocol(), v4);
    String ports = port("tp_src", rule.source()) + port("tp_dst", rule.destination());
    matches.add(start + ports);
    if (!rule.accept()) {
      return;
    }
    // Later fragments have no ports, and those of IPv6 do not even say of which protocol they are;
    // those of an accepted packet must not be missing.
    if (v4 && !ports.isEmpty()) {
      matches.add(start + ",nw_frag=later");
    } else if (!v4 && rule.protocol().isPresent()) {
      matches.add("ipv6," + also + addresses + ",nw_proto=" + IPV6_FRAGMENT + ",nw_frag=later");
    }
  }

  /** How Open vSwitch names the packets of a protocol; not all have a name of their own. */
  private static String word(Optional<FilterProtocol> protocol, boolean v4) {
    String any = v4 ? "ip" : "ipv6";
    return protocol
        .map(known ->
            switch (known.word()) {
              case "tcp", "udp", "sctp" -> v4 ? known.word() : known.word() + "6";
              case "icmp", "icmp6" -> known.word();
              default -> any;
            })
        .orElse(any);
  }

  private static String number(Optional<FilterProtocol> protocol, boolean v4) {
    return word(protocol, v4).startsWith("ip") && protocol.isPresent()
        ? ",nw_proto=" + protocol.get().number()
        : "";
  }

  private static String prefix(String field, Optional<FilterAddress> address) {
    return address
        .flatMap(FilterAddress::prefix)
        .filter(prefix -> prefix.length() > 0)
        .map(prefix -> "," + field + "=" + prefix.text())
        .orElse("");
  }

  private static String port(String field, Optional<FilterAddress> address) {
    return address
        .flatMap(FilterAddress::port)
        .map(number -> "," + field + "=" + number)
        .orElse("");
  }
}
