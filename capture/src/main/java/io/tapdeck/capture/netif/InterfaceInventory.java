package io.tapdeck.capture.netif;

import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcap4j.core.PcapAddress;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.Pcaps;

/**
 * All interfaces that this process may use: those of its own network namespace, and those of each
 * that has a name (ip-netns(8)).
 *
 * @param interfaces by namespace, the own first, and name
 * @param problems namespaces that could not be looked into, a sentence each
 */
public record InterfaceInventory(List<InterfaceDetails> interfaces, List<String> problems) {
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Comparator<InterfaceDetails> ORDER =
      Comparator.comparing((InterfaceDetails nic) -> nic.netns().orElse(""))
          .thenComparing(InterfaceDetails::name);

  public InterfaceInventory {
    interfaces = interfaces.stream().sorted(ORDER).toList();
    problems = List.copyOf(problems);
  }

  /**
   * Looks. Namespaces that come or go meanwhile may be missed.
   *
   * @throws IOException if not even the own namespace can be looked into
   */
  public static InterfaceInventory take() throws IOException {
    List<InterfaceDetails> found = new ArrayList<>(look(Optional.empty()));
    List<String> problems = new ArrayList<>();
    for (String name : namespaces()) {
      try {
        found.addAll(new NetworkNamespace(name).call(() -> look(Optional.of(name))));
      } catch (Exception unusable) {
        if (Files.exists(NAMESPACES.resolve(name))) {
          problems.add("network namespace " + name + ": " + unusable.getMessage());
        }
      }
    }
    return new InterfaceInventory(found, problems);
  }

  private static List<String> namespaces() throws IOException {
    try (Stream<Path> names = Files.list(NAMESPACES)) {
      return names.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  /** Those of the calling thread's namespace. */
  private static List<InterfaceDetails> look(Optional<String> netns) throws IOException {
    try {
      List<InterfaceDetails> found = new ArrayList<>();
      for (PcapNetworkInterface device : Pcaps.findAllDevs()) {
        NetworkInterface nic = new NetworkInterface(device.getName());
        // libpcap also offers what is no interface, such as "any" and "nflog".
        if (nic.exists()) {
          found.add(details(nic, device, netns));
        }
      }
      return found;
    } catch (PcapNativeException failed) {
      throw new IOException("cannot list interfaces: " + failed.getMessage(), failed);
    }
  }

  private static InterfaceDetails details(
      NetworkInterface nic, PcapNetworkInterface device, Optional<String> netns) {
    List<String> addresses = new ArrayList<>();
    for (PcapAddress address : device.getAddresses()) {
      if (address.getAddress() != null) {
        // Without the zone that Java adds to link-local addresses.
        addresses.add(address.getAddress().getHostAddress().replaceFirst("%.*", ""));
      }
    }
    boolean up = nic.isUp();
    return new InterfaceDetails(
        nic.name(),
        netns,
        nic.kind(),
        up,
        up && !nic.lacksCarrier(),
        nic.mac(),
        nic.mtu(),
        nic.speedMbps(),
        nic.driver(),
        addresses,
        nic.tapService());
  }
}
