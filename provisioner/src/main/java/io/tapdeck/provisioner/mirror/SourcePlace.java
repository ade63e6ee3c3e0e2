package io.tapdeck.provisioner.mirror;

/** Where a tap flow's source is now: a port of a bridge, or a bridge. */
public sealed interface SourcePlace permits Nic, Wire {
  /** The host's name. */
  String host();

  /** The bridge's name there. */
  String bridge();
}
