package io.tapdeck.provisioner.plan;

import java.util.Map;
import java.util.Set;

/**
 * A Mirror that should be there.
 *
 * @param all whether it copies everything on the bridge
 * @param received ports of which it copies what the bridge receives from them
 * @param sent ports of which it copies what the bridge sends to them
 * @param vlans of what it selects, only these VLANs; all if there are none
 * @param output the port that gets the copies
 */
public record PlannedMirror(
    String name,
    String bridge,
    boolean all,
    Set<String> received,
    Set<String> sent,
    Set<Integer> vlans,
    String output,
    Map<String, String> externalIds) {
  public PlannedMirror {
    received = Set.copyOf(received);
    sent = Set.copyOf(sent);
    vlans = Set.copyOf(vlans);
    externalIds = Map.copyOf(externalIds);
  }
}
