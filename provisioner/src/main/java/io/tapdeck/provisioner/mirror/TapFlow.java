package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * A mirror source, as it is wanted: one NIC of a guest.
 *
 * @param service the tap service that gets the copies
 * @param guest the guest's id
 * @param mac the NIC's MAC address, in lower case
 * @param generation rises with each change; a report that names an older one says nothing about
 *     this
 */
public record TapFlow(
    UUID id,
    String name,
    UUID service,
    String guest,
    String mac,
    Direction direction,
    boolean enabled,
    long generation) {}
