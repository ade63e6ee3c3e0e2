package io.tapdeck.web.starter;

import java.io.IOException;

/** A job must not be started, or cannot be. Nothing was begun. */
public final class StartRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param sentence what is wrong and what to do, for people
   */
  public StartRefusedException(String sentence) {
    super(sentence);
  }
}
