package io.tapdeck.provisioner.mirror;

import java.util.Optional;
import java.util.UUID;

/**
 * A mirror destination, as it is wanted.
 *
 * @param maxRate the most bits a second that a host sends to it; no limit if absent
 * @param generation rises with each change; a report that names an older one says nothing about
 *     this
 */
public record TapService(
    UUID id, String name, Target target, Optional<Long> maxRate, boolean enabled, long generation) {
  /** The generation of a service that was never changed, and so never enabled. */
  public static final long FIRST_GENERATION = 1;
}
