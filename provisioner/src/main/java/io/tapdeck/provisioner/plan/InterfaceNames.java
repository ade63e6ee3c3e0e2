package io.tapdeck.provisioner.plan;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The names of what we make: the same for the same thing on every run, and at most the 15
 * characters that Linux allows.
 */
public final class InterfaceNames {
  /** What the names of our veth ends on {@code brtap} begin with. */
  public static final String VETH_PREFIX = "tpv-";

  private InterfaceNames() {}

  /** A service's tap NIC. */
  public static String tapNic(UUID service) {
    return "tap-" + service.toString().substring(0, 8);
  }

  /** The end on {@code brtap} of a veth pair whose other end is a service's tap NIC. */
  static String vethPort(UUID service) {
    return VETH_PREFIX + service.toString().substring(0, 8);
  }

  /** A group's patch port on the bridge that is mirrored. */
  static String groupSource(long key) {
    return "tdg-" + Long.toHexString(key) + "s";
  }

  /** A group's patch port on {@code brtap}. */
  static String groupTap(long key) {
    return "tdg-" + Long.toHexString(key) + "t";
  }

  /** A group's Mirror. */
  static String mirror(long key) {
    return "tapdeck-" + Long.toHexString(key);
  }

  /** The tunnel to another host: its IPv4 address in hexadecimal, or a checksum of a longer one. */
  static String tunnel(String remoteIp) {
    byte[] address;
    try {
      address = InetAddress.ofLiteral(remoteIp).getAddress();
    } catch (IllegalArgumentException notAnAddress) {
      address = remoteIp.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
    if (address.length == 4) {
      return "tdr-" + HexFormat.of().formatHex(address);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(address);
    return "tdr-" + HexFormat.of().toHexDigits((int) checksum.getValue());
  }
}
