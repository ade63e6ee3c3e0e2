package io.tapdeck.web.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The event streams that are open, so many at most. */
final class EventStreams implements AutoCloseable {
  static final int MOST = 64;

  private final Callers callers;
  private final Semaphore free = new Semaphore(MOST);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  EventStreams(Callers callers) {
    this.callers = callers;
  }

  EventStream open(HttpServletResponse response, boolean headOnly, @Nullable Credential credential)
      throws IOException {
    if (!free.tryAcquire()) {
      throw Problem.unavailable(
          "there are too many open pages already: close some", Duration.ofSeconds(5));
    }
    Thread thread = Thread.currentThread();
    threads.add(thread);
    try {
      if (closing) {
        throw Problem.unavailable("the server is about to end", Duration.ofSeconds(5));
      }
      response.setStatus(200);
      response.setContentType("text/event-stream");
      response.setCharacterEncoding(null);
      response.flushBuffer();
      BooleanSupplier allowed =
          () -> !closing && !headOnly && credential != null && callers.peek(credential).isPresent();
      return new EventStream(response.getOutputStream(), allowed, () -> release(thread));
    } catch (IOException | RuntimeException failed) {
      release(thread);
      throw failed;
    }
  }

  private void release(Thread thread) {
    if (threads.remove(thread)) {
      free.release();
    }
  }

  /** Wakes every handler that waits for something to send. */
  @Override
  public void close() {
    closing = true;
    threads.forEach(Thread::interrupt);
  }
}
