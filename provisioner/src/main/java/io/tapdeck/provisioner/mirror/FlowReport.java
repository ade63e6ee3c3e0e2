package io.tapdeck.provisioner.mirror;

import java.util.Set;
import java.util.UUID;

/**
 * What a host's agent says of a tap flow, be it where copies are taken or where they go.
 *
 * @param flowGeneration the flow's generation that this is about
 * @param serviceGeneration the generation of the flow's service that this is about
 * @param keys the keys of the groups that this is about
 */
public record FlowReport(
    UUID flow,
    String host,
    long flowGeneration,
    long serviceGeneration,
    Set<Long> keys,
    Progress progress,
    String reason) {
  public FlowReport {
    keys = Set.copyOf(keys);
  }
}
