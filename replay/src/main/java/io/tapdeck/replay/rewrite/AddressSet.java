package io.tapdeck.replay.rewrite;

import java.util.List;

/** The addresses of several prefixes. */
final class AddressSet {
  private final Prefix[] prefixes;

  AddressSet(List<Prefix> prefixes) {
    this.prefixes = prefixes.toArray(Prefix[]::new);
  }

  boolean contains(int address) {
    for (Prefix prefix : prefixes) {
      if (prefix.contains(address)) {
        return true;
      }
    }
    return false;
  }

  boolean contains(long high, long low) {
    for (Prefix prefix : prefixes) {
      if (prefix.contains(high, low)) {
        return true;
      }
    }
    return false;
  }
}
