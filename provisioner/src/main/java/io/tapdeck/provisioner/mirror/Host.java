package io.tapdeck.provisioner.mirror;

import java.util.UUID;

/**
 * A machine with Open vSwitch and an agent, as its agent published it.
 *
 * @param tunnelIp the address that other hosts send copies to
 * @param machine which machine its agent runs on: the kernel's boot id, so equal for hosts that are
 *     network namespaces of one machine; empty if it is not known
 */
public record Host(UUID id, String name, String tunnelIp, String machine) {}
