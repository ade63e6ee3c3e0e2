package io.tapdeck.capture.segment;

import java.io.IOException;

/** A capture file is not taken in. The message says why, and where in it; nothing of it is kept. */
public final class ImportRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why not. */
  public enum Kind {
    /** It is no capture file, or is damaged. */
    UNREADABLE,
    /** It holds more than may be taken in. */
    TOO_LARGE,
    /** There is no room for it. */
    DISK_FULL
  }

  ImportRefusedException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  ImportRefusedException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
