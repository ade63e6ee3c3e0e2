package io.tapdeck.provisioner.mirror;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** The one way to write an address: dotted, or as in RFC 5952; so does Open vSwitch. */
public final class IpText {
  private static final int GROUPS = 8;

  private IpText() {}

  /** The address as text, without a scope. */
  public static String of(InetAddress address) {
    return address instanceof Inet6Address version6 ? text(version6) : address.getHostAddress();
  }

  /** In lower case, with the first of the longest runs of two or more zero groups left out. */
  private static String text(Inet6Address address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = Short.toUnsignedInt(bytes.getShort());
    }
    int start = -1;
    int length = 1;
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
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
