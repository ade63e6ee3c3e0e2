package io.tapdeck.provisioner.ovsdb;

import java.util.UUID;

/** A scalar of OVSDB: {@code <atom>} of RFC 7047, section 5.1. */
public sealed interface Atom extends Value {
  /** A string. */
  record Text(String value) implements Atom {}

  /** An integer of 64 bits. */
  record Whole(long value) implements Atom {}

  /** A real number. */
  record Real(double value) implements Atom {}

  /** A boolean. */
  record Truth(boolean value) implements Atom {}

  /** The row with this UUID. */
  record Ref(UUID value) implements Atom {}

  /** The row that an {@link Operation.Insert} of the same transaction makes under this name. */
  record NamedRef(String value) implements Atom {}
}
