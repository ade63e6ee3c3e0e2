package io.tapdeck.web.mirror;

/** A mirror did not come to be in time. The message is a sentence for people, with the reason. */
public final class NotActiveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotActiveException(String sentence) {
    super(sentence);
  }
}
