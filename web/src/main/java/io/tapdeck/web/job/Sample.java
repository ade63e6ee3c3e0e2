package io.tapdeck.web.job;

import java.time.Instant;

/** What the figures of a recording were at one time. */
public record Sample(Instant at, Figures figures) {}
