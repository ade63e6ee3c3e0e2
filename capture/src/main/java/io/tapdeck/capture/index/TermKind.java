package io.tapdeck.capture.index;

/** What an index knows of. */
public enum TermKind {
  /** IPv4 addresses, as they are: those of a network are one range. */
  HOST_V4(0, 32),

  /** IPv6 addresses, hashed. */
  HOST_V6(1, 32),

  /** The first 64 bits of IPv6 addresses, hashed. */
  NET_V6(2, 32),

  /** Ports, as they are. */
  PORT(3, 16),

  /** Protocols, by their numbers. */
  PROTOCOL(4, 9),

  /** VLANs, as they are. */
  VLAN(5, 12),

  /** Tunnel keys, as they are. */
  KEY(6, 32),

  /** Two addresses with their ports, hashed, the same in both directions. */
  CONVERSATION(7, 32);

  /** By their numbers. */
  private static final TermKind[] ALL = values();

  /** Of as many bits, each of them has a place in memory. */
  private static final int MOST_DIRECT_BITS = 16;

  private final int number;
  private final int bits;

  TermKind(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  /** Its place in the format, from 0 on. */
  int number() {
    return number;
  }

  /** How many bits a term has. */
  int bits() {
    return bits;
  }

  boolean isDirect() {
    return bits <= MOST_DIRECT_BITS;
  }

  static int count() {
    return ALL.length;
  }

  static TermKind of(int number) {
    return ALL[number];
  }
}
