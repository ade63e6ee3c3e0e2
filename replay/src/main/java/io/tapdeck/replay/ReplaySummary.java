package io.tapdeck.replay;

import io.tapdeck.replay.pace.TimingErrors.Bucket;
import io.tapdeck.replay.proof.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a replay came to: read = sent + skipped + failed + filtered.
 *
 * @param target where frames went: the interface, by the kernel's own name for it, also if it was
 *     asked for by another; or the file; empty if nowhere
 * @param sentTo frames sent to each interface, where there are two
 * @param stopped whether frames were left unplayed because {@link Replay#stop()} was called
 * @param passes how often all was played
 * @param read frames taken from the files, as often as they were played
 * @param sent frames that the kernel accepted
 * @param sentBytes their lengths, from the Ethernet header on, without frame check sequence
 * @param sentTruncated frames among them that went out as short as they had been captured
 * @param sentCut frames among them that were longer than the interface takes, and were cut to that
 * @param skipped frames that could not be sent, counted by reason in {@code skippedBy}
 * @param failed frames that the kernel refused, counted by error in {@code failedBy}
 * @param filtered frames that were not selected
 * @param nanos from the first frame's deadline to the end of the last hand-over, without pauses
 * @param pausedNanos how long it was paused meanwhile
 * @param timingErrors how far hand-overs were from their deadlines; all zero where there are none
 * @param backend how frames were handed over, and why so; empty where no interface was used
 * @param verdicts what became of the frames, for each interface; empty if that was not looked at
 * @param troubles what else went wrong, a line each: files that are cut short, a lost interface
 */
public record ReplaySummary(
    String target,
    Map<String, Long> sentTo,
    boolean stopped,
    long passes,
    long read,
    long sent,
    long sentBytes,
    long sentTruncated,
    long sentCut,
    long skipped,
    Map<String, Long> skippedBy,
    long failed,
    Map<String, Long> failedBy,
    long filtered,
    long nanos,
    long pausedNanos,
    TimingErrorSummary timingErrors,
    Optional<String> backend,
    List<Verdict> verdicts,
    List<String> troubles) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Absolute differences between a frame's deadline and its hand-over, in nanoseconds.
   *
   * @param count hand-overs that had a deadline
   * @param histogram how many there were of what size, in buckets twice as wide each
   */
  public record TimingErrorSummary(
      long count, long p50, long p99, long max, List<Bucket> histogram) {
    /** Nothing has had a deadline. */
    public static final TimingErrorSummary NONE = new TimingErrorSummary(0, 0, 0, 0, List.of());

    public TimingErrorSummary {
      histogram = List.copyOf(histogram);
    }
  }

  public ReplaySummary {
    sentTo = Map.copyOf(sentTo);
    skippedBy = Map.copyOf(skippedBy);
    failedBy = Map.copyOf(failedBy);
    verdicts = List.copyOf(verdicts);
    troubles = List.copyOf(troubles);
  }

  /**
   * Whether all was done as asked. Having been stopped excuses the frames that were not played any
   * more, but nothing that went wrong before.
   */
  public boolean complete() {
    return troubles.isEmpty() && skipped == 0 && failed == 0 && (stopped || sent > 0);
  }

  /**
   * Whether all that was sent is known to have left, and to have arrived where that was watched.
   */
  public boolean proven() {
    return verdicts.stream().allMatch(Verdict::proven);
  }

  /** How long it took. */
  public double seconds() {
    return nanos / NANOS_PER_SECOND;
  }

  /** Frames sent each second; 0 if it took no time. */
  public double packetsPerSecond() {
    return nanos == 0 ? 0 : sent / seconds();
  }

  /** Bits sent each second; 0 if it took no time. */
  public double bitsPerSecond() {
    return nanos == 0 ? 0 : sentBytes * (double) Byte.SIZE / seconds();
  }
}
