package io.tapdeck.replay.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an interface counts of the frames that pass it, in {@code /sys/class/net/NAME/statistics}
 * (the kernel's Documentation/ABI/testing/sysfs-class-net-statistics).
 *
 * @param txPackets {@code tx_packets}: sent
 * @param txDropped {@code tx_dropped}: not sent for want of room, or of a carrier
 * @param txErrors {@code tx_errors}: not sent because of an error, carrier errors among them
 * @param rxPackets {@code rx_packets}: received
 * @param rxDropped {@code rx_dropped} and {@code rx_missed_errors}: received, and dropped
 */
public record InterfaceCounters(
    long txPackets, long txDropped, long txErrors, long rxPackets, long rxDropped) {
  private static final Path ALL = Path.of("/sys/class/net");

  /**
   * Reads the counters of an interface of the calling thread's network namespace.
   *
   * @param interfaceName the one that {@code /sys/class/net} has
   * @throws IOException if there is no such interface
   */
  public static InterfaceCounters read(String interfaceName) throws IOException {
    Path statistics = ALL.resolve(interfaceName).resolve("statistics");
    return new InterfaceCounters(
        counter(statistics, "tx_packets"),
        counter(statistics, "tx_dropped"),
        counter(statistics, "tx_errors"),
        counter(statistics, "rx_packets"),
        counter(statistics, "rx_dropped") + counter(statistics, "rx_missed_errors"));
  }

  /** What was counted from one reading to this, the next. */
  public InterfaceCounters since(InterfaceCounters before) {
    return new InterfaceCounters(
        txPackets - before.txPackets,
        txDropped - before.txDropped,
        txErrors - before.txErrors,
        rxPackets - before.rxPackets,
        rxDropped - before.rxDropped);
  }

  private static long counter(Path statistics, String name) throws IOException {
    return Long.parseUnsignedLong(Files.readString(statistics.resolve(name)).strip());
  }
}
