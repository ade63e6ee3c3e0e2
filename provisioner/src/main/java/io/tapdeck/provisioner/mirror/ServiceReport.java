package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * What a host's agent says of a tap service.
 *
 * @param generation the service's generation that this is about
 * @param nic the name of the NIC that gets the copies; in a guest, its name there
 */
public record ServiceReport(
    UUID service, String host, long generation, Progress progress, String reason, String nic) {}
