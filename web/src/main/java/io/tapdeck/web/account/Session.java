package io.tapdeck.web.account;

import io.tapdeck.web.http.Caller;

/**
 * A session that has just begun.
 *
 * @param token for the caller alone; only its hash is kept
 */
public record Session(String token, Caller caller) {
  /** Without the token. */
  @Override
  public String toString() {
    return "Session of " + caller.user();
  }
}
