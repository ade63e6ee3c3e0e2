package io.tapdeck.provisioner.plan;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The names of what we make: the same for the same thing on every run, and at most the 15
 * characters that Linux allows. An id may be anything that its maker chose, so names hold a hash of
 * all of it.
 */
public final class InterfaceNames {
  /** What the names of our veth ends on {@code brtap} begin with. */
  public static final String VETH_PREFIX = "tpv-";

  /** What is left of the 15 characters after a prefix of four. */
  private static final int HASH_DIGITS = 11;

  private InterfaceNames() {}

  /** A service's tap NIC. */
  public static String tapNic(UUID service) {
    return "tap-" + hash(service.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The end on {@code brtap} of a veth pair whose other end is a service's tap NIC. */
  static String vethPort(UUID service) {
    return VETH_PREFIX + hash(service.toString().getBytes(StandardCharsets.US_ASCII));
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

  /** The tunnel to another host: its IPv4 address in hexadecimal, or a hash of a longer one. */
  static String tunnel(String remoteIp) {
    byte[] address = InetAddress.ofLiteral(remoteIp).getAddress();
    return "tdr-" + (address.length == 4 ? HexFormat.of().formatHex(address) : hash(address));
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
