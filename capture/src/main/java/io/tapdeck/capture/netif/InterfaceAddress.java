package io.tapdeck.capture.netif;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An address of an interface, as {@code ip addr} writes it: {@code 192.0.2.1/24}. */
final class InterfaceAddress {
  private static final int GROUPS = 8;

  private InterfaceAddress() {}

  /** The address with the length of its prefix, if that is known. */
  static String text(InetAddress address, Optional<InetAddress> netmask) {
    byte[] bytes = address.getAddress();
    String text = bytes.length == 4 ? address.getHostAddress() : canonical(bytes);
    return netmask.map(mask -> text + "/" + ones(mask.getAddress())).orElse(text);
  }

  private static int ones(byte[] mask) {
    int ones = 0;
    for (byte part : mask) {
      ones += Integer.bitCount(part & 0xff);
    }
    return ones;
  }

  /** RFC 5952: lower case, the longest run of zero groups as "::", the first of equal ones. */
  private static String canonical(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 0;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && groups[to] == 0) {
        to++;
      }
      if (to - from > length) {
        start = from;
        length = to - from;
      }
    }
    if (length < 2) {
      return hex(groups, 0, GROUPS);
    }
    return hex(groups, 0, start) + "::" + hex(groups, start + length, GROUPS);
  }

  private static String hex(int[] groups, int from, int to) {
    List<String> parts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      parts.add(Integer.toHexString(groups[i]));
    }
    return String.join(":", parts);
  }
}
