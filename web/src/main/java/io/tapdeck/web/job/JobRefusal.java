package io.tapdeck.web.job;

/**
 * What was asked cannot be done. The message is a sentence for people: what is wrong, what to do.
 */
public final class JobRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why not. */
  public enum Kind {
    /** There is no such thing. */
    UNKNOWN,
    /** Not as things are now. */
    CONFLICT,
    /** Understood, and cannot be done. */
    IMPOSSIBLE,
    /** Somebody else did not do their part in time. */
    LATE,
    /** Not now. */
    UNAVAILABLE
  }

  public JobRefusal(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  public JobRefusal(Kind kind, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
