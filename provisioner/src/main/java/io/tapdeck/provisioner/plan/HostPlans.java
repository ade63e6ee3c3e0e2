package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What a switch looks like once it is as planned. */
final class HostPlans {
  private HostPlans() {}

  /** Nothing planned. */
  static HostPlan none() {
    return new HostPlan(
        List.of(), List.of(), List.of(), List.of(), List.of(), Set.of(), Set.of(), Set.of(),
        Map.of(), Map.of(), List.of());
  }

  /**
   * A switch that is as planned.
   *
   * @param also a plan whose bridges and guests' ports are there too
   */
  static SwitchView carriedOut(HostPlan plan, HostPlan also) {
    return new Model().add(plan, also).view();
  }

  /** Rows, made one by one. */
  private static final class Model {
    private final Map<String, Map<UUID, Row>> tables = new HashMap<>();
    private final Map<String, UUID> ports = new TreeMap<>();
    private final Map<String, List<UUID>> portsOf = new TreeMap<>();
    private final Map<String, List<UUID>> mirrorsOf = new TreeMap<>();
    private long rows;

    private UUID row(String table, Map<String, Value> columns) {
      UUID uuid = new UUID(1, ++rows);
      tables.computeIfAbsent(table, any -> new HashMap<>()).put(uuid, new Row(uuid, columns));
      return uuid;
    }

    private void port(String bridge, String name, Map<String, Value> ids, Map<String, Value> of) {
      Map<String, Value> columns = new HashMap<>(of);
      columns.put("name", Value.of(name));
      Map<String, Value> port = new HashMap<>(ids);
      port.put("name", Value.of(name));
      port.put("interfaces", Value.of(row("Interface", columns)));
      UUID uuid = row("Port", port);
      ports.put(name, uuid);
      portsOf.computeIfAbsent(bridge, any -> new ArrayList<>()).add(uuid);
    }

    private Model add(HostPlan plan, HostPlan also) {
      portsOf.put(HostPlan.BRTAP, new ArrayList<>());
      PortNumbers numbers = PortNumbers.of(plan, new SwitchView(new Replica(Map.of())));
      plan.ports()
          .forEach(port ->
              port(
                  port.bridge(),
                  port.name(),
                  SwitchDiff.portColumns(port),
                  SwitchDiff.interfaceColumns(port, numbers)));
      for (HostPlan one : List.of(plan, also)) {
        one.ports().forEach(port -> portsOf.putIfAbsent(port.bridge(), new ArrayList<>()));
        for (PlannedMirror mirror : one.mirrors()) {
          Set<String> guests = new TreeSet<>(mirror.received());
          guests.addAll(mirror.sent());
          for (String guest : guests) {
            if (!ports.containsKey(guest)) {
              port(mirror.bridge(), guest, Map.of(), Map.of());
            }
          }
        }
      }
      for (PlannedMirror mirror : plan.mirrors()) {
        Map<String, Value> columns = new HashMap<>();
        columns.put("name", Value.of(mirror.name()));
        columns.put("select_all", Value.of(mirror.all()));
        columns.put("select_src_port", refs(mirror.received()));
        columns.put("select_dst_port", refs(mirror.sent()));
        columns.put("select_vlan", SwitchDiff.vlans(mirror));
        columns.put("output_port", refs(Set.of(mirror.output())));
        columns.put("external_ids", SwitchDiff.ours(mirror.externalIds()));
        mirrorsOf
            .computeIfAbsent(mirror.bridge(), any -> new ArrayList<>())
            .add(row("Mirror", columns));
      }
      return this;
    }

    private Value refs(Set<String> names) {
      List<UUID> refs = new ArrayList<>();
      for (String name : names) {
        UUID port = ports.get(name);
        if (port != null) {
          refs.add(port);
        }
      }
      return Value.refs(refs);
    }

    private SwitchView view() {
      portsOf.forEach((bridge, of) -> {
        var _ =
            row(
                "Bridge",
                Map.of(
                    "name", Value.of(bridge),
                    "ports", Value.refs(of),
                    "mirrors", Value.refs(mirrorsOf.getOrDefault(bridge, List.of()))));
      });
      return new SwitchView(new Replica(tables));
    }
  }
}
