package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The local Open vSwitch database at one moment, read by names. */
public final class SwitchView {
  /** The columns of the Open_vSwitch database that are read. */
  public static final Map<String, List<String>> COLUMNS =
      Map.of(
          "Open_vSwitch", List.of("bridges", "external_ids", "next_cfg", "cur_cfg"),
          "Bridge",
              List.of("name", "ports", "mirrors", "datapath_type", "fail_mode", "external_ids"),
          "Port", List.of("name", "interfaces", "tag", "trunks", "vlan_mode", "external_ids"),
          "Interface",
              List.of(
                  "name",
                  "type",
                  "options",
                  "ofport",
                  "ofport_request",
                  "ifindex",
                  "mtu",
                  "mtu_request",
                  "admin_state",
                  "link_state",
                  "error",
                  "external_ids"),
          "Mirror",
              List.of(
                  "name",
                  "select_all",
                  "select_src_port",
                  "select_dst_port",
                  "select_vlan",
                  "output_port",
                  "output_vlan",
                  "snaplen",
                  "external_ids"));

  private final Replica replica;

  /** Made when first asked for: of several changes in a row only the last is looked at. */
  private @Nullable Contents contents;

  /** What is on the bridges: ports by name, and Mirrors. */
  private record Contents(Map<String, BridgePort> ports, List<BridgeMirror> mirrors) {}

  /** Reads the database. */
  public SwitchView(Replica replica) {
    this.replica = replica;
  }

  private synchronized Contents contents() {
    Contents known = contents;
    if (known == null) {
      known = read();
      contents = known;
    }
    return known;
  }

  private Contents read() {
    Map<String, BridgePort> ports = new HashMap<>();
    List<BridgeMirror> mirrors = new ArrayList<>();
    for (Row bridge : replica.rows("Bridge")) {
      for (var uuid : bridge.refs("ports")) {
        replica
            .row("Port", uuid)
            .ifPresent(port -> ports.put(port.text("name"), read(bridge, port)));
      }
      for (var uuid : bridge.refs("mirrors")) {
        replica.row("Mirror", uuid).ifPresent(row -> mirrors.add(new BridgeMirror(bridge, row)));
      }
    }
    return new Contents(Collections.unmodifiableMap(ports), List.copyOf(mirrors));
  }

  private BridgePort read(Row bridge, Row port) {
    List<Row> interfaces = new ArrayList<>();
    port.refs("interfaces")
        .forEach(uuid -> replica.row("Interface", uuid).ifPresent(interfaces::add));
    return new BridgePort(bridge, port, interfaces);
  }

  /** A port and where it is. */
  public record BridgePort(Row bridge, Row port, List<Row> interfaces) {
    /** Whether we made it. */
    public boolean isOurs() {
      return SwitchView.isOurs(port);
    }

    /** The bridge's name. */
    public String bridgeName() {
      return bridge.text("name");
    }

    /** The interface, if the port has just one. */
    public Optional<Row> only() {
      return interfaces.size() == 1 ? Optional.of(interfaces.getFirst()) : Optional.empty();
    }
  }

  /** A Mirror and where it is. */
  public record BridgeMirror(Row bridge, Row mirror) {
    /** Whether we made it. */
    public boolean isOurs() {
      return SwitchView.isOurs(mirror);
    }
  }

  private static boolean isOurs(Row row) {
    return HostPlan.TAPDECK.equals(row.map("external_ids").get(HostPlan.OWNER));
  }

  /** All bridges. */
  public List<Row> bridges() {
    return List.copyOf(replica.rows("Bridge"));
  }

  /** The bridge of this name. */
  public Optional<Row> bridge(String name) {
    return replica.rows("Bridge").stream()
        .filter(bridge -> bridge.text("name").equals(name))
        .findFirst();
  }

  /** Whether a bridge is one that we made. */
  public static boolean isOurBridge(Row bridge) {
    return isOurs(bridge);
  }

  /** All ports by name; a name is on one bridge only. */
  public Map<String, BridgePort> ports() {
    return contents().ports();
  }

  /** The port of this name. */
  public Optional<BridgePort> port(String name) {
    return Optional.ofNullable(contents().ports().get(name));
  }

  /** All Mirrors. */
  public List<BridgeMirror> mirrors() {
    return contents().mirrors();
  }

  /** The row of the switch itself, once the database is set up. */
  public Optional<Row> root() {
    return replica.rows("Open_vSwitch").stream().findFirst();
  }

  /** The last configuration that ovs-vswitchd has carried out. */
  public long carriedOut() {
    return root().map(row -> row.whole("cur_cfg")).orElse(0L);
  }

  /** The last configuration that was asked for, by whomever. */
  public long askedFor() {
    return root().map(row -> row.whole("next_cfg")).orElse(0L);
  }
}
