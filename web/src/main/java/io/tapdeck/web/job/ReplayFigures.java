package io.tapdeck.web.job;

/**
 * What was counted of a replay; names as everywhere: {@code read = sent + skipped + failed +
 * filtered}.
 */
public record ReplayFigures(
    long read,
    long sent,
    long sentBytes,
    long skipped,
    long failed,
    long filtered,
    double elapsedSeconds) {
  public static final ReplayFigures NONE = new ReplayFigures(0, 0, 0, 0, 0, 0, 0);
}
