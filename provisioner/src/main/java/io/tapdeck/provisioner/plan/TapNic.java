package io.tapdeck.provisioner.plan;

import java.util.Optional;
import java.util.UUID;

/**
 * The NIC that copies are delivered to.
 *
 * @param service the tap service that it is for
 * @param name its name, where it is
 * @param port the name of its port on {@code brtap}: the same on the host, the other end of a veth
 *     pair for a NIC in a namespace
 * @param netns the namespace it is in, if not the host's
 */
public record TapNic(Kind kind, UUID service, String name, String port, Optional<String> netns) {
  /** The longest IP packet that a veth pair takes, in bytes: no copy is lost for its length. */
  public static final int LONGEST = 65_535;

  /** Where a tap NIC comes from. */
  public enum Kind {
    /** Open vSwitch makes it, on the host. */
    INTERNAL,
    /** A veth pair, one end in a guest. */
    VETH,
    /** It is there: a physical NIC of the host. */
    PHYSICAL
  }

  /** What it calls itself ({@code ifalias}). */
  public String alias() {
    return "tapdeck tap-service " + service;
  }
}
