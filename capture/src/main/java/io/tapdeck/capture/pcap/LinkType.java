package io.tapdeck.capture.pcap;

/**
 * What the frames of a capture begin with: a LINKTYPE number as pcap and pcapng files hold it, see
 * <a href="https://www.tcpdump.org/linktypes.html">the registry</a>.
 *
 * @param number 0 to 65535; numbers that nobody knows are kept as they are
 */
public record LinkType(int number) {
  /** BSD loopback: an address family in the byte order of the capturing machine. */
  public static final LinkType NULL = new LinkType(0);

  /** Ethernet, from destination address to payload, without the frame check sequence. */
  public static final LinkType ETHERNET = new LinkType(1);

  /** An IPv4 or IPv6 packet with nothing before it. */
  public static final LinkType RAW = new LinkType(101);

  /** IEEE 802.11. */
  public static final LinkType IEEE802_11 = new LinkType(105);

  /** Linux "cooked" capture, what the interface "any" gives. */
  public static final LinkType LINUX_SLL = new LinkType(113);

  /** IEEE 802.11 after a radiotap header. */
  public static final LinkType IEEE802_11_RADIOTAP = new LinkType(127);

  /** Linux "cooked" capture, version 2. */
  public static final LinkType LINUX_SLL2 = new LinkType(276);

  private static final int DLT_ATM_RFC1483 = 11;
  private static final int LINKTYPE_ATM_RFC1483 = 100;
  private static final int DLT_RAW = 12;
  private static final int LINKTYPE_RAW = 101;

  private static final int LARGEST = 0xFFFF;

  public LinkType {
    if (number < 0 || number > LARGEST) {
      throw new IllegalArgumentException("a link type is between 0 and 65535, not " + number);
    }
  }

  /**
   * The link type that a file names for what libpcap calls {@code dlt} ({@code pcap_datalink} on
   * Linux). The two number spaces differ for a few old types only.
   */
  public static LinkType ofDlt(int dlt) {
    return switch (dlt) {
      case DLT_RAW -> RAW;
      case DLT_ATM_RFC1483 -> new LinkType(LINKTYPE_ATM_RFC1483);
      default -> new LinkType(dlt);
    };
  }

  /** What libpcap calls it on Linux, where {@link #ofDlt} is the way back. */
  public int toDlt() {
    return switch (number) {
      case LINKTYPE_RAW -> DLT_RAW;
      case LINKTYPE_ATM_RFC1483 -> DLT_ATM_RFC1483;
      default -> number;
    };
  }

  /** The name for people, such as {@code Ethernet}, or {@code link type 147}. */
  @Override
  public String toString() {
    return switch (number) {
      case 0 -> "BSD loopback";
      case 1 -> "Ethernet";
      case 9 -> "PPP";
      case 101 -> "raw IP";
      case 105 -> "802.11";
      case 108 -> "OpenBSD loopback";
      case 113 -> "Linux cooked";
      case 127 -> "802.11 with radiotap";
      case 228 -> "raw IPv4";
      case 229 -> "raw IPv6";
      case 276 -> "Linux cooked v2";
      default -> "link type " + number;
    };
  }
}
