package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.TapGroup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What should be on a host for mirroring, all of it, and nothing else of ours.
 *
 * @param flows the flows of {@code brtap}
 * @param neighbours the tunnel endpoints that this host sends to
 * @param newGroups groups that need a key before they can be planned
 * @param oldGroups groups of this host that have no flow any more
 * @param serviceParts what this host does for which service
 * @param flowParts what this host does for which flow
 * @param repetitions where a frame may be copied twice
 */
public record HostPlan(
    List<PlannedPort> ports,
    List<PlannedMirror> mirrors,
    List<BrtapFlow> flows,
    List<PlannedMeter> meters,
    List<TapNic> nics,
    Set<String> neighbours,
    Set<GroupIdentity> newGroups,
    Set<TapGroup> oldGroups,
    Map<UUID, Part> serviceParts,
    Map<UUID, Part> flowParts,
    List<Repetition> repetitions) {
  /** The bridge for mirroring, which is ours alone. */
  public static final String BRTAP = "brtap";

  /** The key in {@code external_ids} that says whose a thing is. */
  public static final String OWNER = "owner";

  /** What {@link #OWNER} says of our things. */
  public static final String TAPDECK = "tapdeck";

  public HostPlan {
    ports = List.copyOf(ports);
    mirrors = List.copyOf(mirrors);
    flows = List.copyOf(flows);
    meters = List.copyOf(meters);
    nics = List.copyOf(nics);
    neighbours = Set.copyOf(neighbours);
    newGroups = Set.copyOf(newGroups);
    oldGroups = Set.copyOf(oldGroups);
    serviceParts = Map.copyOf(serviceParts);
    flowParts = Map.copyOf(flowParts);
    repetitions = List.copyOf(repetitions);
  }

  /** The same but for its ports. */
  public HostPlan withPorts(List<PlannedPort> others) {
    return new HostPlan(
        others,
        mirrors,
        flows,
        meters,
        nics,
        neighbours,
        newGroups,
        oldGroups,
        serviceParts,
        flowParts,
        repetitions);
  }

  /** The NIC that a service's copies are delivered to on this host, if there is one. */
  public Optional<TapNic> nicOf(UUID service) {
    return nics.stream().filter(nic -> nic.service().equals(service)).findFirst();
  }
}
