package io.tapdeck.capture.libpcap;

/** What can stand between a frame's beginning and the packet that a filter is meant for. */
public enum Encapsulation {
  /**
   * A VLAN tag (IEEE 802.1Q) in the frame itself. That is the second of two tags, and the first of
   * a frame that is sent by a program, or by a device that does not insert it itself. The first tag
   * of a received frame is none: Linux keeps it beside the frame where a filter runs, so that
   * {@code udp port 53} matches tagged frames as it matches others.
   */
  VLAN,
  /** A tunnel: GRE, VXLAN, Geneve or IP in IP. */
  TUNNEL
}
