package io.tapdeck.replay.input;

/** What was named cannot be played. The message is one line: what is wrong and what to do. */
public final class InputRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InputRefusedException(String message) {
    super(message);
  }

  InputRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
