package io.tapdeck.provisioner.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Applies {@code <table-updates2>} of ovsdb-server(7), section 4.1.14, to a replica. A modified row
 * comes as a difference: the members of a set that changed side, the keys of a map that changed;
 * only a column of at most one value comes whole. So the schema is needed to read it.
 *
 * @param single by table, the columns that hold at most one value
 */
record TableUpdates(Map<String, Set<String>> single) {
  /** Reads the columns of at most one value out of a database schema (RFC 7047, section 3.2). */
  static TableUpdates of(JsonNode schema) {
    Map<String, Set<String>> single = new HashMap<>();
    schema
        .path("tables")
        .properties()
        .forEach(table -> {
          Set<String> columns = new HashSet<>();
          table
              .getValue()
              .path("columns")
              .properties()
              .forEach(column -> {
                JsonNode type = column.getValue().path("type");
                boolean one = type.path("max").asText("1").equals("1");
                if (type.isTextual() || (one && !type.has("value"))) {
                  columns.add(column.getKey());
                }
              });
          single.put(table.getKey(), columns);
        });
    return new TableUpdates(single);
  }

  /** The replica after the updates. */
  Replica apply(Replica before, JsonNode updates) {
    Map<String, Map<UUID, Row>> tables = new HashMap<>(before.tables());
    updates
        .properties()
        .forEach(table -> {
          Map<UUID, Row> rows = new LinkedHashMap<>(tables.getOrDefault(table.getKey(), Map.of()));
          table
              .getValue()
              .properties()
              .forEach(row ->
                  apply(table.getKey(), rows, UUID.fromString(row.getKey()), row.getValue()));
          tables.put(table.getKey(), rows);
        });
    return new Replica(tables);
  }

  private void apply(String table, Map<UUID, Row> rows, UUID uuid, JsonNode update) {
    if (update.has("delete")) {
      rows.remove(uuid);
    } else if (update.has("modify")) {
      Row before = rows.get(uuid);
      Map<String, Value> columns = new HashMap<>(before == null ? Map.of() : before.columns());
      JsonValues.readColumns(update.get("modify"))
          .forEach((column, change) ->
              columns.merge(
                  column,
                  change,
                  (old, difference) ->
                      single.getOrDefault(table, Set.of()).contains(column)
                          ? difference
                          : changed(old, difference)));
      rows.put(uuid, new Row(uuid, columns));
    } else {
      JsonNode row = update.has("insert") ? update.get("insert") : update.path("initial");
      rows.put(uuid, new Row(uuid, JsonValues.readColumns(row)));
    }
  }

  private static Value changed(Value old, Value difference) {
    if (difference instanceof Value.MapOf(Map<Atom, Atom> changes)) {
      Map<Atom, Atom> entries =
          new HashMap<>(old instanceof Value.MapOf(Map<Atom, Atom> kept) ? kept : Map.of());
      changes.forEach((key, value) -> {
        if (!entries.remove(key, value)) {
          entries.put(key, value);
        }
      });
      return new Value.MapOf(entries);
    }
    Set<Atom> atoms = new HashSet<>(old.asSet());
    for (Atom atom : difference.asSet()) {
      if (!atoms.remove(atom)) {
        atoms.add(atom);
      }
    }
    return new Value.SetOf(atoms);
  }
}
