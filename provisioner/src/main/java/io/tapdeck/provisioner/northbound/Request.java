package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.TransactionException;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A transaction whose conditions each come with the sentence that refuses it. They are checked by
 * the server, together with the change, so nobody can come between.
 */
final class Request {
  private final List<Operation> operations = new ArrayList<>();
  private final Map<Integer, String> sentences = new HashMap<>();
  private final Map<Integer, String> options = new HashMap<>();

  /** Refuses with the sentence unless a row matches. */
  Request demand(String sentence, String table, Condition... where) {
    return condition(sentence, new Operation.Expect(table, List.of(where), true));
  }

  /** Refuses with the sentence if a row matches. */
  Request forbid(String sentence, String table, Condition... where) {
    return condition(sentence, new Operation.Expect(table, List.of(where), false));
  }

  /** The last condition is about what that option says. */
  Request about(String option) {
    options.put(operations.size() - 1, option);
    return this;
  }

  private Request condition(String sentence, Operation.Expect expectation) {
    sentences.put(operations.size(), sentence);
    return then(expectation);
  }

  /** Does this if nothing refuses. */
  Request then(Operation operation) {
    operations.add(operation);
    return this;
  }

  /** Sets a column, and raises the row's generation, unless it is so already. */
  Request change(String table, UUID id, String column, Value value) {
    List<Condition> where = List.of(Condition.is(id), Condition.unequal(column, value));
    return then(new Operation.Mutate(table, where, List.of(Mutation.add("generation", 1))))
        .then(new Operation.Update(table, where, Map.of(column, value)));
  }

  /** Calls a row something else, which concerns no agent; refuses if another is called so. */
  Request rename(String table, UUID id, String name, String taken) {
    Condition sameName = Condition.equal("name", Value.of(name));
    return forbid(taken, table, sameName, Condition.unequal("_uuid", Value.of(id)))
        .about("name")
        .then(
            new Operation.Update(
                table,
                List.of(Condition.is(id), Condition.unequal("name", Value.of(name))),
                Map.of("name", Value.of(name))));
  }

  /**
   * What would become of the one row that it is about; nothing does.
   *
   * @param row as it is now; without columns if it is not there yet
   * @throws Refusal if a condition is not met
   */
  Row rehearse(Row row, Northbound northbound) throws IOException, InterruptedException {
    Request conditions = new Request();
    Map<String, Value> columns = new HashMap<>(row.columns());
    for (int i = 0; i < operations.size(); i++) {
      switch (operations.get(i)) {
        case Operation.Expect condition -> conditions.copy(condition, i, this);
        case Operation.Insert made -> columns.putAll(made.columns());
        case Operation.Update changed -> columns.putAll(changed.columns());
        case Operation.Mutate _, Operation.Delete _, Operation.Select _ -> {}
      }
    }
    conditions.run(northbound);
    return new Row(row.uuid(), columns);
  }

  private void copy(Operation.Expect condition, int at, Request from) {
    int here = operations.size();
    operations.add(condition);
    Optional.ofNullable(from.sentences.get(at)).ifPresent(known -> sentences.put(here, known));
    Optional.ofNullable(from.options.get(at)).ifPresent(known -> options.put(here, known));
  }

  /**
   * @throws Refusal if a condition is not met
   */
  void run(Northbound northbound) throws IOException, InterruptedException {
    try {
      northbound.transact(operations);
    } catch (TransactionException failed) {
      String sentence = sentences.get(failed.operation());
      if (sentence != null && failed.error().equals("timed out")) {
        String option = options.get(failed.operation());
        Refusal refusal = new Refusal(sentence, failed);
        throw option == null ? refusal : refusal.about(option);
      }
      throw failed;
    }
  }
}
