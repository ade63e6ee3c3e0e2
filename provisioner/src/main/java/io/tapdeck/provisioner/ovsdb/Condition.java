package io.tapdeck.provisioner.ovsdb;

import java.util.UUID;

/** One clause of an operation's {@code where}: {@code <condition>} of RFC 7047, section 5.1. */
public record Condition(String column, Function function, Value value) {
  /** How the column is compared with the value. */
  public enum Function {
    EQUAL("=="),
    UNEQUAL("!="),
    INCLUDES("includes");

    private final String symbol;

    Function(String symbol) {
      this.symbol = symbol;
    }

    /** As it is written on the wire. */
    String symbol() {
      return symbol;
    }
  }

  /** The column equals the value. */
  public static Condition equal(String column, Value value) {
    return new Condition(column, Function.EQUAL, value);
  }

  /** The column differs from the value. */
  public static Condition unequal(String column, Value value) {
    return new Condition(column, Function.UNEQUAL, value);
  }

  /** The column, a set, has this member. */
  public static Condition includes(String column, Atom member) {
    return new Condition(column, Function.INCLUDES, member);
  }

  /** The row has this UUID. */
  public static Condition is(UUID uuid) {
    return equal("_uuid", Value.of(uuid));
  }
}
