package io.tapdeck.web.http;

import java.util.Optional;

/** Knows who a session's token belongs to. */
public interface Callers {
  /** Whose the token is, if its session goes on; counts as a use of the session. */
  Optional<Caller> find(String token);

  /** The same, but does not keep the session from falling idle. */
  Optional<Caller> peek(String token);
}
