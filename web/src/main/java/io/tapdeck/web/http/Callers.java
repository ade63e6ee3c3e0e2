package io.tapdeck.web.http;

import java.util.Optional;

/** Knows who a credential belongs to. */
public interface Callers {
  /** Whose it is, if it holds; counts as a use of it. */
  Optional<Caller> find(Credential credential);

  /** The same, but does not keep a session from falling idle. */
  Optional<Caller> peek(Credential credential);

  /**
   * Tells each time that somebody has taken from a caller what they may: a session or an API token
   * was ended, a user got another role or is gone. What ends by itself, as by expiry, is not told.
   *
   * @param told called by whoever did it, once it is so and before they go on
   */
  void whenRevoked(Runnable told);
}
