package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * What the flows of one group have in common: they share a Mirror, a patch port and a tunnel key,
 * so that a frame between two of their NICs is copied once.
 *
 * @param host the host that the copies are taken on
 * @param bridge the bridge there
 * @param strip whether the tag of an access port is taken off the copies
 */
public record GroupIdentity(UUID service, String host, String bridge, boolean strip) {
  /** The group that the copies of a NIC belong to. */
  public static GroupIdentity of(TapFlow flow, Nic nic) {
    return new GroupIdentity(flow.service(), nic.host(), nic.bridge(), nic.accessTag().isPresent());
  }
}
