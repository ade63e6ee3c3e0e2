package io.tapdeck.provisioner.mirror;

import java.time.Instant;

/**
 * What a host counted of a group's copies, since the group was made. A host is where they are
 * taken, where they are delivered, or both.
 *
 * @param key the group's key
 * @param mirrored copies that reached {@code brtap} here and passed the filter
 * @param delivered copies sent to the tap NIC here
 * @param unfit of those mirrored, copies that were too long for the way: cut, or dropped if the
 *     flow says so
 * @param limited of those mirrored, copies dropped because of the service's rate limit
 * @param repeated copies dropped because an earlier group of the same service had taken them
 * @param interruptions how often the switch's counters began anew; what was counted between the
 *     last reading and such a moment is unknown
 * @param read when this was read
 */
public record GroupCount(
    String host,
    long key,
    long mirrored,
    long delivered,
    long unfit,
    long limited,
    long repeated,
    long interruptions,
    Instant read) {}
