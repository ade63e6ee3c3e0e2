package io.tapdeck.capture.netif;

import io.tapdeck.capture.libpcap.Encapsulation;
import io.tapdeck.capture.os.OsException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which encapsulations the frames of an interface are seen to have by what is configured in its
 * network namespace: VLANs on top of it, and tunnels. What others send through it cannot be known.
 */
public final class CarriedEncapsulations {
  private static final Path ALL = Path.of("/sys/class/net");
  private static final String VLAN_INSERTION = "tx-vlan-hw-insert";

  /**
   * ARPHRD_TUNNEL, ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE and ARPHRD_IP6GRE of linux/if_arp.h.
   */
  private static final Set<String> TUNNEL_TYPES = Set.of("768", "769", "776", "778", "823");

  private static final Set<String> TUNNEL_DEVICES =
      Set.of("DEVTYPE=vxlan", "DEVTYPE=geneve", "DEVTYPE=gretap");

  private CarriedEncapsulations() {}

  /**
   * Looks at an interface of the calling thread's network namespace.
   *
   * @param sent sent frames are looked at, too
   */
  public static Set<Encapsulation> of(String interfaceName, boolean sent) {
    return of(ALL, interfaceName, sent && !insertsTags(interfaceName));
  }

  /**
   * Looks at an interface.
   *
   * @param all sysfs's directory of interfaces
   * @param tagsInFrame frames are looked at in which the device leaves the tag to the kernel
   */
  static Set<Encapsulation> of(Path all, String interfaceName, boolean tagsInFrame) {
    Set<Encapsulation> carried = EnumSet.noneOf(Encapsulation.class);
    if (!new NetworkInterface(interfaceName).isName()) {
      return carried;
    }
    int tags = depth(all.resolve(interfaceName), 2);
    if (tags > 1 || (tags == 1 && tagsInFrame)) {
      carried.add(Encapsulation.VLAN);
    }
    if (hasTunnel(all)) {
      carried.add(Encapsulation.TUNNEL);
    }
    return carried;
  }

  private static boolean insertsTags(String interfaceName) {
    try {
      return Offloads.of(interfaceName).isActive(VLAN_INSERTION);
    } catch (OsException untold) {
      return false;
    }
  }

  /** How many VLANs there are on top of each other, up to as many as are asked for. */
  private static int depth(Path device, int most) {
    int deepest = 0;
    try (DirectoryStream<Path> uppers = Files.newDirectoryStream(device, "upper_*")) {
      for (Path upper : uppers) {
        if (most > 0 && hasLine(upper, "DEVTYPE=vlan")) {
          deepest = Math.max(deepest, 1 + depth(upper, most - 1));
        }
      }
    } catch (IOException | DirectoryIteratorException gone) {
      return deepest;
    }
    return deepest;
  }

  private static boolean hasTunnel(Path all) {
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(all)) {
      for (Path device : devices) {
        if (isUp(device) && isTunnel(device)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException untold) {
      return false;
    }
    return false;
  }

  private static boolean isTunnel(Path device) {
    return TUNNEL_TYPES.contains(read(device.resolve("type")))
        || TUNNEL_DEVICES.stream().anyMatch(type -> hasLine(device, type));
  }

  /** The kernel makes some that nobody uses: those are down. */
  private static boolean isUp(Path device) {
    String flags = read(device.resolve("flags"));
    return !flags.isEmpty() && (Integer.decode(flags) & 1) != 0;
  }

  private static boolean hasLine(Path device, String line) {
    try (Stream<String> lines = read(device.resolve("uevent")).lines()) {
      return lines.anyMatch(line::equals);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException gone) {
      return "";
    }
  }
}
