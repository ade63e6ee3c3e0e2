package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the guests' NICs in a switch, by the {@code external_ids} that hypervisors write. */
final class Ports {
  /** A tag of this value is no VLAN (IEEE 802.1Q). */
  private static final int RESERVED_VLAN = 4095;

  private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

  private Ports() {}

  /** By bridge, how many Mirrors it has that are not ours. */
  static Map<String, Integer> foreignMirrors(SwitchView there) {
    Map<String, Integer> foreign = new HashMap<>();
    for (SwitchView.BridgeMirror mirror : there.mirrors()) {
      if (!mirror.isOurs()) {
        foreign.merge(mirror.bridge().text("name"), 1, Integer::sum);
      }
    }
    return foreign;
  }

  /** The NICs on a host, ordered by their ports' names. */
  static List<Nic> nics(SwitchView there, String host) {
    List<Nic> nics = new ArrayList<>();
    for (SwitchView.BridgePort port : there.ports().values()) {
      if (!port.isOurs() && !port.bridgeName().equals(HostPlan.BRTAP)) {
        nic(port, host).ifPresent(nics::add);
      }
    }
    nics.sort(Comparator.comparing(Nic::port));
    return nics;
  }

  private static Optional<Nic> nic(SwitchView.BridgePort port, String host) {
    Map<String, String> ids = new HashMap<>(port.port().map("external_ids"));
    port.only().ifPresent(row -> ids.putAll(row.map("external_ids")));
    String guest = ids.get("vm-id");
    String mac = ids.get("attached-mac");
    // Who may write external_ids must not write flows by them.
    if (guest == null || mac == null || !MAC.matcher(mac).matches()) {
      return Optional.empty();
    }
    Set<String> ips =
        new HashSet<>(List.of(ids.getOrDefault("attached-ip", "").split("[ ,]+", -1)));
    ips.remove("");
    return Optional.of(
        new Nic(
            host,
            guest,
            ids.getOrDefault("vm-name", guest),
            mac.toLowerCase(Locale.ROOT),
            ips,
            port.bridgeName(),
            port.port().text("name"),
            accessTag(port.port()),
            vlans(port.port()),
            Optional.ofNullable(ids.get("tapdeck-netns")).filter(Nic::isNetnsName)));
  }

  /**
   * The VLANs that a port carries, if not all: ovs-vswitchd.conf.db(5), Port, {@code vlan_mode}.
   * One with a tag is an access port of that VLAN, unless it says otherwise.
   */
  private static Set<Integer> vlans(Row port) {
    int tag = tag(port).orElse(0);
    Set<Integer> trunks = new HashSet<>();
    for (Atom atom : port.value("trunks").asSet()) {
      if (atom instanceof Atom.Whole(long vlan) && vlan >= 0 && vlan < RESERVED_VLAN) {
        trunks.add((int) vlan);
      }
    }
    return switch (mode(port)) {
      case "access", "dot1q-tunnel" -> Set.of(tag);
      case "native-tagged", "native-untagged" -> {
        if (!trunks.isEmpty()) {
          trunks.add(tag);
          // What is untagged is of the native VLAN.
          trunks.removeIf(vlan -> vlan == 0 && tag != 0);
        }
        yield trunks;
      }
      default -> trunks;
    };
  }

  private static String mode(Row port) {
    String mode = port.text("vlan_mode");
    return mode.isEmpty() ? (tag(port).isPresent() ? "access" : "trunk") : mode;
  }

  private static Optional<Integer> tag(Row port) {
    return port.optionalWhole("tag")
        .filter(tag -> tag >= 0 && tag < RESERVED_VLAN)
        .map(Long::intValue);
  }

  /** The VLAN whose tag Open vSwitch puts on what an access port sends. */
  private static Optional<Integer> accessTag(Row port) {
    return mode(port).equals("access") ? tag(port).filter(tag -> tag > 0) : Optional.empty();
  }
}
