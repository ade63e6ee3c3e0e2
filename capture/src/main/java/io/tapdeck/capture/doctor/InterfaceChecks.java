package io.tapdeck.capture.doctor;

import io.tapdeck.capture.netif.InterfaceKind;
import io.tapdeck.capture.netif.Offloads;
import io.tapdeck.capture.unit.DataSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Judges interfaces. */
final class InterfaceChecks {
  /** A ring consists of blocks of this size or half of it: so much less is no want of memory. */
  private static final long RING_BLOCK_BYTES = 256 << 10;

  private InterfaceChecks() {}

  /** Everything about one interface. */
  static Section judge(InterfaceFacts facts, DataSize buffer) {
    List<Finding> findings = new ArrayList<>();
    findings.add(link(facts));
    if (facts.exists()) {
      findings.add(device(facts));
      findings.addAll(offloads(facts));
      findings.add(ring(facts, buffer));
    }
    return new Section("interface " + facts.name() + where(facts.netns()), findings);
  }

  /** A line for each. */
  static Section judgeBriefly(List<InterfaceFacts> all, Optional<String> netns) {
    List<Finding> findings = new ArrayList<>();
    for (InterfaceFacts facts : all) {
      findings.add(brief(facts));
    }
    if (all.isEmpty()) {
      findings.add(
          Finding.warn(
              "interfaces",
              "none is up but the loopback",
              ip(netns, "link", "set", "IFACE", "up")));
    }
    return new Section("interfaces" + where(netns), findings);
  }

  /** A namespace that cannot be looked into. */
  static Section unseen(String netns, String reason) {
    return new Section(
        "network namespace " + netns,
        List.of(Finding.bad("namespace", reason, "see which there are: ip netns list")));
  }

  private static Finding link(InterfaceFacts facts) {
    Finding finding;
    if (!facts.exists()) {
      finding =
          Finding.bad("link", "there is no such interface", ip(facts.netns(), "-brief", "link"));
    } else if (!facts.up()) {
      finding = Finding.bad("link", "down", ip(facts.netns(), "link", "set", facts.name(), "up"));
    } else if (!facts.carrier()) {
      finding =
          Finding.warn(
              "link",
              "up, without a carrier: nothing arrives",
              facts.kind() == InterfaceKind.VETH
                  ? "set its other end up: ip link set PEER up"
                  : "plug in its cable, or set its other end up");
    } else {
      finding = Finding.good("link", "up, with a carrier");
    }
    return finding
        .with("exists", facts.exists())
        .with("up", facts.up())
        .with("carrier", facts.carrier());
  }

  private static Finding device(InterfaceFacts facts) {
    Finding finding =
        Finding.good("device", kind(facts) + ", MTU " + facts.mtu() + speed(facts))
            .with("kind", facts.kind().name().toLowerCase(Locale.ROOT))
            .with("mtu", (long) facts.mtu());
    if (facts.driver().isPresent()) {
      finding = finding.with("driver", facts.driver().get());
    }
    return facts.speedMbps().isPresent()
        ? finding.with("speedMbps", facts.speedMbps().get())
        : finding;
  }

  private static List<Finding> offloads(InterfaceFacts facts) {
    if (facts.offloads().isEmpty()) {
      return List.of(
          Finding.warn("offloads", "cannot be read", ethtool(facts, "-k", facts.name())));
    }
    Offloads offloads = facts.offloads().get();
    return List.of(received(facts, offloads), sent(facts, offloads));
  }

  private static Finding received(InterfaceFacts facts, Offloads offloads) {
    String states =
        "GRO %s, LRO %s, VLAN tags %s"
            .formatted(
                onOff(offloads.gro()),
                onOff(offloads.lro()),
                offloads.vlanReceive() ? "by the device, put back" : "left in");
    Finding finding;
    if (!offloads.mergingReceived().isEmpty()) {
      finding =
          Finding.warn(
              "receive offloads",
              states + ": received frames can be merged, sizes up to 64 KiB",
              turnOff(facts, offloads, offloads.mergingReceived()));
    } else {
      finding =
          Finding.good(
              "receive offloads",
              facts.kind() == InterfaceKind.VETH
                  ? states + " (what the other end's TSO leaves whole arrives whole)"
                  : states);
    }
    return finding
        .with("gro", offloads.gro())
        .with("lro", offloads.lro())
        .with("vlanReceive", offloads.vlanReceive());
  }

  private static Finding sent(InterfaceFacts facts, Offloads offloads) {
    String states = "TSO %s, GSO %s".formatted(onOff(offloads.tso()), onOff(offloads.gso()));
    Finding finding;
    if (facts.kind() == InterfaceKind.TAP) {
      finding = Finding.good("send offloads", states + "; only received frames are recorded");
    } else if (!offloads.delayingSegmentation().isEmpty()) {
      finding =
          Finding.warn(
              "send offloads",
              states + ": sent frames are seen before they are cut, sizes up to 64 KiB",
              turnOff(facts, offloads, offloads.delayingSegmentation()));
    } else {
      finding = Finding.good("send offloads", states);
    }
    return finding.with("tso", offloads.tso()).with("gso", offloads.gso());
  }

