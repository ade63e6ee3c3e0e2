package io.tapdeck.capture.recording;

import java.util.Locale;

/**
 * Whether a recording that goes on is recording now, and if not, why.
 *
 * @param kind which
 * @param reason a clause for people, empty while it is recording
 */
public record Standing(Kind kind, String reason) {
  /** Whether it is recording. */
  public enum Kind {
    RECORDING,
    /** What is captured cannot be written; it goes on by itself once it can. */
    PAUSED,
    /** An interface cannot be seen; it goes on by itself once it is back. */
    WAITING;

    /** As it is shown: in lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final Standing RECORDING = new Standing(Kind.RECORDING, "");

  /** For people: {@code paused: disk full}. */
  public String text() {
    return reason.isEmpty() ? kind.word() : kind.word() + ": " + reason;
  }
}
