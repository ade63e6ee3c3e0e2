package io.tapdeck.capture.netif;

import io.tapdeck.capture.os.NetworkDriver;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.Pcaps;

/**
 * All interfaces that can be recorded on: those that libpcap finds in the network namespace of who
 * asks, and in every named one ({@code ip netns list}), which takes CAP_SYS_ADMIN. What libpcap
 * finds but is no interface of the kernel's network stack, such as "any" or a USB bus, is left out.
 *
 * <p>A namespace with several names is looked at under each of them.
 *
 * @param interfaces those of who asked first, then by namespace; by name in each
 * @param unseen the namespaces that could not be looked into
 */
public record InterfaceInventory(List<InterfaceDescription> interfaces, List<Unseen> unseen) {
  private static final Path NAMESPACES = Path.of("/run/netns");

  /** A name may be that of another namespace by now: only what fails each time is broken. */
  private static final int ATTEMPTS = 10;

  /**
   * A namespace that could not be looked into.
   *
   * @param netns its name; empty for that of who asked
   * @param reason why, in one sentence
   */
  public record Unseen(Optional<String> netns, String reason) {}

  public InterfaceInventory {
    interfaces = List.copyOf(interfaces);
    unseen = List.copyOf(unseen);
  }

  /**
   * Looks at what there is now. A namespace or an interface that comes or goes meanwhile may be in
   * it or not.
   *
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public static InterfaceInventory take() throws InterruptedException {
    List<InterfaceDescription> interfaces = new ArrayList<>();
    List<Unseen> unseen = new ArrayList<>();
    // First, so that what libpcap's binding keeps is made in the namespace of who asks.
    try {
      interfaces.addAll(look(Optional.empty()));
    } catch (PcapNativeException | LinkageError failed) {
      unseen.add(new Unseen(Optional.empty(), reason(failed)));
    }
    for (String netns : namespaces(unseen)) {
      lookInto(netns, interfaces, unseen);
    }
    return new InterfaceInventory(interfaces, unseen);
  }

  private static void lookInto(
      String netns, List<InterfaceDescription> interfaces, List<Unseen> unseen)
      throws InterruptedException {
    String failure = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        interfaces.addAll(new NetworkNamespace(netns).call(() -> look(Optional.of(netns))));
        return;
      } catch (InterruptedException interrupted) {
        throw interrupted;
      } catch (Exception failed) {
        if (!isNamespace(netns)) {
          return;
        }
        failure = reason(failed);
      }
    }
    unseen.add(new Unseen(Optional.of(netns), failure));
  }

  /** Before it is made and after it is deleted, its name is for a moment that of an empty file. */
  private static boolean isNamespace(String netns) {
    try {
      return Files.getFileStore(NAMESPACES.resolve(netns)).type().equals("nsfs");
    } catch (IOException gone) {
      return false;
    }
  }

  private static List<String> namespaces(List<Unseen> unseen) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(NAMESPACES)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (NoSuchFileException none) {
      // There never was one since this machine started.
    } catch (IOException | DirectoryIteratorException failed) {
      unseen.add(
          new Unseen(
              Optional.empty(), "the names of the network namespaces cannot be read: " + failed));
    }
    Collections.sort(names);
    return names;
  }

  /** Looks at those in the calling thread's namespace. */
  private static List<InterfaceDescription> look(Optional<String> netns)
      throws PcapNativeException {
    List<InterfaceDescription> found = new ArrayList<>();
    for (PcapNetworkInterface device : Pcaps.findAllDevs()) {
      NetworkInterface nic = new NetworkInterface(device.getName());
      InterfaceDescription description = describe(nic, device, netns);
      // Now, for it may have gone while it was described.
      if (nic.exists()) {
        found.add(description);
      }
    }
    found.sort(Comparator.comparing(InterfaceDescription::name));
    return found;
  }

  private static InterfaceDescription describe(
      NetworkInterface nic, PcapNetworkInterface device, Optional<String> netns) {
    Optional<String> driver = driver(nic.name());
    return new InterfaceDescription(
        nic.name(),
        netns,
        nic.kind(driver),
        nic.isUp(),
        nic.hasCarrier(),
        nic.mac(),
        nic.mtu(),
        nic.speedMbps(),
        driver,
        device.getAddresses().stream()
            .map(address ->
                InterfaceAddress.text(
                    address.getAddress(), Optional.ofNullable(address.getNetmask())))
            .toList(),
        nic.tapService());
  }

  private static Optional<String> driver(String name) {
    try {
      return Optional.of(NetworkDriver.of(name));
    } catch (OsException untold) {
      return Optional.empty();
    }
  }

  private static String reason(Throwable failed) {
    return switch (failed) {
      case OsException refused when refused.lacksPrivilege() ->
          refused.getMessage() + ": run as root, or with CAP_SYS_ADMIN";
      case ExecutionException inside when inside.getCause() != null -> reason(inside.getCause());
      case LinkageError missing ->
          "libpcap cannot be used, is it installed (on Debian: apt install libpcap0.8)? " + missing;
      default -> String.valueOf(failed.getMessage());
    };
  }
}
