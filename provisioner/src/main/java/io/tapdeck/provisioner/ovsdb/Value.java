package io.tapdeck.provisioner.ovsdb;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a column holds: {@code <value>} of RFC 7047, section 5.1. A set of one atom and that atom
 * alone are written the same on the wire; {@link Row} reads either.
 */
public sealed interface Value permits Atom, Value.SetOf, Value.MapOf {
  /** A set, of none to many. Two sets with the same atoms in any order are equal. */
  record SetOf(Set<Atom> atoms) implements Value {
    public SetOf {
      atoms = Set.copyOf(atoms);
    }
  }

  /** A map. */
  record MapOf(Map<Atom, Atom> entries) implements Value {
    public MapOf {
      entries = Map.copyOf(entries);
    }
  }

  /** The empty set: an optional column without its value. */
  static SetOf none() {
    return new SetOf(Set.of());
  }

  /** A string. */
  static Atom of(String value) {
    return new Atom.Text(value);
  }

  /** An integer. */
  static Atom of(long value) {
    return new Atom.Whole(value);
  }

  /** A boolean. */
  static Atom of(boolean value) {
    return new Atom.Truth(value);
  }

  /** A reference to a row. */
  static Atom of(UUID value) {
    return new Atom.Ref(value);
  }

  /** An optional string. */
  static Value of(Optional<String> value) {
    return value.<Value>map(Value::of).orElse(none());
  }

  /** A set of strings. */
  static SetOf texts(Collection<String> values) {
    return new SetOf(values.stream().map(Value::of).collect(Collectors.toSet()));
  }

  /** A set of references. */
  static SetOf refs(Collection<UUID> values) {
    return new SetOf(values.stream().map(Value::of).collect(Collectors.toSet()));
  }

  /** A map of strings. */
  static MapOf texts(Map<String, String> values) {
    Map<Atom, Atom> entries = new LinkedHashMap<>();
    values.forEach((key, value) -> entries.put(of(key), of(value)));
    return new MapOf(entries);
  }

  /** The atoms of this value, where an atom is a set of itself; a map has none. */
  default Set<Atom> asSet() {
    return switch (this) {
      case Atom atom -> Set.of(atom);
      case SetOf set -> set.atoms();
      case MapOf ignored -> Set.of();
    };
  }

  /** Whether both hold the same, an atom being equal to the set of that atom alone. */
  default boolean same(Value other) {
    if (this instanceof MapOf(Map<Atom, Atom> mine)) {
      return other instanceof MapOf(Map<Atom, Atom> theirs)
          ? mine.equals(theirs)
          : mine.isEmpty() && other.asSet().isEmpty();
    }
    if (other instanceof MapOf(Map<Atom, Atom> theirs)) {
      return theirs.isEmpty() && asSet().isEmpty();
    }
    return new LinkedHashSet<>(asSet()).equals(other.asSet());
  }
}
