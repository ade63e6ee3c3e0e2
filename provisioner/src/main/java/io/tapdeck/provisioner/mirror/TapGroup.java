package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * A group that exists.
 *
 * @param key its tunnel key, from 1 up, never used again
 */
public record TapGroup(UUID id, GroupIdentity identity, long key) {}
