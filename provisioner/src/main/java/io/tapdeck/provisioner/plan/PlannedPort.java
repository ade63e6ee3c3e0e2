package io.tapdeck.provisioner.plan;

import java.util.Map;

/**
 * A port that should be there, with its one interface of the same name.
 *
 * @param externalIds what it is for, beside whose it is
 */
public record PlannedPort(
    String name, String bridge, PortKind kind, Map<String, String> externalIds) {
  public PlannedPort {
    externalIds = Map.copyOf(externalIds);
  }
}
