package io.tapdeck.provisioner.mirror;

import java.util.Optional;

/**
 * What becomes of copies on their way.
 *
 * @param filter which of them go on
 * @param truncate how many bytes of each go on, from the Ethernet header; all if absent
 * @param fit whether copies too long for the way are cut to fit it rather than dropped
 */
public record Treatment(Filter filter, Optional<Integer> truncate, Strip strip, boolean fit) {
  /** All copies, whole, unless they would not fit; without the tags of access ports. */
  public static final Treatment DEFAULT =
      new Treatment(Filter.ALL, Optional.empty(), Strip.AUTO, true);

  /** The least that copies can be cut to: an Ethernet header. */
  public static final int SHORTEST = 14;

  /** The most that it makes sense to cut to. */
  public static final int LONGEST = 65_535;
}
