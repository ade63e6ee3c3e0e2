package io.tapdeck.provisioner.mirror;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A mirror source, as it is wanted.
 *
 * @param service the tap service that gets the copies
 * @param treatment what becomes of the copies on their way
 * @param end when it ends, if ever
 * @param generation rises with each change; a report that names an older one says nothing about
 *     this
 */
public record TapFlow(
    UUID id,
    String name,
    UUID service,
    Source source,
    Direction direction,
    Treatment treatment,
    Optional<Instant> end,
    boolean enabled,
    long generation) {
  /** Whether it is to copy at that moment, as far as it lies with the flow. */
  public boolean isOn(Instant at) {
    return enabled && !hasEnded(at);
  }

  /** Whether its end has come. */
  public boolean hasEnded(Instant at) {
    return end.filter(moment -> !at.isBefore(moment)).isPresent();
  }
}
