package io.tapdeck.capture.index;

import java.io.IOException;

/** That an index is not what was written, or none that this version reads. */
public final class DamagedIndexException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong, a sentence. */
  public DamagedIndexException(String message) {
    super(message);
  }
}
