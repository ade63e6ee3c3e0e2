package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Headers.ABSENT;
import static io.tapdeck.replay.rewrite.Headers.mac;
import static io.tapdeck.replay.rewrite.Headers.u16;
import static io.tapdeck.replay.rewrite.Headers.u8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes what {@link RewriteSettings} say in the headers of a frame, and keeps the checksums in
 * step.
 *
 * <p><b>Checksums</b> are not computed but follow the change (RFC 1624): those of IPv4 headers,
 * TCP, UDP (where 0, which is none, stays 0), UDP-Lite, DCCP, ICMP, ICMPv6 and SCTP, and over IPv6
 * those of OSPF, PIM, VRRP, HIP and mobility headers. A right one is right afterwards, a wrong one
 * wrong by the same amount, also in a frame whose end is missing and in a first fragment. Changing
 * back gives the same bytes, but for a checksum of 0xffff other than UDP's, which no sender
 * computes: it comes back as 0, its equal. On request those of the outer headers are computed
 * instead wherever all that they cover is there; what is a fragment or was cut off only follows.
 *
 * <p><b>Addresses</b> are mapped in the headers of IPv4 and IPv6 (behind VLAN tags, MPLS, PPPoE and
 * SNAP), in IPv4's source routes and IPv6's segment lists (as destinations; recorded routes and
 * time stamps stay), in ARP (sender as source, target as destination), in what neighbour discovery
 * tells of (the target of an advertisement as source, all else as destination; prefixes of router
 * advertisements), in the gateway of an ICMP redirect, and in the packet that an ICMP error is
 * about, which changes as that packet itself changes when it is played: its source as source, and
 * as sent by the other side. Not in tunnels' inner packets, nor in what applications say.
 *
 * <p><b>Ethernet addresses</b> in ARP and neighbour discovery that are the frame's own follow
 * these; others are mapped. A group address is not set to another.
 *
 * <p><b>Ports</b> change in TCP, UDP, UDP-Lite, DCCP and SCTP, in whatever direction; not in a
 * fragment of SCTP, whose checksum could not follow.
 *
 * <p>What is unknown, or cut off before it can be understood, stays as it is.
 */
public final class HeaderRewriter implements FrameRewriter {
  private static final int NO_CHANGE = -1;
  private static final int DSCP_BITS = 0xFC;

  private static final int SOURCE_MAC = 6;

  private static final int ARP_SENDER_MAC = 8;
  private static final int ARP_SENDER = 14;
  private static final int ARP_TARGET_MAC = 18;
  private static final int ARP_TARGET = 24;

  private static final int PORTS_LENGTH = 4;
  private static final int SCTP_CHECKSUM = 8;
  private static final int ICMP_LENGTH = 8;
  private static final int ICMP_GATEWAY = 4;

  private static final int REDIRECT = 5;
  private static final int SMALLEST_QUERY_V6 = 128;
  private static final int ROUTER_SOLICITATION = 133;
  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int NEIGHBOUR_SOLICITATION = 135;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int REDIRECT_V6 = 137;

  private static final int SOURCE_MAC_OPTION = 1;
  private static final int TARGET_MAC_OPTION = 2;
  private static final int PREFIX_OPTION = 3;
  private static final int REDIRECTED_OPTION = 4;

  private static final long SOLICITED_NODE_HIGH = 0xFF02L << 48;
  private static final long SOLICITED_NODE_LOW = 0x1FF;
  private static final int SHIFTED_BITS = 24;

  private final long clientSourceMac;
  private final long clientDestinationMac;
  private final long serverSourceMac;
  private final long serverDestinationMac;
  private final long[] macFrom;
  private final long[] macTo;
  private final boolean changesMacs;

  private final AddressTable sources;
  private final AddressTable destinations;
  private final char @Nullable [] ports;
  private final @Nullable HopLimitChange hopLimit;
  private final int dscp;
  private final @Nullable UniqueAddresses unique;
  private final boolean fixChecksums;
  private final boolean changesPackets;
  private final @Nullable VlanChange vlan;

  private final Headers headers = new Headers();
  private final Headers embedded = new Headers();

  private long sourceMacWas;
  private long sourceMacIs;
  private long destinationMacWas;
  private long destinationMacIs;
  private int shift;

