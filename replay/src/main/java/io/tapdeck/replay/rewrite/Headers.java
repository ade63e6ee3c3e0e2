package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;

/**
 * Where the headers of a frame are. Looked for anew in each frame; what it says holds until the
 * next. Every length is checked against the frame's end before what it leads to is read, and each
 * step leads on, so that the time it takes is bounded by the frame's length.
 *
 * <p>Behind the Ethernet header there may be VLAN tags, MPLS labels, a PPPoE session's header or
 * LLC with SNAP, as many as there are; tunnels (IP in IP, GRE, VXLAN, ...) are not looked into.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
final class Headers {
  /** Where something is that is not there. */
  static final int ABSENT = -1;

  static final int ETHERNET_LENGTH = 14;
  static final int ETHER_TYPE = 12;
  static final int TAG_LENGTH = 4;
  static final int MAC_LENGTH = 6;

  static final int V4_LENGTH = 20;
  static final int V4_TOTAL_LENGTH = 2;
  static final int V4_FRAGMENT = 6;
  static final int V4_PROTOCOL = 9;
  static final int V4_CHECKSUM = 10;
  static final int V4_SOURCE = 12;
  static final int V4_DESTINATION = 16;

  static final int V6_LENGTH = 40;
  static final int V6_PAYLOAD_LENGTH = 4;
  static final int V6_NEXT_HEADER = 6;
  static final int V6_HOP_LIMIT = 7;
  static final int V6_SOURCE = 8;
  static final int V6_DESTINATION = 24;
  static final int V6_ADDRESS_LENGTH = 16;

  static final int ARP_LENGTH = 28;

  static final int HOP_BY_HOP = 0;
  static final int ICMP = 1;
  static final int IGMP = 2;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int DCCP = 33;
  static final int ROUTING = 43;
  static final int FRAGMENT = 44;
  static final int AUTHENTICATION = 51;
  static final int ICMPV6 = 58;
  static final int DESTINATION_OPTIONS = 60;
  static final int OSPF = 89;
  static final int PIM = 103;
  static final int VRRP = 112;
  static final int SCTP = 132;
  static final int MOBILITY = 135;
  static final int UDP_LITE = 136;
  static final int HIP = 139;

  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int FRAGMENT_OFFSET = 0x1FFF;
  private static final int LOOSE_SOURCE_ROUTE = 131;
  private static final int STRICT_SOURCE_ROUTE = 137;
  private static final int TYPE_0_ROUTE = 0;
  private static final int TYPE_2_ROUTE = 2;
  private static final int SEGMENT_ROUTE = 4;

  private static final int LARGEST_LLC_LENGTH = 1500;
  private static final long ARP_FOR_IPV4 = 0x0001_0800_0604L;
  private static final long SNAP = 0xAAAA_0300_0000L;

  private Network network = Network.OTHER;
  private int start;
  private int end;
  private int declaredEnd;
  private boolean complete;
  private int headerEnd;
  private int protocol;
  private int transport;
  private boolean fragment;
  private int finalDestination;
  private int routes;
  private int firstRoute;

  /** What the frame carries. */
  Network network() {
    return network;
  }

  /** Index of the header of IPv4, IPv6 or ARP. */
  int start() {
    return start;
  }

  /** Index behind the last byte that is there and belongs to the packet: padding does not. */
  int end() {
    return end;
  }

  /** Index behind the packet's last byte, there or not; {@link #ABSENT} if nobody knows. */
  int declaredEnd() {
    return declaredEnd;
  }

  /** Whether the packet is there to its end. */
  boolean complete() {
    return complete;
  }

  /** Index behind the IPv4 header with its options, which may be behind {@link #end}. */
  int headerEnd() {
    return headerEnd;
  }

  /** The protocol of {@link #transport}, where there is one. */
  int protocol() {
    return protocol;
  }

  /**
   * Index of the header of the protocol above IP; {@link #ABSENT} in any fragment but the first,
   * where it is missing, or where something comes before it that is cut off.
   */
  int transport() {
    return transport;
  }

  /** Whether it is a part of a packet only, the first or a later one. */
  boolean fragment() {
    return fragment;
  }

  /**
   * Index of the address that the checksum above IP covers as destination: with a source route that
   * has not been gone to its end, its end (RFC 1122, section 3.2.1.8; RFC 8200, section 8.1).
   */
  int finalDestination() {
    return finalDestination;
  }

  /** How many addresses there are in the source route. */
  int routes() {
    return routes;
  }

  /** Index of the first address of the source route; the others follow. */
  int firstRoute() {
    return firstRoute;
  }

  /**
   * Looks at an Ethernet frame.
   *
   * @param to index behind its last byte, {@value #ETHERNET_LENGTH} or more behind {@code from}
   * @param whole whether the frame ended there when it was captured
   */
  void locate(ByteBuffer frame, int from, int to, boolean whole) {
    forget();
    int type = u16(frame, from + ETHER_TYPE);
    int at = from + ETHERNET_LENGTH;
    while (isTag(type)) {
      if (at + TAG_LENGTH > to) {
        return;
      }
      type = u16(frame, at + 2);
      at += TAG_LENGTH;
    }
    if (type <= LARGEST_LLC_LENGTH) {
      locateInLlc(frame, at, Math.min(to, at + type), whole || at + type <= to);
    } else {
      locate(frame, type, at, to, whole);
    }
  }

  private void locate(ByteBuffer frame, int type, int at, int to, boolean whole) {
    switch (type) {
      case 0x0800 -> locateV4(frame, at, to, whole);
      case 0x86DD -> locateV6(frame, at, to, whole);
      case 0x0806 -> locateArp(frame, at, to);
      case 0x8847, 0x8848 -> locateBehindLabels(frame, at, to, whole);
      case 0x8864 -> locateInPppoe(frame, at, to, whole);
      default -> {}
    }
  }

  /** LLC (IEEE 802.2) with SNAP and an Ethernet type (RFC 1042). */
  private void locateInLlc(ByteBuffer frame, int at, int to, boolean whole) {
    if (at + Long.BYTES <= to && frame.getLong(at) >>> Short.SIZE == SNAP) {
      locate(frame, u16(frame, at + 6), at + Long.BYTES, to, whole);
    }
  }

  /** MPLS (RFC 3032): what follows the last label is IP if it looks so. */
  private void locateBehindLabels(ByteBuffer frame, int first, int to, boolean whole) {
    int at = first;
    boolean last = false;
    while (!last) {
      if (at + TAG_LENGTH > to) {
        return;
      }
      last = (frame.get(at + 2) & 1) != 0;
      at += TAG_LENGTH;
    }
    locatePacket(frame, at, to, whole);
  }

  /** PPPoE (RFC 2516): six bytes, then PPP's protocol. */
  private void locateInPppoe(ByteBuffer frame, int at, int to, boolean whole) {
    int inside = at + 8;
    if (inside > to || u16(frame, at) != 0x1100) {
      return;
    }
    int declared = at + 6 + u16(frame, at + 4);
    boolean there = whole || declared <= to;
    switch (u16(frame, at + 6)) {
      case 0x0021 -> locateV4(frame, inside, Math.min(to, declared), there);
      case 0x0057 -> locateV6(frame, inside, Math.min(to, declared), there);
      default -> {}
    }
  }

  /**
   * Looks at an IP packet.
   *
   * @param to index behind its last byte, or behind what may come after it
   * @param whole whether nothing is missing behind {@code to}
   */
  void locatePacket(ByteBuffer frame, int at, int to, boolean whole) {
    forget();
    switch (at < to ? u8(frame, at) >>> 4 : 0) {
      case 4 -> locateV4(frame, at, to, whole);
      case 6 -> locateV6(frame, at, to, whole);
      default -> {}
    }
  }

  private void forget() {
    network = Network.OTHER;
    transport = ABSENT;
    fragment = false;
    routes = 0;
    complete = false;
  }

  private void locateArp(ByteBuffer frame, int at, int to) {
    if (at + ARP_LENGTH <= to && frame.getLong(at) >>> Short.SIZE == ARP_FOR_IPV4) {
      network = Network.ARP;
      start = at;
      end = at + ARP_LENGTH;
    }
  }

  private void locateV4(ByteBuffer frame, int at, int to, boolean whole) {
    if (at + V4_LENGTH > to || u8(frame, at) >>> 4 != 4) {
      return;
    }
    int headerLength = (u8(frame, at) & 0xF) << 2;
    if (headerLength < V4_LENGTH) {
      return;
    }
    network = Network.IPV4;
    start = at;
    headerEnd = at + headerLength;
    finalDestination = at + V4_DESTINATION;
    // Where the sender's device was to cut it into packets, no length has been filled in.
    int totalLength = u16(frame, at + V4_TOTAL_LENGTH);
    setEnd(to, totalLength == 0, at + totalLength, whole);
    int fragmentation = u16(frame, at + V4_FRAGMENT);
    fragment = (fragmentation & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
    if (headerEnd > end) {
      return;
    }
    if (headerLength > V4_LENGTH) {
      locateSourceRoute(frame, at + V4_LENGTH);
    }
    if ((fragmentation & FRAGMENT_OFFSET) == 0) {
      locateTransport(frame, u8(frame, at + V4_PROTOCOL), headerEnd, false);
    }
  }

  private void locateSourceRoute(ByteBuffer frame, int options) {
    int at = options;
    while (at < headerEnd) {
      int type = u8(frame, at);
      if (type == 0) {
        return;
      }
      if (type == 1) {
        at++;
        continue;
      }
      if (at + 2 > headerEnd) {
        return;
      }
      int length = u8(frame, at + 1);
      if (length < 2 || at + length > headerEnd) {
        return;
      }
      boolean route = type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE;
      if (route && length >= 7 && (length - 3) % Integer.BYTES == 0) {
        firstRoute = at + 3;
        routes = (length - 3) / Integer.BYTES;
        if (u8(frame, at + 2) <= length) {
          finalDestination = at + length - Integer.BYTES;
        }
        return;
      }
      at += length;
    }
  }

  private void locateV6(ByteBuffer frame, int at, int to, boolean whole) {
    if (at + V6_LENGTH > to || u8(frame, at) >>> 4 != 6) {
      return;
    }
    network = Network.IPV6;
    start = at;
    headerEnd = at + V6_LENGTH;
    finalDestination = at + V6_DESTINATION;
    // 0 of what is longer than can be said, or was to be cut by the sender's device.
    int payloadLength = u16(frame, at + V6_PAYLOAD_LENGTH);
    setEnd(to, payloadLength == 0, headerEnd + payloadLength, whole);
    locateTransport(frame, u8(frame, at + V6_NEXT_HEADER), headerEnd, true);
  }

  private void setEnd(int to, boolean undeclared, int declared, boolean whole) {
    end = undeclared ? to : Math.min(to, declared);
    complete = undeclared ? whole : declared <= to;
    declaredEnd = !undeclared ? declared : whole ? to : ABSENT;
  }

  /** Goes from one header to the next one (RFC 8200, section 4; RFC 4302). */
  private void locateTransport(ByteBuffer frame, int first, int from, boolean v6) {
    int next = first;
    int at = from;
    while (true) {
      boolean extension =
          next == AUTHENTICATION
              || (v6
                  && (next == HOP_BY_HOP
                      || next == ROUTING
                      || next == FRAGMENT
                      || next == DESTINATION_OPTIONS));
      if (!extension) {
        protocol = next;
        transport = at <= end ? at : ABSENT;
        return;
      }
      if (at + Long.BYTES > end) {
        return;
      }
      int length =
          switch (next) {
            case AUTHENTICATION -> (u8(frame, at + 1) + 2) * Integer.BYTES;
            case FRAGMENT -> Long.BYTES;
            default -> (u8(frame, at + 1) + 1) * Long.BYTES;
          };
      if (at + length > end) {
        return;
      }
      if (next == FRAGMENT) {
        int fragmentation = u16(frame, at + 2);
        fragment |= (fragmentation & 0xFFF9) != 0;
        if ((fragmentation & 0xFFF8) != 0) {
          return;
        }
      } else if (next == ROUTING && routes == 0) {
        locateSegments(frame, at, length);
      }
      next = u8(frame, at);
      at += length;
    }
  }

  /** RFC 2460, section 4.4; RFC 6275, section 6.4; RFC 8754, section 2. */
  private void locateSegments(ByteBuffer frame, int at, int length) {
    int type = u8(frame, at + 2);
    int left = u8(frame, at + 3);
    int room = (length - Long.BYTES) / V6_ADDRESS_LENGTH;
    int count =
        switch (type) {
          case TYPE_0_ROUTE -> room;
          case TYPE_2_ROUTE -> Math.min(room, 1);
          case SEGMENT_ROUTE -> u8(frame, at + 4) + 1;
          default -> 0;
        };
    if (count == 0 || count > room || left > count) {
      return;
    }
    routes = count;
    firstRoute = at + Long.BYTES;
    if (left > 0) {
      // Segments are listed from the last one on.
      int last = type == SEGMENT_ROUTE ? 0 : count - 1;
      finalDestination = firstRoute + last * V6_ADDRESS_LENGTH;
    }
  }

  /** Whether an Ethernet type is that of a VLAN tag. */
  static boolean isTag(int type) {
    return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
  }

  static int u8(ByteBuffer frame, int at) {
    return frame.get(at) & 0xFF;
  }

  static int u16(ByteBuffer frame, int at) {
    return frame.getShort(at) & 0xFFFF;
  }

  /** The Ethernet address at an index. */
  static long mac(ByteBuffer frame, int at) {
    return ((long) u16(frame, at) << Integer.SIZE) | (frame.getInt(at + 2) & 0xFFFF_FFFFL);
  }
}
