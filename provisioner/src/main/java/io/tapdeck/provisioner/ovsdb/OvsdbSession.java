package io.tapdeck.provisioner.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an OVSDB server (RFC 7047, with {@code monitor_cond} of ovsdb-server(7)),
 * blocking. It ends when the server does, when it is silent for long, or when closed; who wants to
 * go on opens another.
 */
public final class OvsdbSession implements AutoCloseable {
  /** How long an answer may take. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** How often an idle server is asked whether it is there. */
  private static final Duration PROBE = Duration.ofSeconds(5);

  /** How long those who look at locks before us may take. */
  private static final Duration TURN = Duration.ofSeconds(2);

  /** Longer than a look at a lock takes. */
  private static final Duration SECOND_LOOK = Duration.ofMillis(200);

  /** The lock of the one who looks at locks. */
  static final String LOOKING = "tapdeck_looking";

  private final JsonRpcConnection connection;
  private final AtomicReference<@Nullable Monitor> monitor = new AtomicReference<>();
  private final Map<String, CompletableFuture<Boolean>> locks = new ConcurrentHashMap<>();
  private final Object looking = new Object();

  private OvsdbSession(Endpoint endpoint, Duration timeout) throws IOException {
    connection = JsonRpcConnection.open(endpoint, timeout, this::notified);
    Thread.ofVirtual().name("ovsdb-probe-" + endpoint).start(this::probe);
  }

  /**
   * Connects.
   *
   * @param timeout how long connecting may take
   */
  public static OvsdbSession open(Endpoint endpoint, Duration timeout) throws IOException {
    return new OvsdbSession(endpoint, timeout);
  }

