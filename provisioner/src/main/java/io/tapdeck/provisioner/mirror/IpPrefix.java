package io.tapdeck.provisioner.mirror;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses that begin alike.
 *
 * @param address the first of them, as in RFC 5952
 * @param length how many bits are alike
 */
public record IpPrefix(IpVersion version, String address, int length) {
  /**
   * Reads an address or a CIDR block; bits beyond the length are taken as 0.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    IpVersion version = IpVersion.of(address);
    byte[] bytes;
    try {
      bytes = InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException("'" + text + "' is no IP address or prefix", malformed);
    }
    if (bytes.length * Byte.SIZE != version.bits() || address.indexOf('%') >= 0) {
      throw new IllegalArgumentException("'" + text + "' is no IP address or prefix");
    }
    int length = version.bits();
    if (slash >= 0) {
      String bits = text.substring(slash + 1);
      if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > version.bits()) {
        throw new IllegalArgumentException(
            "'" + text + "' has no length of 0 to " + version.bits() + " after the slash");
      }
      length = Integer.parseInt(bits);
    }
    for (int bit = length; bit < version.bits(); bit++) {
      bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    try {
      return new IpPrefix(version, IpText.of(InetAddress.getByAddress(bytes)), length);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address of a right length", impossible);
    }
  }

  /** As it is written: an address alone where it is only one. */
  public String text() {
    return length == version.bits() ? address : address + "/" + length;
  }
}
