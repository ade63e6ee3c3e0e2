package io.tapdeck.web.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Server-sent events to one caller, for the thread that opened it, until its handler returns. It
 * ends when the caller goes away, does not read, or is signed out; the next {@link #send} or {@link
 * #comment} then throws.
 */
public final class EventStream {
  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

  private final OutputStream output;
  private final BooleanSupplier allowed;
  private final Runnable closed;

  EventStream(OutputStream output, BooleanSupplier allowed, Runnable closed) {
    this.output = output;
    this.allowed = allowed;
    this.closed = closed;
  }

  /**
   * Sends an event.
   *
   * @param name one word of ours
   * @param data becomes JSON
   * @throws EventStreamEndedException if there is nobody who may hear it
   */
  public void send(String name, Object data) {
    send(List.of(Event.of(name, data)));
  }

  /**
   * Sends events, one after the other and at once.
   *
   * @throws EventStreamEndedException if there is nobody who may hear them
   */
  public void send(List<Event> events) {
    write(events.stream().map(Event::text).toList());
  }

  /** Sends what a client ignores, so that either side notices when the other is gone. */
  public void comment() {
    write(List.of(COMMENT));
  }

  private void write(List<byte[]> texts) {
    if (!allowed.getAsBoolean()) {
      throw new EventStreamEndedException("the session has ended");
    }
    try {
      for (byte[] text : texts) {
        output.write(text);
      }
      output.flush();
    } catch (IOException gone) {
      throw new EventStreamEndedException("the caller is gone", gone);
    }
  }

  void close() {
    closed.run();
  }
}
