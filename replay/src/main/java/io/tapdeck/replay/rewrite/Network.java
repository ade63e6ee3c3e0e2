package io.tapdeck.replay.rewrite;

/** What an Ethernet frame carries, as far as it is looked into. */
enum Network {
  IPV4,
  IPV6,
  /** For IPv4 over Ethernet (RFC 826). */
  ARP,
  /** All else, and what ends before its header does. */
  OTHER
}
