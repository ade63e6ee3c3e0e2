package io.tapdeck.web.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * Server-sent events to one caller, for the thread that opened it, until its handler returns. It
 * ends when the caller goes away, does not read, is signed out or becomes of another role; its
 * thread is interrupted then, and the next {@link #send} or {@link #comment} throws.
 */
public final class EventStream {
  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

  private final OutputStream output;
  private final Hearer hearer;
  private final Runnable closed;

  EventStream(OutputStream output, Hearer hearer, Runnable closed) {
    this.output = output;
    this.hearer = hearer;
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
    write(events.stream().flatMap(event -> Stream.of(event.idLine(), event.text())).toList());
  }

  /** Sends what a client ignores, so that either side notices when the other is gone. */
  public void comment() {
    write(List.of(COMMENT));
  }

  private void write(List<byte[]> texts) {
    if (!hearer.mayHear()) {
      throw new EventStreamEndedException("the caller may not hear it any more");
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
