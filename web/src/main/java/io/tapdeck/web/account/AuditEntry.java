package io.tapdeck.web.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that is on record.
 *
 * @param id rises with each
 * @param user who; empty if it was tried under a name that nobody has
 * @param apiToken the name of the API token it was done with; null in a session
 * @param address where the request came from; empty if that was not kept yet
 * @param outcome begun, done, refused, failed, or broken off
 * @param status of the answer, in HTTP; 0 before there was one
 * @param bytes that came of a file that was sent; null if none is sent so
 */
public record AuditEntry(
    long id,
    Instant at,
    String user,
    @Nullable String apiToken,
    String address,
    String method,
    String path,
    String outcome,
    int status,
    @Nullable Long bytes) {}
