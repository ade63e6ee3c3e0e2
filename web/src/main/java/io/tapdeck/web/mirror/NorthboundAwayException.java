package io.tapdeck.web.mirror;

import java.io.IOException;

/** There is no connection to the northbound now. The message is a sentence for people. */
public final class NorthboundAwayException extends IOException {
  private static final long serialVersionUID = 1L;

  NorthboundAwayException(String sentence) {
    super(sentence);
  }
}
