package io.tapdeck.capture.dissect;

import io.tapdeck.capture.pcap.LinkType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the headers of packets: Ethernet, VLAN and QinQ tags, MPLS, ARP, IPv4 and IPv6 with
 * extension headers and fragments, the ports of TCP, UDP, SCTP, DCCP and UDP-Lite; and what is
 * inside of GRE (Ethernet, IP, ERSPAN I to III), VXLAN, Geneve, IP in IP and Ethernet in IP.
 *
 * <p>Any bytes may come: nothing is thrown, each step goes forward, and there are bounds to all
 * ({@link Headers}). What is cut short, or makes no sense, tells of what is before that. Nothing is
 * allocated for a packet. Not for two threads at once.
 */
public final class Dissector {
  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // What comes next: an EtherType, or one of these.
  private static final int NOTHING = -1;
  private static final int ETHERNET = -2;
  private static final int IP_OF_ANY_VERSION = -3;

  private static final int TYPE_IPV4 = 0x0800;
  private static final int TYPE_ARP = 0x0806;
  private static final int TYPE_ETHERNET = 0x6558;
  private static final int TYPE_VLAN = 0x8100;
  private static final int TYPE_IPV6 = 0x86DD;
  private static final int TYPE_MPLS = 0x8847;
  private static final int TYPE_MPLS_MULTICAST = 0x8848;
  private static final int TYPE_SERVICE_VLAN = 0x88A8;
  private static final int TYPE_ERSPAN_III = 0x22EB;
  private static final int TYPE_ERSPAN_II = 0x88BE;
  private static final int TYPE_LLDP = 0x88CC;
  private static final int TYPE_OLD_QINQ = 0x9100;

  private static final int ETHERNET_LENGTH = 14;
  private static final int ETHERNET_TYPE = 12;
  private static final int TAG_LENGTH = 4;
  private static final int VLAN_MASK = 0xFFF;

  private static final int MOST_LABELS = 16;

  private static final int SLL_LENGTH = 16;
  private static final int SLL_TYPE = 14;
  private static final int SLL2_LENGTH = 20;
  private static final int FAMILY_LENGTH = 4;

  private static final int IPV4_LENGTH = 20;
  private static final int IPV6_LENGTH = 40;
  private static final int FRAGMENT_MASK = 0x1FFF;
  private static final int FRAGMENT = 44;
  private static final int MOST_EXTENSIONS = 16;

  private static final int UDP_LENGTH = 8;
  private static final int PORT_VXLAN = 4789;
  private static final int PORT_VXLAN_OLD = 8472;
  private static final int PORT_GENEVE = 6081;

  private final Headers headers = new Headers();
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /** Where the next header begins, and the packet, or what a length says of it, ends. */
  private int at;

  private int end;
  private int next;

  /**
   * Reads a packet's headers.
   *
   * @param frames holds the packet, in any byte order; absolute reads are made
   * @param offset index of its first byte
   * @param captureLength bytes that are there
   * @param linkType the number of what it begins with; of others than Ethernet, raw IP, Linux
   *     cooked (both versions) and BSD loopback nothing is known
   * @return what was found, always the same object
   * @throws IndexOutOfBoundsException if it is not within the buffer
   */
  public Headers dissect(ByteBuffer frames, int offset, int captureLength, int linkType) {
    if (offset < 0 || captureLength < 0 || captureLength > frames.capacity() - offset) {
      throw new IndexOutOfBoundsException(offset + " + " + captureLength);
    }
    headers.clear();
    bytes = frames;
    at = offset;
    end = offset + captureLength;
    begin(linkType);
    while (next != NOTHING) {
      step();
    }
    return headers;
  }

  private void begin(int linkType) {
    if (linkType == LinkType.ETHERNET.number()) {
      next = ETHERNET;
    } else if (linkType == LinkType.LINUX_SLL.number() && has(SLL_LENGTH)) {
      next = unsignedShort(at + SLL_TYPE);
      at += SLL_LENGTH;
    } else if (linkType == LinkType.LINUX_SLL2.number() && has(SLL2_LENGTH)) {
      next = unsignedShort(at);
      at += SLL2_LENGTH;
    } else if (linkType == LinkType.NULL.number()
        || linkType == LinkType.OPENBSD_LOOPBACK.number()) {
      // The family has other numbers on each system; the version of IP is the same on all.
      at += FAMILY_LENGTH;
      next = IP_OF_ANY_VERSION;
    } else if (linkType == LinkType.RAW.number()
        || linkType == LinkType.IPV4.number()
        || linkType == LinkType.IPV6.number()) {
      next = IP_OF_ANY_VERSION;
    } else {
      next = NOTHING;
    }
  }

