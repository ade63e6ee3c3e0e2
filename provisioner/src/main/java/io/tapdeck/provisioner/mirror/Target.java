package io.tapdeck.provisioner.mirror;

/** Where a tap service delivers its copies. */
public sealed interface Target {
  /** The host's name or the guest's id. */
  String id();

  /** A NIC that the agent makes on a host, for a recorder there. */
  record OnHost(String id) implements Target {}

  /**
   * A physical NIC of a host, which the copies leave through.
   *
   * @param mac the NIC's MAC address, in lower case
   */
  record ByHostNic(String id, String mac) implements Target {}

  /** A NIC that the agent adds to a guest. */
  record InGuest(String id) implements Target {}
}