  public HeaderRewriter(RewriteSettings settings) {
    clientSourceMac = bits(settings.sourceMac().client());
    clientDestinationMac = bits(settings.destinationMac().client());
    serverSourceMac = bits(settings.sourceMac().server());
    serverDestinationMac = bits(settings.destinationMac().server());
    macFrom = settings.macs().stream().mapToLong(m -> m.from().bits()).toArray();
    macTo = settings.macs().stream().mapToLong(m -> m.to().bits()).toArray();
    changesMacs =
        macFrom.length > 0
            || !settings.sourceMac().equals(MacPair.NONE)
            || !settings.destinationMac().equals(MacPair.NONE);
    sources = new AddressTable(settings.sources());
    destinations = new AddressTable(settings.destinations());
    ports = settings.ports().isEmpty() ? null : table(settings.ports());
    hopLimit = settings.hopLimit().orElse(null);
    dscp = settings.dscp().map(Dscp::value).orElse(NO_CHANGE);
    unique = settings.unique().orElse(null);
    fixChecksums = settings.fixChecksums();
    changesPackets =
        changesMacs
            || !settings.sources().isEmpty()
            || !settings.destinations().isEmpty()
            || ports != null
            || hopLimit != null
            || dscp != NO_CHANGE
            || unique != null
            || fixChecksums;
    vlan = settings.vlan().orElse(null);
  }

  private static long bits(Optional<MacAddress> address) {
    return address.map(MacAddress::bits).orElse((long) NO_CHANGE);
  }

  private static char[] table(List<PortMapping> mappings) {
    char[] table = new char[PortMapping.LARGEST + 1];
    for (int port = 0; port < table.length; port++) {
      table[port] = (char) port;
    }
    for (PortMapping mapping : mappings.reversed()) {
      for (int port = mapping.first(); port <= mapping.last(); port++) {
        table[port] = (char) mapping.map(port);
      }
    }
    return table;
  }

  @Override
  public int growth() {
    return vlan instanceof VlanChange.Add ? Headers.TAG_LENGTH : 0;
  }

  @Override
  public int rewrite(
      ByteBuffer frame, int offset, int length, long originalLength, Side side, long pass) {
    if (changesPackets) {
      boolean client = side == Side.CLIENT;
      shift = unique == null ? 0 : unique.shift(pass);
      headers.locate(frame, offset, offset + length, originalLength <= length);
      if (changesMacs) {
        rewriteMacs(frame, offset, client);
      }
      switch (headers.network()) {
        case ARP -> rewriteArp(frame, headers.start(), client);
        case IPV4, IPV6 -> {
          rewritePacket(frame, headers, client, true);
          if (fixChecksums) {
            fixChecksums(frame);
          }
        }
        case OTHER -> {}
      }
    }
    return vlan == null ? length : changeTags(vlan, frame, offset, length);
  }

  private void rewriteMacs(ByteBuffer frame, int offset, boolean client) {
    destinationMacWas = mac(frame, offset);
    sourceMacWas = mac(frame, offset + SOURCE_MAC);
    long destination = client ? clientDestinationMac : serverDestinationMac;
    long source = client ? clientSourceMac : serverSourceMac;
    destinationMacIs = changed(destinationMacWas, destination);
    sourceMacIs = changed(sourceMacWas, source);
    put(frame, offset, destinationMacWas, destinationMacIs);
    put(frame, offset + SOURCE_MAC, sourceMacWas, sourceMacIs);
  }

  private long changed(long mac, long set) {
    return set == NO_CHANGE || MacAddress.isGroup(mac) ? mapped(mac) : set;
  }

  private long mapped(long mac) {
    for (int i = 0; i < macFrom.length; i++) {
      if (macFrom[i] == mac) {
        return macTo[i];
      }
    }
    return mac;
  }

  /** Changes an Ethernet address at an even index that the payload tells of. */
  private long rewriteMac(ByteBuffer frame, int at) {
    if (!changesMacs) {
      return 0;
    }
    long was = mac(frame, at);
    long is =
        was == sourceMacWas
            ? sourceMacIs
            : was == destinationMacWas ? destinationMacIs : mapped(was);
    put(frame, at, was, is);
    return was == is ? 0 : Checksum.change64(was, is);
  }

  private static void put(ByteBuffer frame, int at, long was, long is) {
    if (was != is) {
      frame.putShort(at, (short) (is >>> Integer.SIZE));
      frame.putInt(at + Short.BYTES, (int) is);
    }
  }

  private void rewriteArp(ByteBuffer frame, int at, boolean client) {
    rewriteMac(frame, at + ARP_SENDER_MAC);
    rewriteV4(frame, at + ARP_SENDER, sources, sourceShift(client));
    rewriteMac(frame, at + ARP_TARGET_MAC);
    rewriteV4(frame, at + ARP_TARGET, destinations, destinationShift(client));
  }