  /** Reads one header, and finds out what follows it. Always goes forward, or ends. */
  private void step() {
    switch (next) {
      case ETHERNET -> ethernet();
      case IP_OF_ANY_VERSION -> next = version();
      case TYPE_IPV4 -> ipv4();
      case TYPE_IPV6 -> ipv6();
      case TYPE_ARP -> arp();
      case TYPE_VLAN, TYPE_SERVICE_VLAN, TYPE_OLD_QINQ -> tag();
      case TYPE_MPLS, TYPE_MPLS_MULTICAST -> mpls();
      case TYPE_LLDP -> {
        headers.mark(Protocol.LLDP);
        next = NOTHING;
      }
      default -> next = NOTHING;
    }
  }

  private void ethernet() {
    if (!has(ETHERNET_LENGTH)) {
      next = NOTHING;
      return;
    }
    next = unsignedShort(at + ETHERNET_TYPE);
    at += ETHERNET_LENGTH;
  }

  private void tag() {
    if (!has(TAG_LENGTH) || !headers.addVlan(unsignedShort(at) & VLAN_MASK)) {
      next = NOTHING;
      return;
    }
    next = unsignedShort(at + 2);
    at += TAG_LENGTH;
  }

  private void mpls() {
    headers.mark(Protocol.MPLS);
    boolean bottom = false;
    for (int i = 0; i < MOST_LABELS && !bottom && has(TAG_LENGTH); i++) {
      bottom = (bytes.get(at + 2) & 1) != 0;
      at += TAG_LENGTH;
    }
    next = NOTHING;
    if (bottom && has(1)) {
      next = version();
      if (next == NOTHING && bytes.get(at) >>> 4 == 0) {
        // The control word of a pseudowire (RFC 4385) is before an Ethernet frame.
        at += TAG_LENGTH;
        next = ETHERNET;
      }
    }
  }

  private int version() {
    if (!has(1)) {
      return NOTHING;
    }
    return switch ((bytes.get(at) >>> 4) & 0xF) {
      case 4 -> TYPE_IPV4;
      case 6 -> TYPE_IPV6;
      default -> NOTHING;
    };
  }

  private void arp() {
    next = NOTHING;
    // Of Ethernet and IPv4: other addresses are not told of.
    headers.mark(Protocol.ARP);
    if (has(28)
        && unsignedShort(at + 2) == TYPE_IPV4
        && bytes.get(at + 4) == 6
        && bytes.get(at + 5) == 4) {
      boolean _ =
          headers.addNetwork(4, Protocol.ARP, 0, unsignedInt(at + 14), 0, unsignedInt(at + 24));
    }
  }

  private void ipv4() {
    next = NOTHING;
    if (!has(IPV4_LENGTH) || ((bytes.get(at) >>> 4) & 0xF) != 4) {
      return;
    }
    int protocol = unsignedByte(at + 9);
    headers.mark(Protocol.IPV4);
    if (!headers.addNetwork(4, protocol, 0, unsignedInt(at + 12), 0, unsignedInt(at + 16))) {
      return;
    }
    int length = (bytes.get(at) & 0xF) * Integer.BYTES;
    int total = unsignedShort(at + 2);
    boolean isFirst = (unsignedShort(at + 6) & FRAGMENT_MASK) == 0;
    if (total != 0) {
      // What follows is padding. 0 is what a sender's segmentation offload leaves.
      end = Math.min(end, at + total);
    }
    at += length;
    if (length >= IPV4_LENGTH && isFirst && at <= end) {
      carried(protocol);
    }
  }

  private void ipv6() {
    next = NOTHING;
    if (!has(IPV6_LENGTH) || ((bytes.get(at) >>> 4) & 0xF) != 6) {
      return;
    }
    long sourceHigh = (long) LONG.get(bytes, at + 8);
    long sourceLow = (long) LONG.get(bytes, at + 16);
    long destinationHigh = (long) LONG.get(bytes, at + 24);
    long destinationLow = (long) LONG.get(bytes, at + 32);
    int protocol = unsignedByte(at + 6);
    int payload = unsignedShort(at + 4);
    at += IPV6_LENGTH;
    if (payload != 0) {
      end = Math.min(end, at + payload);
    }
    boolean isFirst = true;
    for (int i = 0; i < MOST_EXTENSIONS && isExtension(protocol) && has(8); i++) {
      int following = unsignedByte(at);
      int units = unsignedByte(at + 1);
      if (protocol == FRAGMENT) {
        isFirst = unsignedShort(at + 2) >>> 3 == 0;
        at += 8;
      } else if (protocol == Protocol.AUTHENTICATION) {
        at += (units + 2) * Integer.BYTES;
      } else {
        at += (units + 1) * Long.BYTES;
      }
      protocol = following;
      if (!isFirst) {
        break;
      }
    }
    headers.mark(Protocol.IPV6);
    if (headers.addNetwork(6, protocol, sourceHigh, sourceLow, destinationHigh, destinationLow)
        && isFirst) {
      carried(protocol);
    }
  }

  private static boolean isExtension(int protocol) {
    return switch (protocol) {
      case 0, 43, FRAGMENT, Protocol.AUTHENTICATION, 60, 135, 139, 140 -> true;
      default -> false;
    };
  }

