package io.tapdeck.provisioner.northbound;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was asked cannot be done, and nothing of it was. The message is a sentence for people: what
 * is wrong and what to do.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String option;

  /** Refuses with a sentence. */
  public Refusal(String sentence) {
    super(sentence);
    option = null;
  }

  /** Refuses with a sentence, because of something. */
  public Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
    option = null;
  }

  private Refusal(Refusal same, String option) {
    super(same.getMessage(), same);
    this.option = option;
  }

  /** The same, and what it was that cannot be, by the name of its option: {@code mac-addr}. */
  Refusal about(String what) {
    return new Refusal(this, what);
  }

  /** What of that which was asked cannot be, by the name of its option, if it is one thing. */
  public Optional<String> option() {
    return Optional.ofNullable(option);
  }
}
