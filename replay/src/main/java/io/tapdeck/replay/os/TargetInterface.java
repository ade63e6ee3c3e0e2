package io.tapdeck.replay.os;

/**
 * The interface that frames go to, as it was when its socket was opened.
 *
 * @param name the one that {@code /sys/class/net} has, also if it was asked for by another
 * @param index the kernel's number for it in its namespace
 * @param mtu the most bytes after the Ethernet header
 * @param hardwareType ARPHRD number, see {@code linux/if_arp.h}
 * @param up whether it is set up
 * @param running whether it also has a carrier
 */
public record TargetInterface(
    String name, int index, int mtu, int hardwareType, boolean up, boolean running) {
  private static final int ARPHRD_ETHER = 1;
  private static final int ARPHRD_LOOPBACK = 772;

  /** Whether its frames are Ethernet frames. */
  public boolean isEthernet() {
    return hardwareType == ARPHRD_ETHER || hardwareType == ARPHRD_LOOPBACK;
  }
}
