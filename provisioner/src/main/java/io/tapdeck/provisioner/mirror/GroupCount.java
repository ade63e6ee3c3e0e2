package io.tapdeck.provisioner.mirror;

import java.time.Instant;
import java.util.Map;

/**
 * What a host counted of a group's copies, since the group was made. A host is where they are
 * taken, where they are delivered, or both. No figure ever falls.
 *
 * @param key the group's key
 * @param mirrored copies that reached {@code brtap} here and passed the filter
 * @param delivered copies sent to the tap NIC here; where copies are also taken here, those of them
 *     that nothing kept from it
 * @param unfit of those mirrored, copies that were too long for the way: cut, or dropped if the
 *     flow says so
 * @param limited copies dropped because of the service's rate limit. All groups of the service on
 *     this host share the limit, and it is the first of them that has what was dropped
 * @param repeated copies dropped because an earlier group of the same service had taken them
 * @param interruptions how often the switch's counters began anew; what was counted between the
 *     last reading and such a moment is unknown
 * @param read when a change was read last
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
    Instant read,
    Raw raw) {
  /**
   * The switch's own counters as they were then, so that another agent goes on where one ended.
   *
   * @param readings by the flow or meter that counted
   * @param switchRun which run of the switch they are of
   */
  public record Raw(Map<String, Long> readings, String switchRun) {
    public Raw {
      readings = Map.copyOf(readings);
    }
  }
}
