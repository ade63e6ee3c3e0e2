package io.tapdeck.web.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which no whole head of a request comes in time. The idle timeout does not
 * see to that: who sends a byte now and then is never idle.
 */
final class HeadDeadline implements Connection.Listener {
  private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();
  private final Scheduler scheduler;
  private final Duration longest;

  HeadDeadline(Scheduler scheduler, Duration longest) {
    this.scheduler = scheduler;
    this.longest = longest;
  }

  /** How a connection is waited for, unless requests of it are being answered. */
  private final class Wait {
    private final Connection connection;
    private int answering;
    private Scheduler.@Nullable Task end;

    Wait(Connection connection) {
      this.connection = connection;
    }

    synchronized void begin() {
      end = scheduler.schedule(this::giveUp, longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void cancel() {
      if (end != null) {
        var _ = end.cancel();
        end = null;
      }
    }

    synchronized void answer() {
      answering++;
      cancel();
    }

    synchronized void answered() {
      answering--;
      if (answering == 0 && waits.containsKey(connection)) {
        begin();
      }
    }

    private synchronized void giveUp() {
      if (answering == 0) {
        connection.getEndPoint().close();
      }
    }
  }

  @Override
  public void onOpened(Connection connection) {
    // The one inside it is told of as well.
    if (connection instanceof SslConnection) {
      return;
    }
    Wait wait = new Wait(connection);
    var _ = waits.put(connection, wait);
    wait.begin();
  }

  @Override
  public void onClosed(Connection connection) {
    Wait wait = waits.remove(connection);
    if (wait != null) {
      wait.cancel();
    }
  }

  /** The head of a request has come; the next is waited for once this one is answered. */
  void cameWhole(Request request) {
    Wait wait = waits.get(request.getConnectionMetaData().getConnection());
    if (wait != null) {
      wait.answer();
      Request.addCompletionListener(request, failure -> wait.answered());
    }
  }
}
