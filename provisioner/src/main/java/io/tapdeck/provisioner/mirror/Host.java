package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * A machine with Open vSwitch and an agent, as its agent published it.
 *
 * @param tunnelIp the address that other hosts send copies to
 * @param tunnelMtu the longest IP packet that can leave from that address, in bytes; 0 if unknown
 * @param machine the boot id of the machine that its agent runs on, by which who runs there too
 *     knows it; empty if the agent did not say
 */
public record Host(UUID id, String name, String tunnelIp, int tunnelMtu, String machine) {
  /** Whether its agent runs on the machine of that boot id. */
  public boolean isOn(String machine) {
    return !machine.isEmpty() && machine.equals(this.machine);
  }
}
