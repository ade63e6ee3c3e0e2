package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.ovsdb.Endpoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an agent is started.
 *
 * @param ovs the socket of the local {@code ovsdb-server}; its directory is the run directory of
 *     the whole Open vSwitch
 * @param host the host's name, if not what Open vSwitch or the system calls it
 * @param tunnelIp where other hosts send copies to, if not what Open vSwitch says
 */
public record AgentSettings(
    Endpoint northbound, Path ovs, Optional<String> host, Optional<String> tunnelIp) {}
