package io.tapdeck.replay;

import java.time.Duration;

/**
 * How far a running replay is.
 *
 * @param elapsed since the first frame was due; zero before
 * @param untilNext until the next frame is due; zero if it is
 */
public record ReplayProgress(
    long read,
    long sent,
    long sentBytes,
    long skipped,
    long failed,
    Duration elapsed,
    Duration untilNext) {}
