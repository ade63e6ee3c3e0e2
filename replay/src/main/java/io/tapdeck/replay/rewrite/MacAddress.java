package io.tapdeck.replay.rewrite;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * An Ethernet address (IEEE 802, EUI-48).
 *
 * @param bits the six bytes, the first one highest: 0 to 2^48 - 1
 */
public record MacAddress(long bits) {
  private static final Pattern FORM =
      Pattern.compile("\\p{XDigit}{2}([:-])\\p{XDigit}{2}(\\1\\p{XDigit}{2}){4}");

  private static final long GROUP_BIT = 1L << 40;

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("an Ethernet address has 48 bits");
    }
  }

  /**
   * Reads six bytes in hexadecimal, with colons or hyphens between them.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static MacAddress parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an Ethernet address: write six bytes, such as 02:00:5e:10:00:01");
    }
    return new MacAddress(HexFormat.fromHexDigitsToLong(text.replaceAll("[:-]", "")));
  }

  /** Whether it is one of a group of stations, as the broadcast address is. */
  public boolean isGroup() {
    return isGroup(bits);
  }

  static boolean isGroup(long bits) {
    return (bits & GROUP_BIT) != 0;
  }

  @Override
  public String toString() {
    return HexFormat.ofDelimiter(":")
        .formatHex(
            new byte[] {
              (byte) (bits >> 40),
              (byte) (bits >> 32),
              (byte) (bits >> 24),
              (byte) (bits >> 16),
              (byte) (bits >> 8),
              (byte) bits
            });
  }
}
