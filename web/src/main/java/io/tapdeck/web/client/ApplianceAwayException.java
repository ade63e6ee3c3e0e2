package io.tapdeck.web.client;

import java.io.IOException;

/** There is no appliance to talk to, or none that is trusted: nothing was sent to it. */
public final class ApplianceAwayException extends IOException {
  private static final long serialVersionUID = 1L;

  ApplianceAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
