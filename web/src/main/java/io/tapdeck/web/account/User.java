package io.tapdeck.web.account;

import io.tapdeck.web.http.Role;
import java.time.Instant;

/** Somebody who may sign in. */
public record User(String name, Role role, Instant createdAt) {}
