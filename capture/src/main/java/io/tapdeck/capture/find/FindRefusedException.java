package io.tapdeck.capture.find;

import java.io.IOException;

/** That what is asked makes no sense; the message is for people. */
public final class FindRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  FindRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
