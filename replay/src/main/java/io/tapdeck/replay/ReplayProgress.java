package io.tapdeck.replay;

import io.tapdeck.replay.ReplaySummary.TimingErrorSummary;
import io.tapdeck.replay.pace.Pace;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far a running replay is: read = sent + skipped + failed + filtered.
 *
 * @param begun whether it is past its preparations: the first frame is due, or will be
 * @param elapsed since the first frame was due, without pauses; zero before
 * @param untilNext until the next frame is due; zero if it is, or while it is paused
 * @param paused whether it waits to be resumed
 * @param pace how fast it plays now
 * @param passesDone how often all has been played
 * @param passes how often all is to be played; 0 for ever
 * @param share of all that is to be read, in all passes, from 0 to 1; empty if nobody knows
 * @param left how long it will take from here at the speed it had so far; empty if nobody knows
 * @param skippedBy frames that could not be sent so far, by reason
 * @param failedBy frames that the kernel refused so far, by error
 * @param timingErrors how far hand-overs were from their deadlines so far; all zero where there are
 *     none
 */
public record ReplayProgress(
    long read,
    long sent,
    long sentBytes,
    long skipped,
    long failed,
    long filtered,
    boolean begun,
    Duration elapsed,
    Duration untilNext,
    boolean paused,
    Pace pace,
    long passesDone,
    long passes,
    OptionalDouble share,
    Optional<Duration> left,
    Map<String, Long> skippedBy,
    Map<String, Long> failedBy,
    TimingErrorSummary timingErrors) {
  public ReplayProgress {
    skippedBy = Map.copyOf(skippedBy);
    failedBy = Map.copyOf(failedBy);
  }
}
