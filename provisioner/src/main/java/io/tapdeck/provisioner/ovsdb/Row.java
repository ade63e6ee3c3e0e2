package io.tapdeck.provisioner.ovsdb;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A row as a server sent it. A column that it left out has its type's default (RFC 7047, section
 * 5.2.1), so the accessors answer empty, zero or false for it.
 */
public record Row(UUID uuid, Map<String, Value> columns) {
  private static final UUID NIL = new UUID(0, 0);

  public Row {
    columns = Map.copyOf(columns);
  }

  /** The column's value, or the empty set. */
  public Value value(String column) {
    return columns.getOrDefault(column, Value.none());
  }

  /** The string in the column, or the empty string. */
  public String text(String column) {
    return optionalText(column).orElse("");
  }

  /** The string in the column, if it has one. */
  public Optional<String> optionalText(String column) {
    return value(column).asSet().stream()
        .filter(Atom.Text.class::isInstance)
        .map(atom -> ((Atom.Text) atom).value())
        .findFirst();
  }

  /** The integer in the column, or 0. */
  public long whole(String column) {
    return optionalWhole(column).orElse(0L);
  }

  /** The integer in the column, if it has one. */
  public Optional<Long> optionalWhole(String column) {
    return value(column).asSet().stream()
        .filter(Atom.Whole.class::isInstance)
        .map(atom -> ((Atom.Whole) atom).value())
        .findFirst();
  }

  /** The boolean in the column, or false. */
  public boolean truth(String column) {
    return value(column).asSet().contains(new Atom.Truth(true));
  }

  /** The reference in the column, or the nil UUID. */
  public UUID ref(String column) {
    return refs(column).stream().findFirst().orElse(NIL);
  }

  /** The references in the column. */
  public Set<UUID> refs(String column) {
    Set<UUID> refs = new LinkedHashSet<>();
    for (Atom atom : value(column).asSet()) {
      if (atom instanceof Atom.Ref(UUID uuid)) {
        refs.add(uuid);
      }
    }
    return refs;
  }

  /** The strings in the column. */
  public Set<String> texts(String column) {
    Set<String> texts = new LinkedHashSet<>();
    for (Atom atom : value(column).asSet()) {
      if (atom instanceof Atom.Text(String text)) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The map of strings in the column. */
  public Map<String, String> map(String column) {
    Map<String, String> map = new LinkedHashMap<>();
    if (value(column) instanceof Value.MapOf(Map<Atom, Atom> entries)) {
      entries.forEach((key, value) -> {
        if (key instanceof Atom.Text(String k) && value instanceof Atom.Text(String v)) {
          map.put(k, v);
        }
      });
    }
    return map;
  }
}
