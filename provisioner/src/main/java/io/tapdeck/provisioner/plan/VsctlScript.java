package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Operations of {@link SwitchDiff} as one invocation of ovs-vsctl(8), which is one transaction. It
 * speaks of rows by their names.
 */
final class VsctlScript {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");

  private final SwitchView there;
  private final Map<String, String> bridgeOf;

  /** By number, what is to be done; each is a command of ovs-vsctl. */
  private final List<String> changes = new ArrayList<>();

  private final List<String> drops = new ArrayList<>();

  /** By the name of a reference in the operations, the port's name. */
  private final Map<String, String> newPorts = new HashMap<>();

  private final Map<String, Map<String, Value>> newInterfaces = new HashMap<>();

  /** By the name of what is referred to, how the invocation calls it. */
  private final Map<String, String> ids = new LinkedHashMap<>();

  private VsctlScript(HostPlan plan, SwitchView there) {
    this.there = there;
    bridgeOf =
        plan.ports().stream().collect(Collectors.toMap(PlannedPort::name, PlannedPort::bridge));
  }

  /**
   * What is to be typed.
   *
   * @param change makes and changes ports, and makes, changes and removes Mirrors
   * @param drop removes ports, which flows may name until it is run
   */
  record Lines(Optional<String> change, Optional<String> drop) {}

  /** The operations as commands. */
  static Lines of(List<Operation> operations, HostPlan plan, SwitchView there) {
    VsctlScript script = new VsctlScript(plan, there);
    operations.forEach(script::add);
    return new Lines(invocation(script.changes), invocation(script.drops));
  }

  private static Optional<String> invocation(List<String> commands) {
    return commands.isEmpty()
        ? Optional.empty()
        : Optional.of("ovs-vsctl -- " + String.join(" \\\n  -- ", commands));
  }

  private void add(Operation operation) {
    switch (operation) {
      case Operation.Insert insert -> insert(insert);
      case Operation.Update update -> update(update);
      case Operation.Mutate mutate -> mutate.mutations().forEach(one -> mutate(mutate, one));
      case Operation.Delete ignored -> throw unexpected(operation);
      case Operation.Select ignored -> throw unexpected(operation);
      case Operation.Expect ignored -> throw unexpected(operation);
    }
  }

  private static IllegalArgumentException unexpected(Operation operation) {
    return new IllegalArgumentException("no difference of switches has " + operation);
  }

  private void insert(Operation.Insert insert) {
    String ref = insert.name().orElse("");
    switch (insert.table()) {
      // A port's interface comes just before it.
      case "Interface" -> newInterfaces.put(ref, insert.columns());
      case "Port" -> {
        String name = text(insert.columns(), "name");
        newPorts.put(ref, name);
        changes.add("add-port " + word(bridgeOf.getOrDefault(name, "")) + " " + word(name));
        set("Interface", name, interfaceOf(insert));
        set("Port", name, insert.columns());
      }
      case "Mirror" -> {
        StringBuilder words = new StringBuilder("--id=@" + ref + " create Mirror");
        columns(insert.columns(), true).forEach(one -> words.append(' ').append(one));
        changes.add(words.toString());
      }
      default -> throw unexpected(insert);
    }
  }

  private Map<String, Value> interfaceOf(Operation.Insert port) {
    Value ref = port.columns().getOrDefault("interfaces", Value.none());
    return ref instanceof Atom.NamedRef(String name)
        ? newInterfaces.getOrDefault(name, Map.of())
        : Map.of();
  }

  private void set(String table, String name, Map<String, Value> columns) {
    Map<String, Value> others = new TreeMap<>(columns);
    others.remove("name");
    others.remove("interfaces");
    List<String> words = columns(others, true);
    if (!words.isEmpty()) {
      changes.add("set " + table + " " + word(name) + " " + String.join(" ", words));
    }
  }

  private void update(Operation.Update update) {
    UUID row = row(update.where().getFirst().value());
    String name =
        switch (update.table()) {
          case "Mirror" -> mirror(row);
          case "Bridge" -> bridge(row);
          case "Port" -> port(row);
          case "Interface" ->
              there.ports().values().stream()
                  .flatMap(port -> port.interfaces().stream())
                  .filter(one -> one.uuid().equals(row))
                  .map(one -> one.text("name"))
                  .findFirst()
                  .orElse(row.toString());
          default -> throw unexpected(update);
        };
    String words = String.join(" ", columns(new TreeMap<>(update.columns()), false));
    changes.add("set " + update.table() + " " + word(name) + " " + words);
  }

  private static UUID row(Value where) {
    return where instanceof Atom.Ref(UUID uuid) ? uuid : new UUID(0, 0);
  }

  private void mutate(Operation.Mutate mutate, Mutation mutation) {
    String bridge = bridge(row(mutate.where().getFirst().value()));
    boolean inserts = mutation.mutator() == Mutation.Mutator.INSERT;
    for (Atom atom : ordered(mutation.value())) {
      if (mutation.column().equals("mirrors")) {
        changes.add(
            (inserts ? "add" : "remove") + " Bridge " + word(bridge) + " mirrors " + ref(atom));
      } else if (!inserts && atom instanceof Atom.Ref(UUID uuid)) {
        drops.add("del-port " + word(bridge) + " " + word(port(uuid)));
      }
      // Ports that are added were added by name.
    }
  }

