package io.tapdeck.capture.netif;

/**
 * Frames that an interface dropped before any socket could see them (the kernel's
 * Documentation/ABI/testing/sysfs-class-net-statistics).
 *
 * @param rxDropped {@code rx_dropped}: received, but dropped for want of room or interest
 * @param rxMissedErrors {@code rx_missed_errors}: missed by the NIC, whose memory was full
 * @param rxFifoErrors {@code rx_fifo_errors}: overruns of the NIC's FIFO
 */
public record DropCounters(long rxDropped, long rxMissedErrors, long rxFifoErrors) {
  /** Nothing dropped. */
  public static final DropCounters ZERO = new DropCounters(0, 0, 0);

  /**
   * What was dropped from one reading to this, the next; never negative. A counter that fell was
   * set to zero by its driver in between, and has counted from there.
   */
  public DropCounters since(DropCounters before) {
    return new DropCounters(
        difference(before.rxDropped, rxDropped),
        difference(before.rxMissedErrors, rxMissedErrors),
        difference(before.rxFifoErrors, rxFifoErrors));
  }

  /** The sum of both, counter by counter. */
  public DropCounters plus(DropCounters more) {
    return new DropCounters(
        rxDropped + more.rxDropped,
        rxMissedErrors + more.rxMissedErrors,
        rxFifoErrors + more.rxFifoErrors);
  }

  /** All of them together. */
  public long total() {
    return rxDropped + rxMissedErrors + rxFifoErrors;
  }

  private static long difference(long before, long now) {
    return now < before ? now : now - before;
  }
}
