package io.tapdeck.capture.dissect;

/**
 * What the headers of a packet say, outer and inner ones, in the order in which they come. One
 * object is used for packet after packet: it tells of the last that {@link Dissector} was given.
 *
 * <p>What is beyond the bounds below is not told of; no honest packet has so much.
 */
public final class Headers {
  /** IP (and ARP) headers within each other. */
  public static final int MOST_NETWORKS = 8;

  /** VLAN tags. */
  public static final int MOST_VLANS = 16;

  /** Tunnel keys. */
  public static final int MOST_KEYS = 8;

  /** What {@link #sourcePort} says where there are no ports. */
  public static final int NO_PORT = -1;

  private final int[] versions = new int[MOST_NETWORKS];
  private final int[] protocols = new int[MOST_NETWORKS];
  private final long[] sourceHighs = new long[MOST_NETWORKS];
  private final long[] sourceLows = new long[MOST_NETWORKS];
  private final long[] destinationHighs = new long[MOST_NETWORKS];
  private final long[] destinationLows = new long[MOST_NETWORKS];
  private final int[] sourcePorts = new int[MOST_NETWORKS];
  private final int[] destinationPorts = new int[MOST_NETWORKS];
  private final int[] vlans = new int[MOST_VLANS];
  private final long[] keys = new long[MOST_KEYS];
  private final long[] present = new long[Protocol.COUNT / Long.SIZE];
  private int networkCount;
  private int vlanCount;
  private int keyCount;

  Headers() {}

  void clear() {
    networkCount = 0;
    vlanCount = 0;
    keyCount = 0;
    for (int i = 0; i < present.length; i++) {
      present[i] = 0;
    }
  }

  /** Returns false if there is no room for it. */
  boolean addNetwork(
      int version,
      int protocol,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    int at = networkCount;
    if (at == MOST_NETWORKS) {
      return false;
    }
    versions[at] = version;
    protocols[at] = protocol;
    sourceHighs[at] = sourceHigh;
    sourceLows[at] = sourceLow;
    destinationHighs[at] = destinationHigh;
    destinationLows[at] = destinationLow;
    sourcePorts[at] = NO_PORT;
    destinationPorts[at] = NO_PORT;
    networkCount = at + 1;
    mark(protocol);
    return true;
  }

  /** Of the last network header. */
  void setPorts(int source, int destination) {
    sourcePorts[networkCount - 1] = source;
    destinationPorts[networkCount - 1] = destination;
  }

  /** The last network header carries that, behind what it names itself. */
  void setProtocol(int protocol) {
    protocols[networkCount - 1] = protocol;
    mark(protocol);
  }

  /** Returns false if there is no room for it. */
  boolean addVlan(int id) {
    if (vlanCount == MOST_VLANS) {
      return false;
    }
    vlans[vlanCount] = id;
    vlanCount++;
    return true;
  }

  void addKey(long key) {
    if (keyCount < MOST_KEYS) {
      keys[keyCount] = key;
      keyCount++;
    }
  }

  void mark(int protocol) {
    present[protocol / Long.SIZE] |= 1L << protocol;
  }

  /** How many IP and ARP headers there are. */
  public int networks() {
    return networkCount;
  }

  /** 4 or 6; of ARP 4. */
  public int version(int network) {
    return versions[network];
  }

  /** What the header carries: a {@link Protocol}'s number. */
  public int protocol(int network) {
    return protocols[network];
  }

  /** The first 64 bits of the address, 0 if it is of version 4. */
  public long sourceHigh(int network) {
    return sourceHighs[network];
  }

  /** The last 64 bits, or all 32. */
  public long sourceLow(int network) {
    return sourceLows[network];
  }

  /** The first 64 bits of the address, 0 if it is of version 4. */
  public long destinationHigh(int network) {
    return destinationHighs[network];
  }

  /** The last 64 bits, or all 32. */
  public long destinationLow(int network) {
    return destinationLows[network];
  }

  /** Where it comes from. Allocates; not for every packet. */
  public Address source(int network) {
    return new Address(versions[network], sourceHighs[network], sourceLows[network]);
  }

  /** Where it goes to. Allocates; not for every packet. */
  public Address destination(int network) {
    return new Address(versions[network], destinationHighs[network], destinationLows[network]);
  }

  /** Whether ports are known: not of what has none, or of a fragment but the first. */
  public boolean hasPorts(int network) {
    return sourcePorts[network] != NO_PORT;
  }

  /** 0 to 65535, or {@link #NO_PORT}. */
  public int sourcePort(int network) {
    return sourcePorts[network];
  }

  /** 0 to 65535, or {@link #NO_PORT}. */
  public int destinationPort(int network) {
    return destinationPorts[network];
  }

  /** How many VLAN tags there are. */
  public int vlans() {
    return vlanCount;
  }

  /** The tag's VLAN, 0 to 4095. */
  public int vlan(int tag) {
    return vlans[tag];
  }

  /** How many tunnel keys there are. */
  public int keys() {
    return keyCount;
  }

  /** A GRE key, the VNI of VXLAN or Geneve, or the session of ERSPAN: 32 unsigned bits. */
  public long key(int index) {
    return keys[index];
  }

  /** Whether a protocol occurs. */
  public boolean has(int protocol) {
    return ((present[protocol / Long.SIZE] >>> protocol) & 1) != 0;
  }

  /** 64 of the protocols that occur, as bits, from number {@code 64 * word} on. */
  public long protocolBits(int word) {
    return present[word];
  }
}
