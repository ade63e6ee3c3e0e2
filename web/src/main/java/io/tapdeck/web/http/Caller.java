package io.tapdeck.web.http;

/**
 * Somebody with a session.
 *
 * @param csrf what every write of the session carries in {@code X-CSRF-Token}
 */
public record Caller(String user, Role role, String csrf) {}
