package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.Progress;
import java.util.Set;

/** The part that this host plays for a service or a flow. */
public sealed interface Part {
  /** Nothing of it may be left. */
  record Gone() implements Part {}

  /** Something has to be settled in the northbound first; nothing to report yet. */
  record NotYet() implements Part {}

  /** It cannot be done now. */
  record Blocked(Progress progress, String reason) implements Part {}

  /**
   * All of this has to be there.
   *
   * @param ports names of planned ports
   * @param mirrors names of planned Mirrors
   * @param nics names of ports of tap NICs that must be set right
   * @param neighbours tunnel endpoints that must be known to be reachable
   * @param keys the groups that this serves
   */
  record Needs(
      Set<String> ports,
      Set<String> mirrors,
      Set<String> nics,
      Set<String> neighbours,
      Set<Long> keys)
      implements Part {
    public Needs {
      ports = Set.copyOf(ports);
      mirrors = Set.copyOf(mirrors);
      nics = Set.copyOf(nics);
      neighbours = Set.copyOf(neighbours);
      keys = Set.copyOf(keys);
    }
  }
}
