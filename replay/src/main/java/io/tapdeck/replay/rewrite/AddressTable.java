package io.tapdeck.replay.rewrite;

import java.util.List;

/** Mappings of addresses, in arrays: looked through for each frame, allocating nothing. */
final class AddressTable {
  /** The index of no mapping. */
  static final int NONE = -1;

  private static final Prefix MULTICAST_V4 = Prefix.parse("224.0.0.0/4");
  private static final Prefix MULTICAST_V6 = Prefix.parse("ff00::/8");

  private final int[] from4;
  private final int[] mask4;
  private final int[] to4;
  private final int[] kept4;
  private final boolean[] special4;

  private final long[] fromHigh;
  private final long[] fromLow;
  private final long[] maskHigh;
  private final long[] maskLow;
  private final long[] toHigh;
  private final long[] toLow;
  private final long[] keptHigh;
  private final long[] keptLow;
  private final boolean[] special6;

  AddressTable(List<AddressMapping> mappings) {
    List<AddressMapping> v4 = mappings.stream().filter(m -> !m.from().v6()).toList();
    from4 = v4.stream().mapToInt(m -> (int) m.from().low()).toArray();
    mask4 = v4.stream().mapToInt(m -> (int) m.from().lowMask()).toArray();
    to4 = v4.stream().mapToInt(m -> (int) m.to().low()).toArray();
    kept4 = v4.stream().mapToInt(m -> ~(int) m.to().lowMask()).toArray();
    special4 = special(v4);

    List<AddressMapping> v6 = mappings.stream().filter(m -> m.from().v6()).toList();
    fromHigh = v6.stream().mapToLong(m -> m.from().high()).toArray();
    fromLow = v6.stream().mapToLong(m -> m.from().low()).toArray();
    maskHigh = v6.stream().mapToLong(m -> m.from().highMask()).toArray();
    maskLow = v6.stream().mapToLong(m -> m.from().lowMask()).toArray();
    toHigh = v6.stream().mapToLong(m -> m.to().high()).toArray();
    toLow = v6.stream().mapToLong(m -> m.to().low()).toArray();
    keptHigh = v6.stream().mapToLong(m -> ~m.to().highMask()).toArray();
    keptLow = v6.stream().mapToLong(m -> ~m.to().lowMask()).toArray();
    special6 = special(v6);
  }

  private static boolean[] special(List<AddressMapping> mappings) {
    boolean[] special = new boolean[mappings.size()];
    for (int i = 0; i < special.length; i++) {
      Prefix from = mappings.get(i).from();
      special[i] =
          from.v6()
              ? isSpecial(from.high(), from.low())
                  && from.length() >= (from.high() == 0 ? 128 : MULTICAST_V6.length())
              : isSpecial((int) from.low())
                  && from.length()
                      >= (MULTICAST_V4.contains((int) from.low()) ? MULTICAST_V4.length() : 32);
    }
    return special;
  }

  /** Whether an address is of nobody or of many. */
  static boolean isSpecial(int address) {
    return address == 0 || address == -1 || address >>> 28 == 0xE;
  }

  /** The same for IPv6. */
  static boolean isSpecial(long high, long low) {
    return high >>> 56 == 0xFF || (high | low) == 0;
  }

  /** What becomes of an address. */
  int map(int address) {
    for (int i = 0; i < from4.length; i++) {
      if ((address & mask4[i]) == from4[i]) {
        if (special4[i] || !isSpecial(address)) {
          return (address & kept4[i]) | to4[i];
        }
      }
    }
    return address;
  }

  /** The first mapping that holds for an address, or {@link #NONE}. */
  int find(long high, long low) {
    for (int i = 0; i < fromHigh.length; i++) {
      if ((high & maskHigh[i]) == fromHigh[i] && (low & maskLow[i]) == fromLow[i]) {
        if (special6[i] || !isSpecial(high, low)) {
          return i;
        }
      }
    }
    return NONE;
  }

  /** What becomes of the first half of an address by a mapping. */
  long mapHigh(int mapping, long high) {
    return mapping == NONE ? high : (high & keptHigh[mapping]) | toHigh[mapping];
  }

  /** The same for the second half. */
  long mapLow(int mapping, long low) {
    return mapping == NONE ? low : (low & keptLow[mapping]) | toLow[mapping];
  }
}
