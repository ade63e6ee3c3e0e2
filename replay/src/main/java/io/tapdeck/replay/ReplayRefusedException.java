package io.tapdeck.replay;

/**
 * The replay was not begun: not one frame was sent. The message is one line that says what is wrong
 * and what to do.
 */
public final class ReplayRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReplayRefusedException(String message) {
    super(message);
  }

  ReplayRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
