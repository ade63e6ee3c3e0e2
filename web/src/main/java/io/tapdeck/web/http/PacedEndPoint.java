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

  // All below belongs to this object's monitor, and begins anew when the least was taken.
  private long taken;
  private long waitedNanos;
  private boolean waits;
  private long lastFlush;
  private Scheduler.@Nullable Task look;

  /**
   * How much is to be taken.
   *
   * @param bytes at least so many
   * @param time in each such time that something waits to be sent; what it waits adds up
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
    if (before > 0) {
      moved(before - remaining(buffers), all);
    }
    return all;
  }

  private static long remaining(ByteBuffer... buffers) {
    long bytes = 0;
    for (ByteBuffer buffer : buffers) {
      bytes += buffer.remaining();
    }
    return bytes;
  }

  /**
   * What waits and goes on waits no less for that: an answer is many pieces, and each may have to
   * wait for a moment.
   */
  private synchronized void moved(long bytes, boolean all) {
    long now = System.nanoTime();
    waitedNanos = waitedNanos(now);
    lastFlush = now;
    waits = !all;
    taken += bytes;
    if (taken >= pace.bytes()) {
      taken = 0;
      waitedNanos = 0;
    }
    if (waits && look == null) {
      lookAfter(pace.time().toNanos() - waitedNanos);
    }
  }

  private long waitedNanos(long now) {
    return waits ? waitedNanos + now - lastFlush : waitedNanos;
  }

  private void lookAfter(long nanos) {
    look = scheduler.schedule(this::look, Math.max(1, nanos), TimeUnit.NANOSECONDS);
  }

  /** Comes too early if it did not wait all the time, or the least was taken meanwhile. */
  private void look() {
    synchronized (this) {
      look = null;
      if (!waits) {
        return;
      }
      long left = pace.time().toNanos() - waitedNanos(System.nanoTime());
      if (left > 0) {
        lookAfter(left);
        return;
      }
    }
    close(new TimeoutException("what is sent is taken too slowly"));
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    synchronized (this) {
      waits = false;
      if (look != null) {
        var _ = look.cancel();
        look = null;
      }
    }
    super.onClose(cause);
  }
}
