package io.tapdeck.capture.archive;

import java.io.IOException;

/**
 * A compressed file does not hold what such a file should: it is cut short, was changed, or claims
 * what cannot be. The message names the file and says what is wrong with it.
 */
public final class DamagedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedArchiveException(String message) {
    super(message);
  }

  DamagedArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
