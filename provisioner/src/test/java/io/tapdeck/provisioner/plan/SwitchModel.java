package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A switch's database as far as plans use it: carries transactions out as ovsdb-server(1) does,
 * with garbage collection of what nothing refers to.
 */
final class SwitchModel {
  private static final Map<String, List<String>> OWNED =
      Map.of("Port", List.of("ports"), "Mirror", List.of("mirrors"));

  private final Map<String, Map<UUID, Row>> tables = new TreeMap<>();
  private long next = 1;

  SwitchModel() {
    var _ = add("Open_vSwitch", Map.of());
    for (String table : List.of("Bridge", "Port", "Interface", "Mirror")) {
      tables.put(table, new TreeMap<>());
    }
  }

  private Map<UUID, Row> rows(String table) {
    return tables.computeIfAbsent(table, any -> new TreeMap<>());
  }

  private Row row(String table, UUID uuid) {
    return required(rows(table).get(uuid));
  }

  private static <T> T required(@Nullable T found) {
    if (found == null) {
      throw new IllegalStateException("a transaction names what is not there");
    }
    return found;
  }

  UUID add(String table, Map<String, Value> columns) {
    UUID uuid = new UUID(0x4000, next++);
    rows(table).put(uuid, new Row(uuid, columns));
    return uuid;
  }

  /** A bridge that is not ours. */
  UUID bridge(String name, List<UUID> ports, List<UUID> mirrors) {
    return add(
        "Bridge",
        Map.of(
            "name", Value.of(name),
            "ports", Value.refs(ports),
            "mirrors", Value.refs(mirrors)));
  }

  /** A port that is not ours. */
  UUID port(String name) {
    UUID row = add("Interface", Map.of("name", Value.of(name), "type", Value.of("")));
    return add("Port", Map.of("name", Value.of(name), "interfaces", Value.refs(List.of(row))));
  }

  SwitchView view() {
    return new SwitchView(replica());
  }

  Replica replica() {
    Map<String, Map<UUID, Row>> copy = new HashMap<>();
    tables.forEach((table, rows) -> copy.put(table, Map.copyOf(rows)));
    return new Replica(copy);
  }

  /** Carries a transaction out. */
  void transact(List<Operation> operations) {
    Map<String, Atom> named = new HashMap<>();
    for (Operation operation : operations) {
      if (operation instanceof Operation.Insert insert) {
        named.put(insert.name().orElseThrow(), Value.of(add(insert.table(), Map.of())));
      }
    }
    for (Operation operation : operations) {
      switch (operation) {
        case Operation.Insert(String table, var ignored, var name, Map<String, Value> columns) ->
            set(
                table,
                ((Atom.Ref) required(named.get(name.orElseThrow()))).value(),
                columns,
                named);
        case Operation.Update(String table, List<Condition> where, Map<String, Value> columns) ->
            set(table, meant(table, where), columns, named);
        case Operation.Mutate(String table, List<Condition> where, List<Mutation> mutations) ->
            mutations.forEach(mutation -> mutate(table, meant(table, where), mutation, named));
        default -> throw new IllegalArgumentException("no plan does " + operation);
      }
    }
    collect();
  }

  /** Without a condition it is the only row. */
  private UUID meant(String table, List<Condition> where) {
    return where.isEmpty()
        ? rows(table).keySet().iterator().next()
        : ((Atom.Ref) where.getFirst().value()).value();
  }

  private void set(String table, UUID uuid, Map<String, Value> columns, Map<String, Atom> named) {
    Map<String, Value> all = new HashMap<>(row(table, uuid).columns());
    columns.forEach((column, value) -> all.put(column, resolved(value, named)));
    rows(table).put(uuid, new Row(uuid, all));
  }

  private static Value resolved(Value value, Map<String, Atom> named) {
    return switch (value) {
      case Atom.NamedRef(String name) -> required(named.get(name));
      case Value.SetOf(Set<Atom> atoms) -> {
        Set<Atom> all = new HashSet<>();
        atoms.forEach(atom -> all.add((Atom) resolved(atom, named)));
        yield new Value.SetOf(all);
      }
      default -> value;
    };
  }

  private void mutate(String table, UUID uuid, Mutation mutation, Map<String, Atom> named) {
    Row row = row(table, uuid);
    Set<Atom> atoms = new HashSet<>(row.value(mutation.column()).asSet());
    Set<Atom> change = resolved(mutation.value(), named).asSet();
    switch (mutation.mutator()) {
      case INSERT -> atoms.addAll(change);
      case DELETE -> atoms.removeAll(change);
      case ADD -> throw new IllegalArgumentException("no plan adds");
    }
    set(table, uuid, Map.of(mutation.column(), new Value.SetOf(atoms)), Map.of());
  }

  /** What no bridge has is gone, and references to it with it. */
  private void collect() {
    OWNED.forEach((table, columns) -> {
      Set<UUID> owned = new HashSet<>();
      rows("Bridge")
          .values()
          .forEach(bridge -> columns.forEach(column -> owned.addAll(bridge.refs(column))));
      rows(table).keySet().retainAll(owned);
    });
    Set<UUID> interfaces = new HashSet<>();
    rows("Port").values().forEach(port -> interfaces.addAll(port.refs("interfaces")));
    rows("Interface").keySet().retainAll(interfaces);
    for (Row mirror : List.copyOf(rows("Mirror").values())) {
      for (String column : List.of("select_src_port", "select_dst_port", "output_port")) {
        Set<UUID> refs = new HashSet<>(mirror.refs(column));
        if (refs.retainAll(rows("Port").keySet())) {
          set("Mirror", mirror.uuid(), Map.of(column, Value.refs(refs)), Map.of());
        }
      }
    }
  }
}
