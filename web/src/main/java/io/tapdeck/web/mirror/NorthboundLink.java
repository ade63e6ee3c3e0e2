package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to the northbound that is made anew, as long as it takes, whenever it ends. */
public final class NorthboundLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NorthboundLink.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Endpoint endpoint;
  private final Runnable changed;
  private final Thread keeper;
  private @Nullable Northbound current;
  private String detail = "not connected yet";
  private boolean closed;

  private NorthboundLink(Endpoint endpoint, Runnable changed) {
    this.endpoint = endpoint;
    this.changed = changed;
    keeper = Thread.ofVirtual().name("northbound-link").unstarted(this::keep);
  }

  /**
   * Connects, now and whenever the connection has ended.
   *
   * @param changed called after each change of what the northbound holds, and of the connection, on
   *     a thread that it must not hold up
   */
  public static NorthboundLink keep(Endpoint endpoint, Runnable changed) {
    NorthboundLink link = new NorthboundLink(endpoint, changed);
    link.keeper.start();
    return link;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** The connection, if there is one now. */
  public synchronized Optional<Northbound> now() {
    return Optional.ofNullable(current).filter(northbound -> !northbound.ended().isDone());
  }

  /** Why there is none, empty if there is one. */
  public synchronized String detail() {
    return now().isPresent() ? "" : detail;
  }

  /**
   * The connection.
   *
   * @throws NorthboundAwayException if there is none now
   */
  public Northbound demand() throws NorthboundAwayException {
    return now()
        .orElseThrow(() ->
            new NorthboundAwayException("the northbound is not connected, try again: " + detail()));
  }

  private void keep() {
    try {
      while (!isClosed()) {
        stay();
        changed.run();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Connects once, and stays as long as the connection does. */
  private void stay() throws InterruptedException {
    try (Northbound northbound = Northbound.open(endpoint, CONNECT, changed)) {
      set(northbound, "");
      LOG.info("connected to the northbound {}", endpoint);
      changed.run();
      set(null, String.valueOf(northbound.ended().get().getMessage()));
    } catch (IOException absent) {
      set(null, String.valueOf(absent.getMessage()));
    } catch (ExecutionException | RuntimeException broken) {
      LOG.error("the northbound {} cannot be followed", endpoint, broken);
      set(null, String.valueOf(broken.getMessage()));
    } finally {
      set(null, detail);
    }
  }

  private synchronized void set(@Nullable Northbound northbound, String why) {
    if (northbound == null && !why.equals(detail)) {
      LOG.warn("the northbound {} is away: {}", endpoint, why);
    }
    current = northbound;
    detail = why;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    keeper.interrupt();
  }
}
