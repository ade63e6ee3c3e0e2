package io.tapdeck.web.http;

/** Nobody listens to the events any more. A handler lets it pass. */
public final class EventStreamEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EventStreamEndedException(String message) {
    super(message);
  }

  EventStreamEndedException(String message, Throwable cause) {
    super(message, cause);
  }
}
