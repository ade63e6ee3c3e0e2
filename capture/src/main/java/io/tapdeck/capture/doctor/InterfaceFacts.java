package io.tapdeck.capture.doctor;

import io.tapdeck.capture.netif.InterfaceKind;
import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.netif.Offloads;
import io.tapdeck.capture.os.NetworkDriver;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a recording needs of an interface.
 *
 * @param name as asked for, whether there is one or not
 * @param netns the named network namespace that was looked into; empty for that of who asks
 * @param exists if not, nothing else here says anything
 * @param up set up
 * @param carrier it has one; one that is not up has none
 * @param mtu in bytes
 * @param speedMbps what its driver says; of a virtual interface it is a mere name plate
 * @param driver as {@code ethtool -i} names it, if it tells
 * @param offloads empty if they cannot be read
 * @param ring what came of opening it
 */
public record InterfaceFacts(
    String name,
    Optional<String> netns,
    boolean exists,
    InterfaceKind kind,
    boolean up,
    boolean carrier,
    int mtu,
    Optional<Long> speedMbps,
    Optional<String> driver,
    Optional<Offloads> offloads,
    RingTrial ring) {
  private static final Path ALL = Path.of("/sys/class/net");

  /**
   * Reads those of one in the calling thread's network namespace.
   *
   * @param buffer the ring that is asked for; empty if none is to be tried
   */
  static InterfaceFacts read(String name, Optional<String> netns, Optional<DataSize> buffer) {
    NetworkInterface nic = new NetworkInterface(name);
    Optional<String> driver = driver(name);
    boolean exists = nic.exists();
    boolean up = exists && nic.isUp();
    return new InterfaceFacts(
        name,
        netns,
        exists,
        nic.kind(driver),
        up,
        up && nic.hasCarrier(),
        nic.mtu(),
        nic.speedMbps(),
        driver,
        offloads(name),
        up && buffer.isPresent() ? RingTrial.run(name, buffer.get()) : new RingTrial.Untried());
  }

  /** Those that are up in the calling thread's network namespace, by name; not the loopback. */
  static List<InterfaceFacts> readAllUp(Optional<String> netns) throws IOException {
    try (Stream<Path> links = Files.list(ALL)) {
      return links
          .map(link -> link.getFileName().toString())
          .filter(name -> new NetworkInterface(name).isUp())
          .filter(name -> !new NetworkInterface(name).isLoopback())
          .sorted()
          .map(name -> read(name, netns, Optional.empty()))
          .toList();
    }
  }

  private static Optional<String> driver(String name) {
    try {
      return Optional.of(NetworkDriver.of(name));
    } catch (OsException untold) {
      return Optional.empty();
    }
  }

  private static Optional<Offloads> offloads(String name) {
    try {
      return Optional.of(Offloads.of(name));
    } catch (OsException untold) {
      return Optional.empty();
    }
  }
}
