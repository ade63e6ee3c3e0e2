package io.tapdeck.provisioner.ovsdb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One operation of a transaction: RFC 7047, section 5.2. */
public sealed interface Operation {
  /** The table it works on. */
  String table();

  /**
   * Makes a row.
   *
   * @param uuid the row's UUID if its maker chooses it (an extension of Open vSwitch 2.17 and
   *     later, see ovsdb-server(7)); a row that has it already fails the transaction
   * @param name what {@link Atom.NamedRef} calls the row within the transaction, an identifier
   */
  record Insert(
      String table, Optional<UUID> uuid, Optional<String> name, Map<String, Value> columns)
      implements Operation {
    public Insert {
      columns = Map.copyOf(columns);
    }
  }

  /** Sets columns of the rows that match. */
  record Update(String table, List<Condition> where, Map<String, Value> columns)
      implements Operation {
    public Update {
      where = List.copyOf(where);
      columns = Map.copyOf(columns);
    }
  }

  /** Changes columns of the rows that match. */
  record Mutate(String table, List<Condition> where, List<Mutation> mutations)
      implements Operation {
    public Mutate {
      where = List.copyOf(where);
      mutations = List.copyOf(mutations);
    }
  }

  /** Deletes the rows that match. */
  record Delete(String table, List<Condition> where) implements Operation {
    public Delete {
      where = List.copyOf(where);
    }
  }

  /** Reads columns of the rows that match. */
  record Select(String table, List<Condition> where, List<String> columns) implements Operation {
    public Select {
      where = List.copyOf(where);
      columns = List.copyOf(columns);
    }
  }

  /**
   * Fails the transaction at once unless rows match ({@code expected} true), or unless none does
   * (false).
   */
  record Expect(String table, List<Condition> where, boolean expected) implements Operation {
    public Expect {
      where = List.copyOf(where);
    }
  }

  /** Makes a row whose UUID the server chooses. */
  static Insert insert(String table, String name, Map<String, Value> columns) {
    return new Insert(table, Optional.empty(), Optional.of(name), columns);
  }

  /** Makes a row whose UUID the client chooses. */
  static Insert insert(String table, UUID uuid, Map<String, Value> columns) {
    return new Insert(table, Optional.of(uuid), Optional.empty(), columns);
  }
}
