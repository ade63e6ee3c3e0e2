package io.tapdeck.web.job;

import org.jspecify.annotations.Nullable;

/**
 * What was counted of a replay; names as everywhere: {@code read = sent + skipped + failed +
 * filtered}.
 *
 * @param elapsedSeconds without pauses
 * @param passesDone how often all was played; null if nobody knows
 * @param position the share of all that has been read, 0 to 1; null if nobody knows
 * @param secondsLeft about; null if nobody knows
 */
public record ReplayFigures(
    long read,
    long sent,
    long sentBytes,
    long skipped,
    long failed,
    long filtered,
    double elapsedSeconds,
    @Nullable Long passesDone,
    @Nullable Double position,
    @Nullable Double secondsLeft) {
  public static final ReplayFigures NONE = new ReplayFigures(0, 0, 0, 0, 0, 0, 0, null, null, null);

  ReplayFigures withPasses(long done) {
    return new ReplayFigures(
        read,
        sent,
        sentBytes,
        skipped,
        failed,
        filtered,
        elapsedSeconds,
        done,
        position,
        secondsLeft);
  }
}