  private int sourceShift(boolean client) {
    return client || unique == null || unique.whose() == UniqueAddresses.Whose.ALL ? shift : 0;
  }

  private int destinationShift(boolean client) {
    return sourceShift(!client);
  }

  /** Changes an address, and returns the change. */
  private static long rewriteV4(ByteBuffer frame, int at, AddressTable table, int shift) {
    int was = frame.getInt(at);
    int is = shifted(table.map(was), shift);
    if (was == is) {
      return 0;
    }
    frame.putInt(at, is);
    return Checksum.change32(was, is);
  }

  private static int shifted(int address, int shift) {
    int network = address >>> SHIFTED_BITS;
    if (shift == 0 || network == 0 || network == 127 || AddressTable.isSpecial(address)) {
      return address;
    }
    return (address & ~UniqueAddresses.MASK) | ((address + shift) & UniqueAddresses.MASK);
  }

  /** Changes an address at an even index, and returns the change. */
  private static long rewriteV6(ByteBuffer frame, int at, AddressTable table, int shift) {
    long high = frame.getLong(at);
    long low = frame.getLong(at + Long.BYTES);
    int mapping = table.find(high, low);
    long highIs = table.mapHigh(mapping, high);
    long lowIs = shifted(highIs, table.mapLow(mapping, low), shift);
    if (high == highIs && low == lowIs) {
      return 0;
    }
    frame.putLong(at, highIs);
    frame.putLong(at + Long.BYTES, lowIs);
    return Checksum.change64(high, highIs) + Checksum.change64(low, lowIs);
  }

  private static long shifted(long high, long low, int shift) {
    boolean stays =
        high >>> 56 == 0xFF
            ? high != SOLICITED_NODE_HIGH || low >>> SHIFTED_BITS != SOLICITED_NODE_LOW
            : high == 0 && low >>> SHIFTED_BITS == 0;
    return shift == 0 || stays
        ? low
        : (low & ~(long) UniqueAddresses.MASK) | ((low + shift) & UniqueAddresses.MASK);
  }

  /**
   * Changes an IP packet.
   *
   * @param outer whether it is the frame's own, not one that an ICMP error is about
   * @return the change of all its bytes, for a checksum over it
   */
  private long rewritePacket(ByteBuffer frame, Headers ip, boolean client, boolean outer) {
    return ip.network() == Network.IPV4
        ? rewriteIpv4(frame, ip, client, outer)
        : rewriteIpv6(frame, ip, client, outer);
  }

  private long rewriteIpv4(ByteBuffer frame, Headers ip, boolean client, boolean outer) {
    int start = ip.start();
    int destination = start + Headers.V4_DESTINATION;
    int shiftTo = destinationShift(client);
    long pseudo = rewriteV4(frame, start + Headers.V4_SOURCE, sources, sourceShift(client));
    long toDestination = rewriteV4(frame, destination, destinations, shiftTo);
    long header = pseudo + toDestination;
    if (ip.finalDestination() == destination) {
      pseudo += toDestination;
    }
    for (int i = 0; i < ip.routes(); i++) {
      int at = ip.firstRoute() + i * Integer.BYTES;
      long change = rewriteV4(frame, at, destinations, shiftTo);
      // Options begin anywhere.
      header += ((at - start) & 1) == 0 ? change : Checksum.odd(change);
      if (at == ip.finalDestination()) {
        pseudo += change;
      }
    }
    if (outer) {
      header += rewriteService(frame, start, 0) + rewriteHopLimit(frame, start + 8, Byte.SIZE);
    }
    int at = start + Headers.V4_CHECKSUM;
    int was = u16(frame, at);
    int is = Checksum.after(was, header);
    if (was != is) {
      frame.putShort(at, (short) is);
      header += Checksum.change16(was, is);
    }
    return header + rewriteTransport(frame, ip, pseudo, client, outer);
  }

