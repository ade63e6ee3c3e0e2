package io.tapdeck.provisioner.plan;

import java.util.Map;
import java.util.Set;

/**
 * A Mirror that should be there.
 *
 * @param received ports of which it copies what the bridge receives from them
 * @param sent ports of which it copies what the bridge sends to them
 * @param output the port that gets the copies
 */
public record PlannedMirror(
    String name,
    String bridge,
    Set<String> received,
    Set<String> sent,
    String output,
    Map<String, String> externalIds) {
  public PlannedMirror {
    received = Set.copyOf(received);
    sent = Set.copyOf(sent);
    externalIds = Map.copyOf(externalIds);
  }
}
