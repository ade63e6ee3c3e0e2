package io.tapdeck.provisioner.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Applies {@code <table-updates2>} of ovsdb-server(7), section 4.1.14, to a replica. A modified row
 * comes as a difference: the members of a set that changed side, the keys of a map that changed;
 * only a column of at most one value comes whole. So the schema is needed to read it.
 *
 * @param single by table, the columns that hold at most one value
 * @param defaults by table, the columns of exactly one value and what they hold if not sent
 */
record TableUpdates(Map<String, Set<String>> single, Map<String, Map<String, Value>> defaults) {
  /**
   * Reads what is needed out of a database schema (RFC 7047, section 3.2).
   *
   * @param monitored by table, the columns that will come, unless the schema lacks them
   */
  static TableUpdates of(JsonNode schema, Map<String, List<String>> monitored) {
    Map<String, Set<String>> single = new HashMap<>();
    Map<String, Map<String, Value>> defaults = new HashMap<>();
    monitored.forEach((table, columns) -> {
      Set<String> singles = new HashSet<>();
      Map<String, Value> zeros = new HashMap<>();
      for (String column : columns) {
        JsonNode type = schema.path("tables").path(table).path("columns").path(column).path("type");
        if (type.isMissingNode()) {
          continue;
        }
        boolean scalar = type.path("min").asInt(1) == 1;
        if (type.path("max").asText("1").equals("1") && !type.has("value")) {
          singles.add(column);
          if (scalar) {
            zeros.put(column, zero(type));
          }
        }
      }
      single.put(table, singles);
      defaults.put(table, zeros);
    });
    return new TableUpdates(single, defaults);
  }

  /** What a new row leaves out because it is zero. */
  private static Value zero(JsonNode type) {
    JsonNode key = type.isTextual() ? type : type.path("key");
    return switch (key.isTextual() ? key.asText() : key.path("type").asText()) {
      case "integer" -> Value.of(0);
      case "real" -> new Atom.Real(0);
      case "boolean" -> Value.of(false);
      case "uuid" -> Value.of(new UUID(0, 0));
      default -> Value.of("");
    };
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
      Map<String, Value> columns = new HashMap<>(defaults.getOrDefault(table, Map.of()));
      columns.putAll(JsonValues.readColumns(row));
      rows.put(uuid, new Row(uuid, columns));
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
