package io.tapdeck.web.http;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who is known.
 *
 * @param role what they may: with an API token, no more than its scope
 * @param csrf what every write of a session carries in {@code X-CSRF-Token}; null with an API token
 * @param apiToken the name of the API token that they call with; null in a session
 */
public record Caller(String user, Role role, @Nullable String csrf, @Nullable String apiToken) {
  /** One who has signed in. */
  public static Caller inSession(String user, Role role, String csrf) {
    return new Caller(user, role, csrf, null);
  }

  /** One who calls with an API token. */
  public static Caller withApiToken(String user, Role role, String name) {
    return new Caller(user, role, null, name);
  }

  /** Whether it is a person who has signed in, rather than a program. */
  boolean hasSession() {
    return apiToken == null;
  }
}