  /** What an IP header carries. */
  private void carried(int protocol) {
    switch (protocol) {
      case Protocol.TCP, Protocol.SCTP, Protocol.DCCP, Protocol.UDP_LITE -> ports();
      case Protocol.UDP -> {
        ports();
        udp();
      }
      case Protocol.IPV4_IN_IP -> next = TYPE_IPV4;
      case Protocol.IPV6_IN_IP -> next = TYPE_IPV6;
      case Protocol.GRE -> gre();
      case Protocol.MPLS_IN_IP -> next = TYPE_MPLS;
      case Protocol.ETHERNET_IN_IP -> {
        at += 2;
        next = ETHERNET;
      }
      case Protocol.AUTHENTICATION -> authentication();
      default -> {}
    }
  }

  private void ports() {
    if (has(4)) {
      headers.setPorts(unsignedShort(at), unsignedShort(at + 2));
    }
  }

  /** Of IPv4; IPv6 has it among its extensions. */
  private void authentication() {
    if (has(8)) {
      int protocol = unsignedByte(at);
      at += (unsignedByte(at + 1) + 2) * Integer.BYTES;
      if (protocol != Protocol.AUTHENTICATION) {
        headers.setProtocol(protocol);
        carried(protocol);
      }
    }
  }

  private void udp() {
    if (!has(UDP_LENGTH + 8)) {
      return;
    }
    int port = unsignedShort(at + 2);
    int header = at + UDP_LENGTH;
    if (port == PORT_VXLAN || port == PORT_VXLAN_OLD) {
      // Without its flag the network identifier is none (RFC 7348).
      if ((bytes.get(header) & 0x08) != 0) {
        headers.mark(Protocol.VXLAN);
        headers.addKey(unsignedInt(header + 4) >>> Byte.SIZE);
        at = header + 8;
        next = ETHERNET;
      }
    } else if (port == PORT_GENEVE && (bytes.get(header) & 0xC0) == 0) {
      headers.mark(Protocol.GENEVE);
      headers.addKey(unsignedInt(header + 4) >>> Byte.SIZE);
      at = header + 8 + (bytes.get(header) & 0x3F) * Integer.BYTES;
      next = carriedType(unsignedShort(header + 2));
    }
  }

  private void gre() {
    if (!has(4)) {
      return;
    }
    int flags = unsignedShort(at);
    int type = unsignedShort(at + 2);
    boolean hasChecksum = (flags & 0x8000) != 0;
    boolean hasRouting = (flags & 0x4000) != 0;
    boolean hasKey = (flags & 0x2000) != 0;
    boolean hasSequence = (flags & 0x1000) != 0;
    if ((flags & 7) != 0 || hasRouting) {
      return;
    }
    at += hasChecksum ? 8 : 4;
    if (hasKey) {
      if (!has(4)) {
        return;
      }
      headers.addKey(unsignedInt(at));
      at += 4;
    }
    if (hasSequence) {
      at += 4;
    }
    switch (type) {
      case TYPE_ERSPAN_II -> erspan(hasSequence ? 8 : 0);
      case TYPE_ERSPAN_III -> erspan(12);
      default -> next = carriedType(type);
    }
  }

  /** An EtherType, as tunnels give it; Ethernet itself has one there. */
  private static int carriedType(int type) {
    return type == TYPE_ETHERNET ? ETHERNET : type;
  }

  /**
   * Of type I there is no header, of type II one of 8 bytes, of type III one of 12 or 20; see
   * draft-foschiano-erspan.
   */
  private void erspan(int length) {
    next = NOTHING;
    if (!has(0)) {
      return;
    }
    headers.mark(Protocol.ERSPAN);
    next = ETHERNET;
    if (length == 0) {
      return;
    }
    if (!has(length)) {
      next = NOTHING;
      return;
    }
    int vlan = unsignedShort(at) & VLAN_MASK;
    if (vlan != 0) {
      boolean _ = headers.addVlan(vlan);
    }
    headers.addKey(unsignedShort(at + 2) & 0x3FF);
    if (length == 12) {
      int last = unsignedShort(at + 10);
      boolean hasPlatformHeader = (last & 1) != 0;
      int frameType = (last >>> 10) & 0x1F;
      at += hasPlatformHeader ? 20 : 12;
      next = frameType == 0 ? ETHERNET : frameType == 2 ? IP_OF_ANY_VERSION : NOTHING;
    } else {
      at += length;
    }
  }

  private boolean has(int length) {
    return end - at >= length;
  }

  private int unsignedByte(int index) {
    return Byte.toUnsignedInt(bytes.get(index));
  }

  private int unsignedShort(int index) {
    return Short.toUnsignedInt((short) SHORT.get(bytes, index));
  }

  private long unsignedInt(int index) {
    return Integer.toUnsignedLong((int) INT.get(bytes, index));
  }
}
