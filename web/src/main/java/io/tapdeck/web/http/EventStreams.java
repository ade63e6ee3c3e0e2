package io.tapdeck.web.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The event streams that are open, so many at most. */
final class EventStreams implements AutoCloseable {
  static final int MOST = 64;

  private final Callers callers;
  private final Semaphore free = new Semaphore(MOST);
  private final Set<Hearer> hearers = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  EventStreams(Callers callers) {
    this.callers = callers;
    callers.whenRevoked(() -> hearers.forEach(Hearer::askAgain));
  }

  EventStream open(
      HttpServletResponse response,
      boolean headOnly,
      @Nullable Credential credential,
      @Nullable Caller caller)
      throws IOException {
    if (!free.tryAcquire()) {
      throw Problem.unavailable(
          "there are too many open pages already: close some", Duration.ofSeconds(5));
    }
    Hearer hearer = new Hearer(callers, headOnly ? null : credential, caller, System::nanoTime);
    hearers.add(hearer);
    try {
      if (closing) {
        throw Problem.unavailable("the server is about to end", Duration.ofSeconds(5));
      }
      response.setStatus(200);
      response.setContentType("text/event-stream");
      response.setCharacterEncoding(null);
      response.flushBuffer();
      return new EventStream(response.getOutputStream(), hearer, () -> release(hearer));
    } catch (IOException | RuntimeException failed) {
      release(hearer);
      throw failed;
    }
  }

  private void release(Hearer hearer) {
    hearer.release();
    if (hearers.remove(hearer)) {
      free.release();
    }
  }

  /** Wakes every handler that waits for something to send. */
  @Override
  public void close() {
    closing = true;
    hearers.forEach(Hearer::end);
  }
}
