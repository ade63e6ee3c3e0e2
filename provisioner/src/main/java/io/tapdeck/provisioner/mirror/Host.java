package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * A machine with Open vSwitch and an agent, as its agent published it.
 *
 * @param tunnelIp the address that other hosts send copies to
 */
public record Host(UUID id, String name, String tunnelIp) {}
