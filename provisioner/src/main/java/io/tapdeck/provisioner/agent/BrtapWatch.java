package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of it when a flow of {@code brtap} is added, changed or removed by whomever, and when
 * ovs-vswitchd ends: neither shows in its database. This is the flow monitor of Open vSwitch
 * (ovs-ofctl(8), {@code monitor}; {@code nicira-ext.h}). It tells only that something has changed;
 * what there is has to be read. It has no process of its own, so it ends with the agent.
 */
final class BrtapWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrtapWatch.class);

  private static final byte STATS_REQUEST = 16;
  private static final short VENDOR = (short) 0xffff;
  private static final int NICIRA = 0x2320;
  private static final int FLOW_MONITOR = 2;
  private static final short ADDED_DELETED_OR_MODIFIED = 2 | 4 | 8;
  private static final short ANY_PORT = (short) 0xffff;
  private static final byte ALL_TABLES = (byte) 0xff;
  private static final int REQUEST = 32;

  /** One that cannot be is not tried in each round. */
  private static final Duration RETRY = Duration.ofMillis(300);

  private static final Duration REFUSED = Duration.ofMinutes(1);

  private final Path socket;
  private final Runnable changed;
  private @Nullable OpenFlowConnection open;
  private long due = System.nanoTime();
  private boolean closed;

  /**
   * @param socket the bridge's management socket
   * @param changed called after each change, and at the end, on a thread that it must not hold up
   */
  BrtapWatch(Path socket, Runnable changed) {
    this.socket = socket;
    this.changed = changed;
  }

  /**
   * Begins to watch, unless it does. Where that is not possible, changes are found by comparing.
   */
  void ensure() {
    if (!isTurn()) {
      return;
    }
    try {
      // Not while others wait for this: what closes it must not.
      OpenFlowConnection connection =
          OpenFlowConnection.open(socket, OpenFlowConnection.VERSION_1_0);
      if (!keep(connection)) {
        connection.close();
        return;
      }
      connection.send(STATS_REQUEST, request());
      Thread.ofVirtual().name("brtap-watch").start(() -> watch(connection));
    } catch (IOException away) {
      LOG.debug("watching {}: {}", socket, away.toString());
      ended(false);
    }
  }

  private synchronized boolean isTurn() {
    if (open != null || closed || System.nanoTime() - due < 0) {
      return false;
    }
    due = System.nanoTime() + RETRY.toNanos();
    return true;
  }

  private synchronized boolean keep(OpenFlowConnection connection) {
    if (open != null || closed) {
      return false;
    }
    open = connection;
    return true;
  }

  private static ByteBuffer request() {
    return ByteBuffer.allocate(REQUEST)
        .putShort(0, VENDOR)
        .putInt(4, NICIRA)
        .putInt(8, FLOW_MONITOR)
        .putInt(16, 1)
        .putShort(20, ADDED_DELETED_OR_MODIFIED)
        .putShort(22, ANY_PORT)
        .put(26, ALL_TABLES);
  }

  private void watch(OpenFlowConnection connection) {
    boolean refused = false;
    try {
      while (!refused) {
        // An answer to the request, an update, or the news that updates are held back.
        refused = connection.read().type() == OpenFlowConnection.ERROR;
        changed.run();
      }
    } catch (IOException over) {
      LOG.debug("watching {}: {}", socket, over.toString());
    }
    ended(refused);
    changed.run();
  }

  private synchronized void ended(boolean refused) {
    if (refused) {
      due = System.nanoTime() + REFUSED.toNanos();
    }
    end();
  }

  private void end() {
    OpenFlowConnection ending = open;
    open = null;
    if (ending != null) {
      try {
        ending.close();
      } catch (IOException failed) {
        LOG.debug("closing {}: {}", socket, failed.toString());
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    end();
  }
}
