package io.tapdeck.provisioner.plan;

import java.util.Optional;

/**
 * The NIC that copies are delivered to.
 *
 * @param name its name, where it is
 * @param port the name of its port on {@code brtap}: the same on the host, the other end of a veth
 *     pair for a NIC in a namespace
 * @param netns the namespace it is in, if not the host's
 * @param alias what it calls itself ({@code ifalias})
 */
public record TapNic(String name, String port, Optional<String> netns, String alias) {}
