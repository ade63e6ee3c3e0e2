package io.tapdeck.web.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is closed when what is sent on it is taken too slowly. The idle timeout does
 * not see to that: who takes a little now and then is never idle. As long as nothing waits to be
 * sent, nothing is asked of anybody.
 */
final class PacedEndPoint extends SocketChannelEndPoint {
  private final Scheduler scheduler;
  private final Pace pace;

  // All below belongs to this object's monitor.
  private long sent;
  private long sentThen;
  private Scheduler.@Nullable Task look;

  /**
   * How much is to be taken.
   *
   * @param bytes at least so many, of what waits all that time
   * @param time in each such time
   */
  record Pace(long bytes, Duration time) {
    /** 2 KiB a second, over two minutes: a third of what a modem takes. */
    static final Pace LEAST = new Pace(240 << 10, Duration.ofMinutes(2));
  }

  PacedEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Pace pace) {
    super(channel, selector, key, scheduler);
    this.scheduler = scheduler;
    this.pace = pace;
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = remaining(buffers);
    boolean all = super.flush(buffers);
    moved(before - remaining(buffers), all);
    return all;
  }

  private static long remaining(ByteBuffer... buffers) {
    long bytes = 0;
    for (ByteBuffer buffer : buffers) {
      bytes += buffer.remaining();
    }
    return bytes;
  }

  private synchronized void moved(long bytes, boolean all) {
    sent += bytes;
    if (all) {
      stop();
    } else if (look == null) {
      begin();
    }
  }

  private void begin() {
    sentThen = sent;
    look = scheduler.schedule(this::look, pace.time().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stop() {
    if (look != null) {
      var _ = look.cancel();
      look = null;
    }
  }

  private void look() {
    synchronized (this) {
      if (look == null) {
        return;
      }
      if (sent - sentThen >= pace.bytes()) {
        begin();
        return;
      }
      look = null;
    }
    close(new TimeoutException("what is sent is taken too slowly"));
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    synchronized (this) {
      stop();
    }
    super.onClose(cause);
  }
}
