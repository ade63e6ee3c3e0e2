package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.FlowCheck;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.TransactionException;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * A connection to the northbound, with all it holds kept at hand. It ends when the server does; who
 * wants to go on opens another.
 */
public final class Northbound implements AutoCloseable {
  private final OvsdbSession session;
  private final Runnable changed;
  private Replica replica = new Replica(Map.of());
  private MirrorView view = MirrorView.empty(Instant.now());

  private Northbound(OvsdbSession session, Runnable changed) {
    this.session = session;
    this.changed = changed;
  }

  /**
   * Connects and reads everything.
   *
   * @param changed called after each change and when the session ends, on a thread that it must not
   *     hold up
   * @throws IOException if there is no server, or none with the Tapdeck database
   */
  public static Northbound open(Endpoint endpoint, Duration timeout, Runnable changed)
      throws IOException, InterruptedException {
    OvsdbSession session = OvsdbSession.open(endpoint, timeout);
    try {
      if (!session.databases().contains(Schema.DATABASE)) {
        throw new IOException(endpoint + " has no database named " + Schema.DATABASE);
      }
      if (!session.has(Schema.DATABASE, Schema.COLUMNS)
          || !session.has(Schema.DATABASE, Schema.COUNT_COLUMNS)) {
        throw new IOException(
            "the database of "
                + endpoint
                + " is of an earlier version of Tapdeck: 'tapdeck northbound start', or 'tapdeck"
                + " serve', on its machine brings it up to date");
      }
      Northbound northbound = new Northbound(session, changed);
      session.monitor(Schema.DATABASE, Schema.COLUMNS, northbound::changed);
      var _ = session.ended().thenRun(northbound::signal);
      northbound.ensureRoot();
      return northbound;
    } catch (IOException | InterruptedException | RuntimeException failed) {
      session.close();
      throw failed;
    }
  }

  /** A new database has no root row yet. */
  private void ensureRoot() throws IOException, InterruptedException {
    if (nextKey().isEmpty()) {
      try {
        transact(
            List.of(
                new Operation.Expect(Schema.NORTHBOUND, List.of(), false),
                Operation.insert(Schema.NORTHBOUND, "root", Map.of("next_key", Value.of(1)))));
      } catch (TransactionException overtaken) {
        if (nextKey().isEmpty()) {
          throw overtaken;
        }
      }
    }
  }

  private void changed(Replica after) {
    MirrorView seen = Schema.view(after, replica, view);
    synchronized (this) {
      replica = after;
      view = seen;
    }
    signal();
  }

  private void signal() {
    synchronized (this) {
      notifyAll();
    }
    changed.run();
  }

  /** What the northbound holds now, as far as this session was told. */
  public synchronized MirrorView view() {
    return view.at(Instant.now());
  }

  /** The tap services. */
  public TapServices services() {
    return new TapServices(this);
  }

  /** The tap flows. */
  public TapFlows flows() {
    return new TapFlows(this);
  }

  /** Questions about flows. */
  public FlowChecks flowChecks() {
    return new FlowChecks(this);
  }

  /** What would come of changes. */
  public Rehearsal rehearsal() {
    return new Rehearsal(this);
  }

  synchronized Optional<Row> row(String table, UUID id) {
    return replica.row(table, id);
  }

  synchronized List<FlowCheck> checks() {
    return FlowChecks.read(replica);
  }

  /** Done when the session has ended, with why. */
  public CompletableFuture<IOException> ended() {
    return session.ended();
  }

  /**
   * Makes this session the only one that speaks for a host, until it ends.
   *
   * @return whether it is, after waiting that long for another to let go
   */
  public boolean speakFor(String host, Duration timeout) throws IOException, InterruptedException {
    return session.lock(agentLock(host), timeout);
  }

  /**
   * The known hosts whose agents are not connected now: one that was killed, or cannot be reached
   * any more, is missed within some seconds.
   */
  public Set<String> hostsWithoutAgent() throws IOException, InterruptedException {
    Map<String, String> hosts = new HashMap<>();
    view().hosts().forEach(host -> hosts.put(agentLock(host.name()), host.name()));
    session.lockedByOthers(hosts.keySet()).forEach(hosts::remove);
    return Set.copyOf(hosts.values());
  }

  private static String agentLock(String host) {
    String id =
        UUID.nameUUIDFromBytes(host.getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .toString()
            .replace('-', '_');
    return "tapdeck_agent_" + id;
  }

  /**
   * Waits until what the northbound holds is as wished.
   *
   * @return whether it came to that in time
   * @throws IOException if the session ends before
   */
  public synchronized boolean await(Predicate<MirrorView> wish, Duration timeout)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!wish.test(view.at(Instant.now()))) {
      if (session.ended().isDone()) {
        throw new IOException(session.ended().join());
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000 + 1);
    }
    return true;
  }

  /**
   * What hosts have counted of groups' copies, asked for now: it changes every second, so nobody is
   * told unasked.
   */
  public List<GroupCount> counts() throws IOException, InterruptedException {
    return counts(List.of());
  }

  /** What one host has counted. */
  public List<GroupCount> counts(String host) throws IOException, InterruptedException {
    return counts(List.of(Condition.equal("host", Value.of(host))));
  }

  private List<GroupCount> counts(List<Condition> where) throws IOException, InterruptedException {
    return session
        .transact(
            Schema.DATABASE,
            List.of(
                new Operation.Select(
                    Schema.GROUP_COUNT,
                    where,
                    Schema.COUNT_COLUMNS.getOrDefault(Schema.GROUP_COUNT, List.of()))))
        .getFirst()
        .rows()
        .stream()
        .map(columns -> Schema.count(new Row(new UUID(0, 0), columns)))
        .toList();
  }

  /** The next tunnel key, if there is a root row. */
  public synchronized Optional<Long> nextKey() {
    return replica.rows(Schema.NORTHBOUND).stream().findFirst().map(row -> row.whole("next_key"));
  }

  void transact(List<Operation> operations) throws IOException, InterruptedException {
    var _ = session.transact(Schema.DATABASE, operations);
  }

  @Override
  public void close() {
    session.close();
  }
}
