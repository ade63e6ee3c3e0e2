package io.tapdeck.provisioner.mirror;

import java.util.Set;

/**
 * A layer-2 network on a host: one bridge, as that host's agent found it.
 *
 * @param name {@code external_ids:tapdeck-wire} of the bridge, or else the bridge's name
 * @param uplinks names of the ports that lead out of the host; none if all its traffic stays there
 */
public record Wire(String host, String name, String bridge, Set<String> uplinks)
    implements SourcePlace {
  public Wire {
    uplinks = Set.copyOf(uplinks);
  }
}
