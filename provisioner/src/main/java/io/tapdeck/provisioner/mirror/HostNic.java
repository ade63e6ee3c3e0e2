package io.tapdeck.provisioner.mirror;

/**
 * A physical NIC of a host, as that host's agent found it.
 *
 * @param name its device's name
 * @param mac in lower case
 * @param mtu the longest IP packet that it takes, in bytes
 * @param taken why no copies can leave through it; empty if it is free, or a tap service's already
 */
public record HostNic(String host, String name, String mac, int mtu, String taken) {
  /** Whether it can be, or is, where copies leave. */
  public boolean isFree() {
    return taken.isEmpty();
  }
}
