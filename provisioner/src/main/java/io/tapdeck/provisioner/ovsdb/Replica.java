package io.tapdeck.provisioner.ovsdb;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The monitored tables of a database as they were after one transaction. Immutable. */
public record Replica(Map<String, Map<UUID, Row>> tables) {
  /** The rows of a table. */
  public Collection<Row> rows(String table) {
    return tables.getOrDefault(table, Map.of()).values();
  }

  /** One row, if it is there. */
  public Optional<Row> row(String table, UUID uuid) {
    return Optional.ofNullable(tables.getOrDefault(table, Map.of()).get(uuid));
  }
}
