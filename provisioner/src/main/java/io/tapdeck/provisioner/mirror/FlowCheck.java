package io.tapdeck.provisioner.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A question to the agents of a flow's hosts: whether each step of its copies' way is right.
 *
 * @param requested when it was asked, by the clock of who asked
 * @param lifetime how long who asked waits; it may then be removed by anyone
 * @param answers by host, what its agent found, in the order of the way
 */
public record FlowCheck(
    UUID id, UUID flow, Instant requested, Duration lifetime, Map<String, List<Hop>> answers) {
  public FlowCheck {
    answers = Map.copyOf(answers);
  }
}