  private long rewriteIpv6(ByteBuffer frame, Headers ip, boolean client, boolean outer) {
    int start = ip.start();
    int destination = start + Headers.V6_DESTINATION;
    int shiftTo = destinationShift(client);
    long pseudo = rewriteV6(frame, start + Headers.V6_SOURCE, sources, sourceShift(client));
    long toDestination = rewriteV6(frame, destination, destinations, shiftTo);
    long header = pseudo + toDestination;
    if (ip.finalDestination() == destination) {
      pseudo += toDestination;
    }
    for (int i = 0; i < ip.routes(); i++) {
      int at = ip.firstRoute() + i * Headers.V6_ADDRESS_LENGTH;
      long change = rewriteV6(frame, at, destinations, shiftTo);
      header += change;
      if (at == ip.finalDestination()) {
        pseudo += change;
      }
    }
    if (outer) {
      header += rewriteService(frame, start, 4);
      header += rewriteHopLimit(frame, start + Headers.V6_NEXT_HEADER, 0);
    }
    return header + rewriteTransport(frame, ip, pseudo, client, outer);
  }

  /**
   * Changes the DSCP in the first 16 bits of a header, which have {@code low} bits after the ECN.
   */
  private long rewriteService(ByteBuffer frame, int at, int low) {
    if (dscp == NO_CHANGE) {
      return 0;
    }
    int was = u16(frame, at);
    int is = (was & ~(DSCP_BITS << low)) | (dscp << (low + 2));
    frame.putShort(at, (short) is);
    return Checksum.change16(was, is);
  }

  /** Changes the time to live, or hop limit, in 16 bits that have {@code low} bits after it. */
  private long rewriteHopLimit(ByteBuffer frame, int at, int low) {
    if (hopLimit == null) {
      return 0;
    }
    int was = u16(frame, at);
    int is = (was & ~(0xFF << low)) | (hopLimit.apply((was >>> low) & 0xFF) << low);
    frame.putShort(at, (short) is);
    return Checksum.change16(was, is);
  }

  private long rewriteTransport(
      ByteBuffer frame, Headers ip, long pseudo, boolean client, boolean outer) {
    int at = ip.transport();
    if (at == ABSENT) {
      return 0;
    }
    int protocol = ip.protocol();
    boolean v6 = ip.network() == Network.IPV6;
    if (protocol == Headers.SCTP) {
      return rewriteSctp(frame, ip, at);
    }
    long change =
        switch (protocol) {
          case Headers.TCP, Headers.UDP, Headers.UDP_LITE, Headers.DCCP ->
              rewritePorts(frame, at, ip.end());
          case Headers.ICMP -> outer && !v6 ? rewriteIcmp(frame, ip, at, client) : 0;
          case Headers.ICMPV6 -> outer && v6 ? rewriteIcmpV6(frame, ip, at, client) : 0;
          default -> 0;
        };
    int checksumOffset = checksumOffset(protocol, v6);
    int field = at + checksumOffset;
    if (checksumOffset == ABSENT || field + Short.BYTES > ip.end()) {
      return change;
    }
    int was = u16(frame, field);
    boolean zeroIsNone = protocol == Headers.UDP || protocol == Headers.UDP_LITE;
    if (zeroIsNone && was == 0) {
      return change;
    }
    int is = Checksum.after(was, change + (coversAddresses(protocol) ? pseudo : 0));
    if (zeroIsNone && is == 0) {
      is = 0xFFFF;
    }
    if (was == is) {
      return change;
    }
    frame.putShort(field, (short) is);
    return change + Checksum.change16(was, is);
  }

  private static int checksumOffset(int protocol, boolean v6) {
    return switch (protocol) {
      case Headers.TCP -> 16;
      case Headers.UDP, Headers.UDP_LITE, Headers.DCCP -> 6;
      case Headers.HIP -> 4;
      case Headers.ICMP, Headers.IGMP -> v6 ? ABSENT : 2;
      case Headers.ICMPV6, Headers.PIM -> v6 ? 2 : ABSENT;
      case Headers.OSPF -> v6 ? 12 : ABSENT;
      case Headers.VRRP -> v6 ? 6 : ABSENT;
      case Headers.MOBILITY -> v6 ? 4 : ABSENT;
      default -> ABSENT;
    };
  }

  private static boolean coversAddresses(int protocol) {
    return protocol != Headers.ICMP && protocol != Headers.IGMP;
  }

  private long rewritePorts(ByteBuffer frame, int at, int end) {
    if (ports == null || at + PORTS_LENGTH > end) {
      return 0;
    }
    int was = frame.getInt(at);
    int is = (ports[was >>> Short.SIZE] << Short.SIZE) | ports[was & 0xFFFF];
    if (was == is) {
      return 0;
    }
    frame.putInt(at, is);
    return Checksum.change32(was, is);
  }