  private static String turnOff(
      InterfaceFacts facts, Offloads offloads, Collection<String> features) {
    List<String> words = new ArrayList<>(List.of("-K", facts.name()));
    for (String feature : features) {
      if (offloads.canBeTurnedOff(feature)) {
        words.addAll(List.of(feature, "off"));
      }
    }
    return words.size() > 2
        ? ethtool(facts, words.toArray(String[]::new))
        : "its driver does not let them be turned off: mind it when you look at frame sizes";
  }

  private static Finding ring(InterfaceFacts facts, DataSize buffer) {
    Finding finding =
        switch (facts.ring()) {
          case RingTrial.Untried _ ->
              Finding.bad(
                  "ring",
                  "cannot be tried while the interface is down",
                  ip(facts.netns(), "link", "set", facts.name(), "up"));
          case RingTrial.Refused refused ->
              Finding.bad(
                  "ring",
                  "the interface cannot be opened: " + refused.words(),
                  refused.lacksPrivilege()
                      ? "run it as root, or with CAP_NET_RAW"
                      : "see what the kernel says: dmesg");
          case RingTrial.Granted granted -> granted(granted.bytes(), buffer);
        };
    return finding.with("askedBytes", buffer.bytes());
  }

  private static Finding granted(long bytes, DataSize asked) {
    if (bytes == 0) {
      return Finding.warn("ring", "its size cannot be told", "mount -t proc proc /proc");
    }
    DataSize ring = new DataSize(bytes);
    Finding finding =
        asked.bytes() - bytes < RING_BLOCK_BYTES
            ? Finding.good("ring", ring + ", as asked")
            : Finding.warn(
                "ring",
                "%s of the %s asked: memory is short".formatted(ring, asked),
                "free some memory, or ask for less: --buffer " + ring);
    return finding.with("grantedBytes", bytes);
  }

  private static Finding brief(InterfaceFacts facts) {
    List<String> on = new ArrayList<>();
    if (facts.offloads().isPresent()) {
      Offloads offloads = facts.offloads().get();
      if (offloads.gro()) {
        on.add("GRO");
      }
      if (offloads.lro()) {
        on.add("LRO");
      }
      if (offloads.tso() && facts.kind() != InterfaceKind.TAP) {
        on.add("TSO");
      }
    }
    String found =
        "%s, MTU %d%s%s%s"
            .formatted(
                kind(facts),
                facts.mtu(),
                speed(facts),
                facts.carrier() ? "" : ", no carrier",
                on.isEmpty() ? "" : ", " + String.join(", ", on) + " on");
    return on.isEmpty() && facts.carrier()
        ? Finding.good(facts.name(), found)
        : Finding.warn(
            facts.name(),
            found,
            "tapdeck doctor "
                + facts.netns().map(netns -> ShellWords.of("--netns", netns) + " ").orElse("")
                + ShellWords.of("-i", facts.name())
                + " tells more");
  }

  private static String kind(InterfaceFacts facts) {
    String kind =
        switch (facts.kind()) {
          case TAP -> "tap NIC";
          case OVS -> "Open vSwitch port";
          case TUN -> "TUN/TAP device";
          case PHYSICAL, VETH, BRIDGE, VLAN, LOOPBACK, OTHER ->
              facts.kind().name().toLowerCase(Locale.ROOT);
        };
    return facts
        .driver()
        .filter(driver -> !driver.isEmpty() && !driver.equals(kind))
        .map(driver -> kind + ", driver " + driver)
        .orElse(kind);
  }

  private static String speed(InterfaceFacts facts) {
    return facts.kind() == InterfaceKind.PHYSICAL
        ? facts.speedMbps().map(mbps -> ", " + Quantities.rate(mbps * 1e6, "bit/s")).orElse("")
        : "";
  }

  private static String where(Optional<String> netns) {
    return netns.map(name -> " in network namespace " + name).orElse("");
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }

  private static String ip(Optional<String> netns, String... words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    netns.ifPresent(name -> command.addAll(List.of("-n", name)));
    command.addAll(List.of(words));
    return ShellWords.of(command.toArray(String[]::new));
  }

  private static String ethtool(InterfaceFacts facts, String... words) {
    List<String> command = new ArrayList<>();
    facts.netns().ifPresent(name -> command.addAll(List.of("ip", "netns", "exec", name)));
    command.add("ethtool");
    command.addAll(List.of(words));
    return ShellWords.of(command.toArray(String[]::new));
  }
}
