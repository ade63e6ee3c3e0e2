package io.tapdeck.capture.recording;

/**
 * A recording cannot begin, and nothing was begun. The message says in one line what is wrong and
 * what to do.
 */
public final class RecordingRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  public RecordingRefusedException(String message) {
    super(message);
  }

  public RecordingRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