  private List<Atom> ordered(Value value) {
    Map<String, Atom> ordered = new TreeMap<>();
    value.asSet().forEach(atom -> ordered.put(named(atom), atom));
    return List.copyOf(ordered.values());
  }

  private String named(Atom atom) {
    return switch (atom) {
      case Atom.Ref(UUID uuid) -> isMirror(uuid) ? mirror(uuid) : port(uuid);
      case Atom.NamedRef(String name) -> newPorts.getOrDefault(name, name);
      case Atom.Whole(long number) -> String.format(java.util.Locale.ROOT, "%020d", number);
      default -> atom.toString();
    };
  }

  private boolean isMirror(UUID uuid) {
    return there.mirrors().stream().anyMatch(known -> known.mirror().uuid().equals(uuid));
  }

  /** A Mirror's name; its id, if others have the same. */
  private String mirror(UUID uuid) {
    List<String> names =
        there.mirrors().stream()
            .filter(known -> known.mirror().uuid().equals(uuid))
            .map(known -> known.mirror().text("name"))
            .toList();
    boolean unique =
        !names.isEmpty()
            && there.mirrors().stream()
                    .filter(known -> known.mirror().text("name").equals(names.getFirst()))
                    .count()
                == 1;
    return unique ? names.getFirst() : uuid.toString();
  }

  private String bridge(UUID uuid) {
    return there.bridges().stream()
        .filter(bridge -> bridge.uuid().equals(uuid))
        .map(bridge -> bridge.text("name"))
        .findFirst()
        .orElse(uuid.toString());
  }

  private String port(UUID uuid) {
    return there.ports().values().stream()
        .map(SwitchView.BridgePort::port)
        .filter(port -> port.uuid().equals(uuid))
        .map(port -> port.text("name"))
        .findFirst()
        .orElse(uuid.toString());
  }

  /**
   * Columns as {@code set} and {@code create} take them.
   *
   * @param fresh whether the row is new, so that what is empty need not be said
   */
  private List<String> columns(Map<String, Value> columns, boolean fresh) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(columns)
        .forEach((column, value) -> {
          if (value instanceof Value.MapOf(Map<Atom, Atom> entries) && fresh) {
            Map<String, String> sorted = new TreeMap<>();
            entries.forEach((key, of) -> sorted.put(atom(key), atom(of)));
            sorted.forEach((key, of) -> words.add(word(column + ":" + key + "=" + of)));
          } else if (!fresh || !isDefault(value)) {
            words.add(word(column + "=" + value(value)));
          }
        });
    return words;
  }

  private static boolean isDefault(Value value) {
    return value.equals(Value.of(false))
        || value.equals(Value.of(""))
        || value.equals(Value.none());
  }

  private String value(Value value) {
    return switch (value) {
      case Atom one -> atom(one);
      case Value.SetOf many -> {
        List<String> atoms = ordered(many).stream().map(this::atom).toList();
        yield atoms.size() == 1 ? atoms.getFirst() : "[" + String.join(",", atoms) + "]";
      }
      case Value.MapOf(Map<Atom, Atom> entries) -> {
        Map<String, String> sorted = new TreeMap<>();
        entries.forEach((key, of) -> sorted.put(atom(key), atom(of)));
        yield sorted.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(",", "{", "}"));
      }
    };
  }

  private String atom(Atom atom) {
    return switch (atom) {
      case Atom.Text(String text) -> quoted(text);
      case Atom.Whole(long number) -> Long.toString(number);
      case Atom.Real(double number) -> Double.toString(number);
      case Atom.Truth(boolean truth) -> Boolean.toString(truth);
      case Atom.Ref ref -> ref(ref);
      case Atom.NamedRef ref -> ref(ref);
    };
  }

  /** How the invocation calls a row; a {@code get} before gives it the name. */
  private String ref(Atom atom) {
    return switch (atom) {
      case Atom.NamedRef(String name) when newPorts.containsKey(name) ->
          get("Port", newPorts.getOrDefault(name, ""));
      case Atom.NamedRef(String name) -> "@" + name;
      case Atom.Ref(UUID uuid) when isMirror(uuid) -> get("Mirror", mirror(uuid));
      case Atom.Ref(UUID uuid) -> get("Port", port(uuid));
      default -> throw new IllegalArgumentException("no reference: " + atom);
    };
  }

  private String get(String table, String name) {
    return ids.computeIfAbsent(
        table + " " + name,
        any -> {
          String id = "@" + (table.equals("Port") ? "p" : "m") + (ids.size() + 1);
          changes.add("--id=" + id + " get " + table + " " + word(name));
          return id;
        });
  }

  /** A string as ovs-vsctl(8) takes it: like JSON where it holds more than letters and digits. */
  static String quoted(String text) {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one == '"' || one == '\\') {
        quoted.append('\\').append(one);
      } else if (!ShellWord.isPrintable(String.valueOf(one))) {
        quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) one));
      } else {
        quoted.append(one);
      }
    }
    return quoted.append('"').toString();
  }

  private static String word(String text) {
    return ShellWord.of(text);
  }

  private static String text(Map<String, Value> columns, String column) {
    return new Row(new UUID(0, 0), columns).text(column);
  }
}
