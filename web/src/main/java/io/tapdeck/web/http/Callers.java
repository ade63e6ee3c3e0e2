package io.tapdeck.web.http;

import java.util.Optional;

/** Knows who a credential belongs to. */
public interface Callers {
  /** Whose it is, if it holds; counts as a use of it. */
  Optional<Caller> find(Credential credential);

  /** The same, but does not keep a session from falling idle. */
  Optional<Caller> peek(Credential credential);
}
