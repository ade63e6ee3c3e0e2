package io.tapdeck.provisioner.ovsdb;

/** A change relative to what a column holds: {@code <mutation>} of RFC 7047, section 5.1. */
public record Mutation(String column, Mutator mutator, Value value) {
  /** What is done with the value. */
  public enum Mutator {
    ADD("+="),
    INSERT("insert"),
    DELETE("delete");

    private final String symbol;

    Mutator(String symbol) {
      this.symbol = symbol;
    }

    /** As it is written on the wire. */
    String symbol() {
      return symbol;
    }
  }

  /** Adds to an integer. */
  public static Mutation add(String column, long amount) {
    return new Mutation(column, Mutator.ADD, Value.of(amount));
  }

  /** Puts members into a set. */
  public static Mutation insert(String column, Value members) {
    return new Mutation(column, Mutator.INSERT, members);
  }

  /** Takes members out of a set. */
  public static Mutation delete(String column, Value members) {
    return new Mutation(column, Mutator.DELETE, members);
  }
}
