package io.tapdeck.capture.netif;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An interface as the calling thread's {@code /sys/class/net} shows it: ask on the thread that is
 * in the interface's network namespace.
 *
 * @param name as {@code ip link} shows it, at most 15 bytes
 */
public record NetworkInterface(String name) {
  /** One that never exists. */
  public static final NetworkInterface NONE = new NetworkInterface("");

  private static final Path ALL = Path.of("/sys/class/net");
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/:\\s\\p{Cntrl}]{1,15}");

  /** The alias that Tapdeck gives the NICs on which mirrored traffic arrives begins so. */
  private static final String TAP_ALIAS = "tapdeck tap-service";

  /** On the host, the other end of a tap NIC in a namespace has the same alias, and such a name. */
  private static final String TAP_PORT_PREFIX = "tpv-";

  /** An alias has up to 256 bytes, everything else that is read is shorter. */
  private static final int LONGEST_ATTRIBUTE = 512;

  private static final int IFF_UP = 0x1;
  private static final int IFF_LOOPBACK = 0x8;

  /** True if there is such an interface; a name that no interface can have counts as none. */
  public boolean exists() {
    return isName() && Files.isDirectory(directory());
  }

  /** True if it exists and is set up ({@code ip link set up}), with or without a carrier. */
  public boolean isUp() {
    return (flags() & IFF_UP) != 0;
  }

  /**
   * The kernel's number for it, which one that is made anew under the same name does not have; 0 if
   * it is gone.
   */
  public int index() {
    return number("ifindex").map(Long::intValue).orElse(0);
  }

  /**
   * True if its other end is known to be cut off. The kernel shows it here at once; the flag
   * IFF_RUNNING follows up to a second later.
   */
  public boolean lacksCarrier() {
    return read("carrier").equals("0");
  }

  /** True if it has a carrier; one that is not up has none. */
  public boolean hasCarrier() {
    return read("carrier").equals("1");
  }

  /** Its hardware address as the kernel writes it; empty if it has none. */
  String mac() {
    return read("address");
  }

  /** The longest packet it takes, in bytes without the frame's own header; 0 if it is gone. */
  public int mtu() {
    return number("mtu").map(Long::intValue).orElse(0);
  }

  /** What the driver says, in Mbit/s; of a virtual interface it is a mere name plate. */
  public Optional<Long> speedMbps() {
    return number("speed").filter(speed -> speed > 0);
  }

  /** The tap service whose copies arrive on it; none for the port at the other end of a pair. */
  Optional<UUID> tapService() {
    String alias = read("ifalias");
    if (!alias.startsWith(TAP_ALIAS + " ") || name.startsWith(TAP_PORT_PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(alias.substring(TAP_ALIAS.length() + 1).strip()));
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
  }

  /** What it is: the driver tells, and where that is the same for several kinds, sysfs. */
  public InterfaceKind kind(Optional<String> driver) {
    if (tapService().isPresent()) {
      return InterfaceKind.TAP;
    }
    if (isLoopback()) {
      return InterfaceKind.LOOPBACK;
    }
    return switch (driver.orElse("")) {
      case "veth" -> InterfaceKind.VETH;
      case "bridge" -> InterfaceKind.BRIDGE;
      case "openvswitch" -> InterfaceKind.OVS;
      case "tun" -> InterfaceKind.TUN;
      case "802.1Q VLAN Support" -> InterfaceKind.VLAN;
      default ->
          Files.exists(directory().resolve("device"))
              ? InterfaceKind.PHYSICAL
              : InterfaceKind.OTHER;
    };
  }

  private Optional<Long> number(String attribute) {
    try {
      return Optional.of(Long.parseLong(read(attribute)));
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  /** True if what it sends comes back to this machine. */
  public boolean isLoopback() {
    return (flags() & IFF_LOOPBACK) != 0;
  }

  /** True if it is a NIC of ours on which mirrored traffic arrives. */
  public boolean isTapNic() {
    return read("ifalias").startsWith(TAP_ALIAS);
  }

  /**
   * Reads what it has dropped since it exists.
   *
   * @throws IOException if it is gone
   */
  public DropCounters dropCounters() throws IOException {
    return new DropCounters(
        statistic("rx_dropped"), statistic("rx_missed_errors"), statistic("rx_fifo_errors"));
  }

  /**
   * Reads how many frames it has received since it exists, {@code rx_packets}.
   *
   * @throws IOException if it is gone
   */
  public long receivedFrames() throws IOException {
    return statistic("rx_packets");
  }

  private long statistic(String counter) throws IOException {
    return Long.parseUnsignedLong(text(directory().resolve("statistics").resolve(counter)));
  }

  private int flags() {
    String flags = read("flags");
    return flags.isEmpty() ? 0 : Integer.decode(flags);
  }

  /** A name that is none could lead out of sysfs's directory. */
  boolean isName() {
    return NAME.matcher(name).matches();
  }

  /** An attribute, empty if the interface is not there or has none. */
  private String read(String attribute) {
    if (!isName()) {
      return "";
    }
    try {
      return text(directory().resolve(attribute));
    } catch (IOException gone) {
      return "";
    }
  }

  /** A file of sysfs; they say that they have a page, and an array of one would be made. */
  private static String text(Path attribute) throws IOException {
    try (InputStream in = Files.newInputStream(attribute)) {
      return new String(in.readNBytes(LONGEST_ATTRIBUTE), StandardCharsets.UTF_8).strip();
    }
  }

  private Path directory() {
    return ALL.resolve(name);
  }
}