  private long rewriteSctp(ByteBuffer frame, Headers ip, int at) {
    int length = ip.declaredEnd() - at;
    int field = at + SCTP_CHECKSUM;
    if (ip.fragment() || ip.declaredEnd() == ABSENT || at + PORTS_LENGTH > ip.end()) {
      return 0;
    }
    int was = frame.getInt(at);
    long change = rewritePorts(frame, at, ip.end());
    int is = frame.getInt(at);
    if (was == is || field + Integer.BYTES > ip.end()) {
      return change;
    }
    int checksum = frame.getInt(field);
    int changed = checksum ^ Crc32c.change(was ^ is, length);
    frame.putInt(field, changed);
    return change + Checksum.change32(checksum, changed);
  }

  private long rewriteIcmp(ByteBuffer frame, Headers ip, int at, boolean client) {
    if (at + ICMP_LENGTH > ip.end()) {
      return 0;
    }
    return switch (u8(frame, at)) {
      case REDIRECT ->
          rewriteV4(frame, at + ICMP_GATEWAY, destinations, destinationShift(client))
              + rewriteEmbedded(frame, ip, at + ICMP_LENGTH, ip.end(), client);
      case 3, 4, 11, 12 -> rewriteEmbedded(frame, ip, at + ICMP_LENGTH, ip.end(), client);
      default -> 0;
    };
  }

  private long rewriteIcmpV6(ByteBuffer frame, Headers ip, int at, boolean client) {
    if (at + ICMP_LENGTH > ip.end()) {
      return 0;
    }
    int type = u8(frame, at);
    if (type < SMALLEST_QUERY_V6) {
      return rewriteEmbedded(frame, ip, at + ICMP_LENGTH, ip.end(), client);
    }
    int target = at + ICMP_LENGTH;
    int behindTarget = target + Headers.V6_ADDRESS_LENGTH;
    return switch (type) {
      case ROUTER_SOLICITATION -> rewriteOptions(frame, ip, target, client);
      case ROUTER_ADVERTISEMENT -> rewriteOptions(frame, ip, target + 8, client);
      case NEIGHBOUR_SOLICITATION ->
          rewriteTold(frame, ip, target, client, false)
              + rewriteOptions(frame, ip, behindTarget, client);
      case NEIGHBOUR_ADVERTISEMENT ->
          rewriteTold(frame, ip, target, client, true)
              + rewriteOptions(frame, ip, behindTarget, client);
      case REDIRECT_V6 ->
          rewriteTold(frame, ip, target, client, false)
              + rewriteTold(frame, ip, behindTarget, client, false)
              + rewriteOptions(frame, ip, behindTarget + Headers.V6_ADDRESS_LENGTH, client);
      default -> 0;
    };
  }

  private long rewriteTold(ByteBuffer frame, Headers ip, int at, boolean client, boolean own) {
    if (at + Headers.V6_ADDRESS_LENGTH > ip.end()) {
      return 0;
    }
    return own
        ? rewriteV6(frame, at, sources, sourceShift(client))
        : rewriteV6(frame, at, destinations, destinationShift(client));
  }

  /** Options of neighbour discovery (RFC 4861, section 4.6). */
  private long rewriteOptions(ByteBuffer frame, Headers ip, int from, boolean client) {
    long change = 0;
    int at = from;
    while (at + Long.BYTES <= ip.end()) {
      int length = u8(frame, at + 1) * Long.BYTES;
      if (length == 0 || at + length > ip.end()) {
        return change;
      }
      change +=
          switch (u8(frame, at)) {
            case SOURCE_MAC_OPTION, TARGET_MAC_OPTION ->
                length == Long.BYTES ? rewriteMac(frame, at + 2) : 0;
            case PREFIX_OPTION -> length == 32 ? rewriteV6(frame, at + 16, destinations, 0) : 0;
            case REDIRECTED_OPTION ->
                rewriteEmbedded(frame, ip, at + Long.BYTES, at + length, client);
            default -> 0;
          };
      at += length;
    }
    return change;
  }

  /** Changes the packet that an error is about, as it is changed when its sender is played. */
  private long rewriteEmbedded(ByteBuffer frame, Headers ip, int at, int end, boolean client) {
    embedded.locatePacket(frame, at, end, false);
    return embedded.network() == ip.network() ? rewritePacket(frame, embedded, !client, false) : 0;
  }

  private void fixChecksums(ByteBuffer frame) {
    int start = headers.start();
    boolean v6 = headers.network() == Network.IPV6;
    if (!v6 && headers.headerEnd() <= headers.end()) {
      frame.putShort(start + Headers.V4_CHECKSUM, (short) 0);
      int checksum = Checksum.of(Checksum.sum(frame, start, headers.headerEnd()));
      frame.putShort(start + Headers.V4_CHECKSUM, (short) checksum);
    }
    if (headers.transport() != ABSENT && headers.complete() && !headers.fragment()) {
      fixTransport(frame, v6);
    }
  }

