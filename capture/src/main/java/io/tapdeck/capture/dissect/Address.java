package io.tapdeck.capture.dissect;

import java.net.Inet6Address;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address.
 *
 * @param version 4 or 6
 * @param high the first 64 bits, 0 for version 4
 * @param low the last 64 bits, of which version 4 has 32
 */
public record Address(int version, long high, long low) {
  /** Bits of an address. */
  public static final int BITS_V4 = 32;

  /** Bits of an address. */
  public static final int BITS_V6 = 128;

  private static final int LONGEST = 45;
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final long LOW_32 = 0xFFFF_FFFFL;
  private static final long MAPPED = 0xFFFFL << 32;
  private static final int GROUPS = 8;
  private static final int GROUP_BITS = 16;
  private static final int GROUP_MASK = 0xFFFF;
  private static final int BYTE_MASK = 0xFF;

  public Address {
    if (version != 4 && version != 6) {
      throw new IllegalArgumentException("an IP address is of version 4 or 6, not " + version);
    }
    if (version == 4 && (high != 0 || low >>> BITS_V4 != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  /** Of 32 bits. */
  public static Address ofV4(int bits) {
    return new Address(4, 0, Integer.toUnsignedLong(bits));
  }

  /** Of 128 bits. */
  public static Address ofV6(long high, long low) {
    return new Address(6, high, low);
  }

  /** Reads an address, never a name; empty if it is none. */
  public static Optional<Address> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    if (V4.matcher(text).matches()) {
      return parseV4(text);
    }
    if (!V6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
      if (bytes.length == Integer.BYTES) {
        return Optional.of(ofV6(0, MAPPED | bits(bytes, 0, Integer.BYTES)));
      }
      return Optional.of(ofV6(bits(bytes, 0, Long.BYTES), bits(bytes, Long.BYTES, Long.BYTES)));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  private static Optional<Address> parseV4(String text) {
    int bits = 0;
    int from = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      int dot = text.indexOf('.', from);
      int part = Integer.parseInt(text, from, dot < 0 ? text.length() : dot, 10);
      if (part > BYTE_MASK) {
        return Optional.empty();
      }
      bits = (bits << Byte.SIZE) | part;
      from = dot + 1;
    }
    return Optional.of(ofV4(bits));
  }

  private static long bits(byte[] bytes, int from, int count) {
    long bits = 0;
    for (int i = from; i < from + count; i++) {
      bits = (bits << Byte.SIZE) | (bytes[i] & BYTE_MASK);
    }
    return bits;
  }

  /** How many bits it has. */
  public int bits() {
    return version == 4 ? BITS_V4 : BITS_V6;
  }

  /** For people: dotted, or as in RFC 5952. */
  @Override
  public String toString() {
    if (version == 4) {
      return "%d.%d.%d.%d"
          .formatted(
              (low >> 24) & BYTE_MASK,
              (low >> 16) & BYTE_MASK,
              (low >> 8) & BYTE_MASK,
              low & BYTE_MASK);
    }
    if (high == 0 && low >>> BITS_V4 == GROUP_MASK) {
      return "::ffff:" + ofV4((int) (low & LOW_32));
    }
    int run = longestRun();
    int length = run < 0 ? 0 : runAt(run);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == run) {
        text.append("::");
        i += length - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int group(int index) {
    int inHalf = index % (GROUPS / 2);
    long half = index < GROUPS / 2 ? high : low;
    return (int) (half >>> (Long.SIZE - GROUP_BITS * (inHalf + 1))) & GROUP_MASK;
  }

  /** Where the longest run of at least two zero groups begins; -1 if there is none. */
  private int longestRun() {
    int longest = -1;
    for (int i = 0; i < GROUPS; i++) {
      int length = runAt(i);
      if (length > 1 && (longest < 0 || length > runAt(longest))) {
        longest = i;
      }
    }
    return longest;
  }

  private int runAt(int index) {
    int length = 0;
    while (index + length < GROUPS && group(index + length) == 0) {
      length++;
    }
    return length;
  }
}
