package io.tapdeck.replay;

import java.util.Optional;

/**
 * Knows which interfaces must not be played to: one that is being recorded, a port of a mirror.
 * Asked once for each replay, before the first frame.
 */
@FunctionalInterface
public interface TargetGuard {
  /**
   * Whether an interface may be played to. Called by a thread inside the network namespace of the
   * interface, so that what it sees in {@code /sys/class/net} is the right one.
   *
   * @param interfaceName the one that {@code /sys/class/net} has, also if it was asked for by
   *     another
   * @return why not, as one line that says what is wrong and what to do; empty if it may
   */
  Optional<String> objection(String interfaceName);
}
