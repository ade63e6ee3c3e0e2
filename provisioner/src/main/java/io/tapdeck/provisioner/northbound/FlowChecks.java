package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.FlowCheck;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Questions to agents about flows, and their answers. An answer goes with its question. */
public final class FlowChecks {
  private final Northbound northbound;

  FlowChecks(Northbound northbound) {
    this.northbound = northbound;
  }

  static List<FlowCheck> read(Replica replica) {
    List<FlowCheck> checks = new ArrayList<>();
    for (Row row : replica.rows(Schema.FLOW_CHECK)) {
      Map<String, List<Hop>> answers = new HashMap<>();
      for (UUID uuid : row.refs("answers")) {
        replica
            .row(Schema.FLOW_CHECK_ANSWER, uuid)
            .ifPresent(answer -> answers.put(answer.text("host"), Hop.parse(answer.text("hops"))));
      }
      checks.add(
          new FlowCheck(
              row.uuid(),
              row.ref("flow"),
              Instant.ofEpochMilli(row.whole("requested")),
              Duration.ofMillis(row.whole("expires") - row.whole("requested")),
              answers));
    }
    checks.sort(Comparator.comparing(FlowCheck::requested).thenComparing(FlowCheck::id));
    return checks;
  }

  /** The questions there are, the oldest first. */
  public List<FlowCheck> all() {
    return northbound.checks();
  }

  /**
   * Asks, waits for the answers of these hosts, and takes the question back.
   *
   * @return by host, what its agent found; without those that did not answer in time
   */
  public Map<String, List<Hop>> ask(UUID flow, Set<String> hosts, Duration timeout)
      throws IOException, InterruptedException {
    UUID id = UUID.randomUUID();
    long now = Instant.now().toEpochMilli();
    northbound.transact(
        List.of(
            Operation.insert(
                Schema.FLOW_CHECK,
                id,
                Map.of(
                    "flow", Value.of(flow),
                    "requested", Value.of(now),
                    "expires", Value.of(now + timeout.toMillis())))));
    try {
      var _ = northbound.await(view -> answers(id).keySet().containsAll(hosts), timeout);
      return answers(id);
    } finally {
      remove(id);
    }
  }

  private Map<String, List<Hop>> answers(UUID id) {
    return all().stream()
        .filter(check -> check.id().equals(id))
        .findFirst()
        .map(FlowCheck::answers)
        .orElse(Map.of());
  }

  /** Answers for a host; nothing happens if the question was taken back. */
  public void answer(UUID id, String host, List<Hop> hops)
      throws IOException, InterruptedException {
    northbound.transact(
        List.of(
            Operation.insert(
                Schema.FLOW_CHECK_ANSWER,
                "answer",
                Map.of("host", Value.of(host), "hops", Value.of(Hop.text(hops)))),
            new Operation.Mutate(
                Schema.FLOW_CHECK,
                List.of(Condition.is(id)),
                List.of(Mutation.insert("answers", new Atom.NamedRef("answer"))))));
  }

  /** Takes a question back, with its answers. */
  public void remove(UUID id) throws IOException, InterruptedException {
    northbound.transact(
        List.of(new Operation.Delete(Schema.FLOW_CHECK, List.of(Condition.is(id)))));
  }
}
