package io.tapdeck.replay.rewrite;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291), or one address.
 *
 * @param v6 whether they are of IPv6
 * @param high the first 64 bits of an IPv6 address; 0 for IPv4
 * @param low the last 64 bits of an IPv6 address; an IPv4 address
 * @param length how many bits are the same, 0 to 32 or 128; the bits after them are 0
 */
public record Prefix(boolean v6, long high, long low, int length) {
  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");

  /** With brackets around the address, or around all of it as tcprewrite has it. */
  private static final Pattern BRACKETS =
      Pattern.compile("\\[([^\\[\\]]*:[^\\[\\]]*)](/\\d{1,3})?");

  private static final Pattern DOTTED =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  private static final int V4_BITS = 32;
  private static final int V6_BITS = 128;
  private static final long MAPPED = 0xFFFF_0000_0000L;

  public Prefix {
    int bits = v6 ? V6_BITS : V4_BITS;
    if (length < 0 || length > bits) {
      throw new IllegalArgumentException(
          "a prefix of IPv" + (v6 ? 6 : 4) + " has 0 to " + bits + " bits, not " + length);
    }
    if ((high & ~highMask(v6, length)) != 0 || (low & ~lowMask(v6, length)) != 0) {
      throw new IllegalArgumentException(
          "%s has bits set after its first %d; write %s"
              .formatted(
                  text(v6, high, low) + "/" + length,
                  length,
                  text(v6, high & highMask(v6, length), low & lowMask(v6, length)) + "/" + length));
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address without a length, which is all
   * of it. An IPv6 address may have brackets around it.
   *
   * @throws IllegalArgumentException if it is none, or has bits set after the prefix; the message
   *     is for people
   */
  public static Prefix parse(String text) {
    Matcher brackets = BRACKETS.matcher(text);
    Matcher form =
        FORM.matcher(
            brackets.matches()
                ? brackets.group(1) + Objects.requireNonNullElse(brackets.group(2), "")
                : text);
    if (!form.matches()) {
      throw refusal(text);
    }
    String address = form.group(1);
    boolean v6 = address.indexOf(':') >= 0;
    int length = form.group(2) == null ? (v6 ? V6_BITS : V4_BITS) : Integer.parseInt(form.group(2));
    if (!v6) {
      return new Prefix(false, 0, dotted(address, text), length);
    }
    byte[] bytes = literal(address, text);
    if (bytes.length == Integer.BYTES) {
      // What Java makes of an IPv4-mapped address.
      return new Prefix(
          true, 0, MAPPED | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()), length);
    }
    ByteBuffer read = ByteBuffer.wrap(bytes);
    return new Prefix(true, read.getLong(), read.getLong(), length);
  }

  /** The same, several with commas between them. */
  public static List<Prefix> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(Prefix::parse).toList();
  }

  private static long dotted(String address, String text) {
    Matcher parts = DOTTED.matcher(address);
    if (!parts.matches()) {
      throw refusal(text);
    }
    long bits = 0;
    for (int part = 1; part <= Integer.BYTES; part++) {
      int value = Integer.parseInt(parts.group(part));
      if (value > 0xFF) {
        throw refusal(text);
      }
      bits = (bits << Byte.SIZE) | value;
    }
    return bits;
  }

  private static byte[] literal(String address, String text) {
    try {
      return Inet6Address.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException e) {
      IllegalArgumentException refusal = refusal(text);
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a prefix: write one such as 10.0.0.0/8 or 2001:db8::/32");
  }

  /** Whether an IPv4 address is one of these. */
  boolean contains(int address) {
    return !v6 && (Integer.toUnsignedLong(address) & lowMask()) == low;
  }

  /** Whether an IPv6 address is one of these. */
  boolean contains(long addressHigh, long addressLow) {
    return v6 && (addressHigh & highMask()) == high && (addressLow & lowMask()) == low;
  }

  /** Ones where the first 64 bits of an IPv6 address belong to the prefix. */
  long highMask() {
    return highMask(v6, length);
  }

  /** Ones where the last 64 bits of an IPv6 address, or an IPv4 address, belong to the prefix. */
  long lowMask() {
    return lowMask(v6, length);
  }

  private static long highMask(boolean v6, int length) {
    return v6 ? ones(Math.min(length, Long.SIZE)) : 0;
  }

  private static long lowMask(boolean v6, int length) {
    return v6 ? ones(Math.max(length - Long.SIZE, 0)) : ones(length) >>> V4_BITS;
  }

  private static long ones(int count) {
    return count == 0 ? 0 : -1L << (Long.SIZE - count);
  }

  @Override
  public String toString() {
    return text(v6, high, low) + "/" + length;
  }

  private static String text(boolean v6, long high, long low) {
    try {
      byte[] bytes =
          v6
              ? ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array()
              : ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array();
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
