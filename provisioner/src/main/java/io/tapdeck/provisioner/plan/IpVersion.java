package io.tapdeck.provisioner.plan;

/** The two versions of IP, as OpenFlow matches are written for them. */
public enum IpVersion {
  IPV4("ip", "nw_", 1),
  IPV6("ipv6", "ipv6_", 2);

  private final String word;
  private final String field;
  private final int conjunction;

  IpVersion(String word, String field, int conjunction) {
    this.word = word;
    this.field = field;
    this.conjunction = conjunction;
  }

  /** The version that an address is of. */
  static IpVersion of(String address) {
    return address.indexOf(':') < 0 ? IPV4 : IPV6;
  }

  String word() {
    return word;
  }

  int conjunction() {
    return conjunction;
  }

  String guardPrefix() {
    return "priority=300," + word + "," + field;
  }

  String guardSuffix(int half) {
    return ",nw_proto="
        + BrtapFlow.GRE
        + ",actions=conjunction("
        + conjunction
        + ","
        + half
        + "/2)";
  }
}
