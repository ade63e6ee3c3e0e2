package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A switch's database, row by row. */
final class SwitchRows {
  private final Map<UUID, Row> ports = new HashMap<>();
  private final Map<UUID, Row> interfaces = new HashMap<>();
  private final Map<String, List<UUID>> bridges = new HashMap<>();
  private final Map<String, Map<String, String>> bridgeIds = new HashMap<>();

  private boolean isInUserSpace;

  /** A bridge, with the internal port that each has. */
  SwitchRows bridge(String name, Map<String, String> ids, int mtu) {
    bridges.put(name, new ArrayList<>());
    bridgeIds.put(name, ids);
    return port(name, name, "internal", mtu, Map.of());
  }

  SwitchRows port(String bridge, String name, String type, int mtu, Map<String, String> ids) {
    return port(bridge, name, type, mtu, ids, List.of(name));
  }

  /** A port of several interfaces. */
  SwitchRows port(
      String bridge,
      String name,
      String type,
      int mtu,
      Map<String, String> ids,
      List<String> names) {
    List<UUID> refs = new ArrayList<>();
    for (String one : names) {
      UUID uuid = UUID.randomUUID();
      refs.add(uuid);
      interfaces.put(
          uuid,
          new Row(
              uuid,
              Map.of(
                  "name", Value.of(one),
                  "type", Value.of(type),
                  "mtu", Value.of((long) mtu))));
    }
    UUID uuid = UUID.randomUUID();
    ports.put(
        uuid,
        new Row(
            uuid,
            Map.of(
                "name", Value.of(name),
                "interfaces", Value.refs(refs),
                "external_ids", Value.texts(ids))));
    bridges.getOrDefault(bridge, new ArrayList<>()).add(uuid);
    return this;
  }

  /** Its bridges are of the datapath in user space. */
  SwitchRows inUserSpace() {
    isInUserSpace = true;
    return this;
  }

  SwitchView view() {
    Map<UUID, Row> rows = new HashMap<>();
    bridges.forEach((name, refs) -> {
      UUID uuid = UUID.randomUUID();
      Map<String, Value> columns = new HashMap<>();
      Atom called = Value.of(name);
      columns.put("name", called);
      columns.put("ports", Value.refs(refs));
      columns.put("datapath_type", Value.of(isInUserSpace ? "netdev" : ""));
      columns.put("external_ids", Value.texts(bridgeIds.getOrDefault(name, Map.of())));
      rows.put(uuid, new Row(uuid, columns));
    });
    return new SwitchView(
        new Replica(Map.of("Bridge", rows, "Port", ports, "Interface", interfaces)));
  }
}
