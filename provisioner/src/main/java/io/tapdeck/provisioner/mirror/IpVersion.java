package io.tapdeck.provisioner.mirror;

/** The two versions of IP. */
public enum IpVersion {
  IPV4("IPv4", 32),
  IPV6("IPv6", 128);

  private final String word;
  private final int bits;

  IpVersion(String word, int bits) {
    this.word = word;
    this.bits = bits;
  }

  /** The version that an address is of. */
  public static IpVersion of(String address) {
    return address.indexOf(':') < 0 ? IPV4 : IPV6;
  }

  /** Its name. */
  public String word() {
    return word;
  }

  /** The length of an address. */
  public int bits() {
    return bits;
  }
}
