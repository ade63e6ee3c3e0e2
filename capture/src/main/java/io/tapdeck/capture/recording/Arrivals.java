package io.tapdeck.capture.recording;

/**
 * What interfaces have received, by their own count: {@code rx_packets} of the kernel's
 * Documentation/ABI/testing/sysfs-class-net-statistics. Unlike what was counted for us it includes
 * what a filter leaves out, and what came while nobody looked.
 *
 * @param before frames received before the recording began, since the interface exists
 * @param since frames received since
 */
public record Arrivals(long before, long since) {
  /** Nothing is known to have arrived. */
  public static final Arrivals NONE = new Arrivals(0, 0);

  /** Both together. */
  Arrivals plus(Arrivals more) {
    return new Arrivals(before + more.before, since + more.since);
  }
}
