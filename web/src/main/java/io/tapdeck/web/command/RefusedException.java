package io.tapdeck.web.command;

/**
 * The request cannot be carried out and nothing was begun. The message is one line that says what
 * is wrong and what to do; it is all that the user sees, with exit status {@link
 * ExitStatus#REFUSED}.
 */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }

  RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
