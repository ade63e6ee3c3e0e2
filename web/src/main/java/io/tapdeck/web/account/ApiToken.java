package io.tapdeck.web.account;

import io.tapdeck.web.http.Role;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What lets a program call in the name of a user, until it expires.
 *
 * @param name which its user gave it
 * @param scope the most that it may do, whatever the user may
 * @param usedAt to the minute; null if it never was
 */
public record ApiToken(
    UUID id,
    String user,
    String name,
    Role scope,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant usedAt) {}
