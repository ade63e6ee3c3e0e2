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

  /** What was dropped since an earlier reading; never negative, also if a driver starts anew. */
  public DropCounters since(DropCounters earlier) {
    return new DropCounters(
        Math.max(0, rxDropped - earlier.rxDropped),
        Math.max(0, rxMissedErrors - earlier.rxMissedErrors),
        Math.max(0, rxFifoErrors - earlier.rxFifoErrors));
  }

  /** All of them together. */
  public long total() {
    return rxDropped + rxMissedErrors + rxFifoErrors;
  }
}
