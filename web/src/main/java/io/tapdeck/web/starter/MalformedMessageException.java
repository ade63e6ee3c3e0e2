package io.tapdeck.web.starter;

import java.io.IOException;

/** What was read is no message. Nothing more is to be read there. */
public final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedMessageException(String sentence) {
    super(sentence);
  }
}