  private void fixTransport(ByteBuffer frame, boolean v6) {
    int at = headers.transport();
    int protocol = headers.protocol();
    int length = headers.end() - at;
    if (protocol == Headers.SCTP) {
      int field = at + SCTP_CHECKSUM;
      if (field + Integer.BYTES <= headers.end()) {
        frame.putInt(field, Crc32c.of(frame, at, headers.end(), field));
      }
      return;
    }
    int field = at + checksumOffset(protocol, v6);
    int covered = covered(frame, at, protocol, length);
    if (field < at || field + Short.BYTES > at + covered) {
      return;
    }
    if (protocol == Headers.UDP && u16(frame, field) == 0 && !v6) {
      return;
    }
    frame.putShort(field, (short) 0);
    long sum = Checksum.sum(frame, at, at + covered);
    if (coversAddresses(protocol)) {
      int address = v6 ? Headers.V6_ADDRESS_LENGTH : Integer.BYTES;
      int source = headers.start() + (v6 ? Headers.V6_SOURCE : Headers.V4_SOURCE);
      int destination = headers.finalDestination();
      sum += Checksum.sum(frame, source, source + address);
      sum += Checksum.sum(frame, destination, destination + address);
      sum += protocol + (protocol == Headers.UDP ? covered : length);
    }
    int checksum = Checksum.of(sum);
    boolean zeroIsNone = protocol == Headers.UDP || protocol == Headers.UDP_LITE;
    frame.putShort(field, (short) (zeroIsNone && checksum == 0 ? 0xFFFF : checksum));
  }

  /** How many bytes a checksum covers; none where that makes no sense. */
  private static int covered(ByteBuffer frame, int at, int protocol, int length) {
    return switch (protocol) {
      case Headers.UDP, Headers.UDP_LITE -> {
        int told = length < 8 ? -1 : u16(frame, at + 4);
        yield told == 0 ? length : told >= 8 && told <= length ? told : 0;
      }
      // Partial coverage counts from where the header ends.
      case Headers.DCCP -> length >= 12 && (frame.get(at + 5) & 0xF) == 0 ? length : 0;
      // A register message carries a packet that its checksum leaves out.
      case Headers.PIM -> length >= 8 && (frame.get(at) & 0xF) == 1 ? 8 : length;
      default -> length;
    };
  }

  private static int changeTags(VlanChange change, ByteBuffer frame, int offset, int length) {
    return switch (change) {
      case VlanChange.Add add -> addTag(add.tag(), frame, offset, length);
      case VlanChange.Replace replace -> replaceTag(replace.tag(), frame, offset, length);
      case VlanChange.Remove remove -> removeTags(remove.all(), frame, offset, length);
    };
  }

  private static int addTag(VlanChange.Tag tag, ByteBuffer frame, int offset, int length) {
    int at = offset + Headers.ETHER_TYPE;
    frame.put(at + Headers.TAG_LENGTH, frame, at, length - Headers.ETHER_TYPE);
    int type = tag.type().orElse(VlanChange.TagType.DOT1Q).etherType();
    frame.putInt(at, (type << Short.SIZE) | tag.control());
    return length + Headers.TAG_LENGTH;
  }

  private static int replaceTag(VlanChange.Tag tag, ByteBuffer frame, int offset, int length) {
    int at = offset + Headers.ETHER_TYPE;
    if (length >= Headers.ETHERNET_LENGTH + 2 && Headers.isTag(u16(frame, at))) {
      int type = tag.type().isPresent() ? tag.type().get().etherType() : u16(frame, at);
      int control = (u16(frame, at + 2) & tag.kept()) | tag.control();
      frame.putInt(at, (type << Short.SIZE) | control);
    }
    return length;
  }

  private static int removeTags(boolean all, ByteBuffer frame, int offset, int length) {
    int at = offset + Headers.ETHER_TYPE;
    int removed = 0;
    while (length - removed >= Headers.ETHERNET_LENGTH + Headers.TAG_LENGTH
        && Headers.isTag(u16(frame, at + removed))
        && (all || removed == 0)) {
      removed += Headers.TAG_LENGTH;
    }
    if (removed > 0) {
      frame.put(at, frame, at + removed, length - Headers.ETHER_TYPE - removed);
    }
    return length - removed;
  }
}
