package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Headers.ABSENT;
import static io.tapdeck.replay.rewrite.Headers.u16;
import static io.tapdeck.replay.rewrite.Headers.u8;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Decides which side a frame comes from, by the frame as it was captured, in one pass, so that
 * nothing has to be read before it can be played.
 *
 * <ul>
 *   <li>By <b>prefixes</b>: by the source address of IPv4 and IPv6, the sender's of ARP. A frame
 *       with neither comes from a client.
 *   <li>By <b>port</b> (TCP, UDP, UDP-Lite, DCCP, SCTP): who has the lower one is the server. Of
 *       equal ports, and where there are none, by address: who has the lower one is the client; but
 *       who asks for an ICMP echo is a client and who answers a server, an ICMP error comes from
 *       the side that the packet it is about did not come from, and who sends to a group is a
 *       client.
 *   <li><b>Automatically</b>: as before, but who sends TCP's SYN is the client of the conversation
 *       from there on, and who sends SYN and ACK the server; of two ports from 1024 on, which tell
 *       little, who sends first over UDP, UDP-Lite or DCCP is the client, and who sends SCTP's
 *       INIT. Conversations are remembered, the {@value #CONVERSATIONS} or so seen last. A fragment
 *       without a port comes from the side that the two hosts' conversation decided about last has
 *       it come from, if it is remembered.
 * </ul>
 *
 * <p>{@code tcpprep --cidr} and {@code --port} decide by source prefix and by ports below 1024;
 * {@code --auto} calls a whole host a client or a server after it has read all files, where this
 * decides for each conversation, so that a host can be both.
 *
 * <p>Not for use by two threads at once; allocates nothing per frame.
 */
public final class Sides {
  /** Conversations that are remembered. */
  static final int CONVERSATIONS = 1 << 16;

  private static final int WAYS = 4;
  private static final int SERVICES = 1024;

  private static final int SYN = 0x02;
  private static final int ACK = 0x10;
  private static final int SCTP_INIT = 1;
  private static final int SCTP_INIT_ACK = 2;
  private static final int SCTP_CHUNK = 12;

  private static final int ARP_SENDER = 14;
  private static final int ARP_TARGET = 24;

  private final SideSplit split;
  private final AddressSet prefixes;
  private final Headers headers = new Headers();
  private final Headers embedded = new Headers();

  /** A fingerprint of the conversation, with the lowest bit telling whose side the client is on. */
  private final long[] remembered;

  public Sides(SideSplit split) {
    this.split = split;
    this.prefixes =
        new AddressSet(
            switch (split) {
              case SideSplit.Servers servers -> servers.prefixes();
              case SideSplit.Clients clients -> clients.prefixes();
              case SideSplit.None none -> List.of();
              case SideSplit.Ports ports -> List.of();
              case SideSplit.Automatic automatic -> List.of();
            });
    this.remembered = new long[split instanceof SideSplit.Automatic ? CONVERSATIONS : 0];
  }

  /**
   * The side that a frame comes from.
   *
   * @param frame big-endian memory; only absolute reads are made
   * @param offset index of the first byte
   * @param length bytes that are there, at least an Ethernet header
   */
  public Side of(ByteBuffer frame, int offset, int length) {
    if (split instanceof SideSplit.None) {
      return Side.CLIENT;
    }
    headers.locate(frame, offset, offset + length, false);
    if (headers.network() == Network.OTHER) {
      return Side.CLIENT;
    }
    return switch (split) {
      case SideSplit.None none -> Side.CLIENT;
      case SideSplit.Servers servers -> hasSourceAmongPrefixes(frame) ? Side.SERVER : Side.CLIENT;
      case SideSplit.Clients clients -> hasSourceAmongPrefixes(frame) ? Side.CLIENT : Side.SERVER;
      case SideSplit.Ports ports -> side(fromClient(frame, headers, false));
      case SideSplit.Automatic automatic -> side(fromClient(frame, headers, true));
    };
  }

  private static Side side(boolean client) {
    return client ? Side.CLIENT : Side.SERVER;
  }

  private boolean hasSourceAmongPrefixes(ByteBuffer frame) {
    int start = headers.start();
    return switch (headers.network()) {
      case IPV4 -> prefixes.contains(frame.getInt(start + Headers.V4_SOURCE));
      case IPV6 ->
          prefixes.contains(
              frame.getLong(start + Headers.V6_SOURCE),
              frame.getLong(start + Headers.V6_SOURCE + Long.BYTES));
      case ARP -> prefixes.contains(frame.getInt(start + ARP_SENDER));
      case OTHER -> false;
    };
  }

  private boolean fromClient(ByteBuffer frame, Headers at, boolean remember) {
    int transport = at.transport();
    boolean icmp =
        transport != ABSENT
            && transport + Long.BYTES <= at.end()
            && at.protocol() == (at.network() == Network.IPV6 ? Headers.ICMPV6 : Headers.ICMP);
    if (icmp) {
      return fromIcmpClient(frame, at, transport, remember);
    }
    if (transport != ABSENT && transport + Integer.BYTES <= at.end() && hasPorts(at.protocol())) {
      return remember ? fromRememberedClient(frame, at) : fromClientByPort(frame, at);
    }
    if (remember && at.network() != Network.ARP) {
      long hosts = fingerprint(frame, at, false);
      int place = find(hosts);
      if (place != ABSENT) {
        return isLowerClient(place) == isLower(frame, at);
      }
    }
    return fromClientByAddress(frame, at);
  }

  private boolean fromIcmpClient(ByteBuffer frame, Headers at, int transport, boolean remember) {
    boolean v6 = at.network() == Network.IPV6;
    int type = u8(frame, transport);
    if (type == (v6 ? 128 : 8)) {
      return true;
    }
    if (type == (v6 ? 129 : 0)) {
      return false;
    }
    boolean error =
        v6 ? type < 128 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    if (error && at == headers) {
      embedded.locatePacket(frame, transport + Long.BYTES, at.end(), false);
      if (embedded.network() == at.network()) {
        return !fromClient(frame, embedded, remember);
      }
    }
    return fromClientByAddress(frame, at);
  }

  private static boolean hasPorts(int protocol) {
    return switch (protocol) {
      case Headers.TCP, Headers.UDP, Headers.UDP_LITE, Headers.DCCP, Headers.SCTP -> true;
      default -> false;
    };
  }

  private static boolean fromClientByPort(ByteBuffer frame, Headers at) {
    int source = u16(frame, at.transport());
    int destination = u16(frame, at.transport() + 2);
    return source == destination ? fromClientByAddress(frame, at) : source > destination;
  }

  private static boolean fromClientByAddress(ByteBuffer frame, Headers at) {
    int start = at.start();
    return switch (at.network()) {
      case IPV4 ->
          AddressTable.isSpecial(frame.getInt(start + Headers.V4_DESTINATION))
              || isLower(frame, at);
      case IPV6 ->
          AddressTable.isSpecial(
                  frame.getLong(start + Headers.V6_DESTINATION),
                  frame.getLong(start + Headers.V6_DESTINATION + Long.BYTES))
              || isLower(frame, at);
      case ARP, OTHER -> isLower(frame, at);
    };
  }

  /** Whether the source address is below the destination address. */
  private static boolean isLower(ByteBuffer frame, Headers at) {
    return compareAddresses(frame, at) < 0;
  }

  private static int compareAddresses(ByteBuffer frame, Headers at) {
    int start = at.start();
    return switch (at.network()) {
      case IPV4 -> compare(frame, start + Headers.V4_SOURCE, start + Headers.V4_DESTINATION);
      case ARP -> compare(frame, start + ARP_SENDER, start + ARP_TARGET);
      case IPV6 -> {
        int source = start + Headers.V6_SOURCE;
        int destination = start + Headers.V6_DESTINATION;
        int first = Long.compareUnsigned(frame.getLong(source), frame.getLong(destination));
        yield first != 0
            ? first
            : Long.compareUnsigned(
                frame.getLong(source + Long.BYTES), frame.getLong(destination + Long.BYTES));
      }
      case OTHER -> 0;
    };
  }

  private static int compare(ByteBuffer frame, int one, int other) {
    return Integer.compareUnsigned(frame.getInt(one), frame.getInt(other));
  }

  private boolean fromRememberedClient(ByteBuffer frame, Headers at) {
    // A host that talks with itself is told apart by port.
    int source = u16(frame, at.transport());
    int destination = u16(frame, at.transport() + 2);
    int order = compareAddresses(frame, at);
    boolean lower = order < 0 || (order == 0 && source < destination);
    long conversation = fingerprint(frame, at, true);
    int place = find(conversation);
    int opening = opening(frame, at);
    if (place != ABSENT && opening == 0) {
      return isLowerClient(place) == lower;
    }
    boolean client =
        opening != 0
            ? opening > 0
            : beginsUnknown(at, source, destination) || fromClientByPort(frame, at);
    remember(conversation, client == lower);
    remember(fingerprint(frame, at, false), client == order < 0);
    return client;
  }

  /** Above 0 if the frame asks for a conversation, below 0 if it grants one. */
  private static int opening(ByteBuffer frame, Headers at) {
    int transport = at.transport();
    if (at.protocol() == Headers.TCP && transport + 14 <= at.end()) {
      int flags = frame.get(transport + 13);
      return (flags & SYN) == 0 ? 0 : (flags & ACK) == 0 ? 1 : -1;
    }
    if (at.protocol() == Headers.SCTP && transport + SCTP_CHUNK < at.end()) {
      return switch (frame.get(transport + SCTP_CHUNK)) {
        case SCTP_INIT -> 1;
        case SCTP_INIT_ACK -> -1;
        default -> 0;
      };
    }
    return 0;
  }

  private static boolean beginsUnknown(Headers at, int source, int destination) {
    return at.protocol() != Headers.TCP
        && at.protocol() != Headers.SCTP
        && source >= SERVICES
        && destination >= SERVICES;
  }

  /**
   * The same for both directions.
   *
   * @param ports false for all that two hosts have to do with each other
   */
  private static long fingerprint(ByteBuffer frame, Headers at, boolean ports) {
    int start = at.start();
    long source;
    long destination;
    if (at.network() == Network.IPV6) {
      source = mix(frame.getLong(start + 8)) + frame.getLong(start + 16);
      destination = mix(frame.getLong(start + 24)) + frame.getLong(start + 32);
    } else {
      source = frame.getInt(start + Headers.V4_SOURCE);
      destination = frame.getInt(start + Headers.V4_DESTINATION);
    }
    long protocol = 1L << Short.SIZE;
    if (ports) {
      source = mix(source) + u16(frame, at.transport());
      destination = mix(destination) + u16(frame, at.transport() + 2);
      protocol = at.protocol();
    }
    // A sum does not know who was first.
    long hash = mix(mix(mix(source) + mix(destination)) + protocol) & ~1L;
    // 0 is a place where nothing is remembered.
    return hash == 0 ? 2 : hash;
  }

  /** A bijection that leaves no bit where it was (the finaliser of SplitMix64). */
  private static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** Where a conversation is remembered; what was is moved to the front of its few. */
  private int find(long fingerprint) {
    int first = first(fingerprint);
    for (int place = first; place < first + WAYS; place++) {
      long entry = remembered[place];
      if ((entry & ~1L) == fingerprint) {
        System.arraycopy(remembered, first, remembered, first + 1, place - first);
        remembered[first] = entry;
        return first;
      }
    }
    return ABSENT;
  }

  private void remember(long fingerprint, boolean lowerIsClient) {
    int first = first(fingerprint);
    if (find(fingerprint) == ABSENT) {
      // The one that has not been seen for longest is forgotten.
      System.arraycopy(remembered, first, remembered, first + 1, WAYS - 1);
    }
    remembered[first] = fingerprint | (lowerIsClient ? 1 : 0);
  }

  private boolean isLowerClient(int place) {
    return (remembered[place] & 1) != 0;
  }

  private static int first(long fingerprint) {
    return (int) (fingerprint >>> (Long.SIZE - 14)) * WAYS;
  }
}
