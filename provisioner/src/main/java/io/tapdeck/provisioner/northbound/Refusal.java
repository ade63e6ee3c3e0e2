package io.tapdeck.provisioner.northbound;

/**
 * What was asked cannot be done, and nothing of it was. The message is a sentence for people: what
 * is wrong and what to do.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Refuses with a sentence. */
  public Refusal(String sentence) {
    super(sentence);
  }

  /** Refuses with a sentence, because of something. */
  public Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