  /** The databases that the server holds. */
  public List<String> databases() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    connection
        .call("list_dbs", JsonNodeFactory.instance.arrayNode(), ANSWER)
        .forEach(name -> names.add(name.asText()));
    return names;
  }

  /** Whether a database has all these columns, by table; one of an earlier version may not. */
  public boolean has(String database, Map<String, List<String>> columns)
      throws IOException, InterruptedException {
    return present(schema(database), columns).equals(columns);
  }

  private static Map<String, List<String>> present(
      JsonNode schema, Map<String, List<String>> columns) {
    Map<String, List<String>> present = new LinkedHashMap<>();
    columns.forEach((table, names) -> {
      JsonNode there = schema.path("tables").path(table).path("columns");
      present.put(table, names.stream().filter(there::has).toList());
    });
    return present;
  }

  private JsonNode schema(String database) throws IOException, InterruptedException {
    return connection.call(
        "get_schema", JsonNodeFactory.instance.arrayNode().add(database), ANSWER);
  }

  /**
   * Runs a transaction: all of it or nothing.
   *
   * @return a result for each operation
   * @throws TransactionException if the server did not commit it
   * @throws IOException if the connection ended; whether it was committed is then unknown
   */
  public List<OperationResult> transact(String database, List<Operation> operations)
      throws IOException, InterruptedException {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode().add(database);
    operations.forEach(operation -> parameters.add(JsonValues.write(operation)));
    return JsonValues.readResults(
        connection.call("transact", parameters, ANSWER), operations.size());
  }

  /**
   * Follows tables; once a session. The listener gets the tables as they are now, before this
   * returns, and again after each transaction that changed them, on the connection's own thread,
   * which it must not hold up.
   *
   * @param columns by table, the columns wanted; one that the database does not have stays empty
   */
  public void monitor(String database, Map<String, List<String>> columns, ReplicaListener listener)
      throws IOException, InterruptedException {
    JsonNode schema = schema(database);
    Monitor started = new Monitor(TableUpdates.of(schema, columns), listener);
    if (!monitor.compareAndSet(null, started)) {
      throw new IllegalStateException("this session has its monitor already");
    }
    ObjectNode requests = JsonNodeFactory.instance.objectNode();
    present(schema, columns)
        .forEach((table, names) ->
            requests.putArray(table).addObject().set("columns", JsonValues.texts(names)));
    ArrayNode parameters =
        JsonNodeFactory.instance.arrayNode().add(database).add(database).add(requests);
    started.begin(connection.call("monitor_cond", parameters, ANSWER));
  }

  /**
   * Asks for a lock of this server's (RFC 7047, section 4.1.8), held until the session ends.
   *
   * @param name an identifier: letters, digits and underscores
   * @return whether this session got it in that time
   * @throws IOException if the session ended before that was known
   */
  public boolean lock(String name, Duration timeout) throws IOException, InterruptedException {
    CompletableFuture<Boolean> got =
        locks.computeIfAbsent(name, asked -> new CompletableFuture<>());
    var _ = ended().thenAccept(got::completeExceptionally);
    JsonNode reply =
        connection.call("lock", JsonNodeFactory.instance.arrayNode().add(name), ANSWER);
    if (reply.path("locked").asBoolean()) {
      return true;
    }
    try {
      return got.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException heldByAnother) {
      return false;
    } catch (ExecutionException over) {
      throw new IOException(
          "the server was gone before it gave the lock: " + over.getCause(), over);
    }
  }

  /**
   * Which of these locks others hold. Looking at a lock is taking it for a moment, so those who
   * look take turns: none of them is taken for a holder. Who asks for a lock while it is looked at
   * gets it a moment later.
   *
   * @param names of locks that this session does not ask for
   */
  public Set<String> lockedByOthers(Collection<String> names)
      throws IOException, InterruptedException {
    synchronized (looking) {
      try {
        boolean turn = awaitTurn();
        Set<String> held = notGranted(names);
        if (!turn && !held.isEmpty()) {
          // Perhaps another who looks had some of them for a moment.
          Thread.sleep(SECOND_LOOK);
          held = notGranted(held);
        }
        return held;
      } finally {
        unlock(LOOKING);
      }
    }
  }

  private Set<String> notGranted(Collection<String> names)
      throws IOException, InterruptedException {
    Set<String> held = new HashSet<>();
    for (String name : names) {
      try {
        if (!isGranted(name)) {
          held.add(name);
        }
      } finally {
        // Whoever waits for it, or would get it, is not to be us.
        unlock(name);
      }
    }
    return held;
  }

  /**
   * Unlike {@link #lock}, leaves nothing on {@link #ended}: this is called over and over.
   *
   * @return false if it did not come: one who stopped in the middle of looking must not keep all
   *     others from it
   */
  private boolean awaitTurn() throws IOException, InterruptedException {
    CompletableFuture<Boolean> got = new CompletableFuture<>();
    locks.put(LOOKING, got);
    if (isGranted(LOOKING)) {
      return true;
    }
    try {
      return got.get(TURN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException stuck) {
      return false;
    }
  }

  private boolean isGranted(String name) throws IOException, InterruptedException {
    return connection
        .call("lock", JsonNodeFactory.instance.arrayNode().add(name), ANSWER)
        .path("locked")
        .asBoolean();
  }

  /** Gives a lock back, or waits for it no longer. */
  private void unlock(String name) throws IOException, InterruptedException {
    locks.remove(name);
    var _ = connection.call("unlock", JsonNodeFactory.instance.arrayNode().add(name), ANSWER);
  }

  /**
   * Ends all sessions and the thread that serves them, for good: for a process that is about to
   * exit. The JVM's exit waits 0.3 s for a thread that is in native code, such as in a selector.
   */
  public static void shutDown() {
    JsonRpcConnection.shutDown();
  }

  /** Done when the session has ended, with why. */
  public CompletableFuture<IOException> ended() {
    return connection.ended();
  }

  private void notified(String method, JsonNode parameters) {
    switch (method) {
      case "update2" -> {
        Monitor started = monitor.get();
        if (started != null) {
          started.update(parameters.path(1));
        }
      }
      case "locked" -> {
        CompletableFuture<Boolean> asked = locks.get(parameters.path(0).asText());
        if (asked != null) {
          asked.complete(true);
        }
      }
      default -> {
        // Nothing else was asked for.
      }
    }
  }

  private void probe() {
    try {
      while (!endsWithin(PROBE)) {
        connection.call("echo", JsonNodeFactory.instance.arrayNode(), ANSWER);
      }
    } catch (IOException silent) {
      connection.close();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits without leaving anything on {@link #ended}: an idle session may last for months. */
  private boolean endsWithin(Duration time) throws InterruptedException {
    try {
      var _ = ended().get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException goesOn) {
      return false;
    } catch (ExecutionException ended) {
      return true;
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  /** The replica of one monitor. Updates may overtake the reply that began it. */
  private static final class Monitor {
    private final TableUpdates updates;
    private final ReplicaListener listener;
    private final List<JsonNode> early = new ArrayList<>();
    private @Nullable Replica replica;

    Monitor(TableUpdates updates, ReplicaListener listener) {
      this.updates = updates;
      this.listener = listener;
    }

    synchronized void begin(JsonNode initial) {
      Replica first = updates.apply(new Replica(Map.of()), initial);
      for (JsonNode update : early) {
        first = updates.apply(first, update);
      }
      early.clear();
      replica = first;
      listener.changed(first);
    }

    synchronized void update(JsonNode update) {
      Replica before = replica;
      if (before == null) {
        early.add(update);
        return;
      }
      Replica after = updates.apply(before, update);
      replica = after;
      listener.changed(after);
    }
  }
}
