package io.tapdeck.replay.transmit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntFunction;

/**
 * What became of the frames: read = sent + skipped + failed, at any time that the writer is between
 * two frames. One thread counts, any thread may look.
 */
public final class Tally {
  /** Linux numbers its errors from 1 to 133. */
  private static final int ERRORS = 256;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong sentTruncated = new AtomicLong();
  private final AtomicLong sentCut = new AtomicLong();
  private final Map<SkipReason, AtomicLong> skipped = new EnumMap<>(SkipReason.class);
  private final AtomicLongArray failed = new AtomicLongArray(ERRORS);

  /** Nothing counted yet. */
  public Tally() {
    for (SkipReason reason : SkipReason.values()) {
      skipped.put(reason, new AtomicLong());
    }
  }

  /**
   * Counts frames that the kernel accepted.
   *
   * @param truncated how many of them had been truncated when captured
   * @param cut how many of them were cut to what the interface takes
   */
  void addSent(long frames, long bytes, long truncated, long cut) {
    // There is one writer: an ordered store is enough, and costs no bus lock.
    sent.setRelease(sent.getPlain() + frames);
    sentBytes.setRelease(sentBytes.getPlain() + bytes);
    if (truncated > 0) {
      sentTruncated.setRelease(sentTruncated.getPlain() + truncated);
    }
    if (cut > 0) {
      sentCut.setRelease(sentCut.getPlain() + cut);
    }
  }

  /** Counts a frame that cannot be sent. */
  public void addSkipped(SkipReason reason) {
    AtomicLong count = Objects.requireNonNull(skipped.get(reason));
    count.setRelease(count.getPlain() + 1);
  }

  void addFailed(int errno) {
    int index = errno > 0 && errno < ERRORS ? errno : 0;
    failed.setRelease(index, failed.getPlain(index) + 1);
  }

  /** Frames taken from the files whose fate is decided. */
  public long read() {
    return sent() + skipped() + failed();
  }

  /** Frames that the kernel accepted. */
  public long sent() {
    return sent.getAcquire();
  }

  /** Bytes of the frames that the kernel accepted. */
  public long sentBytes() {
    return sentBytes.getAcquire();
  }

  /** Frames sent of which only the first bytes had been captured. */
  public long sentTruncated() {
    return sentTruncated.getAcquire();
  }

  /** Frames sent that were longer than the interface takes, and were cut to that. */
  public long sentCut() {
    return sentCut.getAcquire();
  }

  /** Frames that could not be sent. */
  public long skipped() {
    long sum = 0;
    for (AtomicLong count : skipped.values()) {
      sum += count.getAcquire();
    }
    return sum;
  }

  /** Frames that the kernel refused. */
  public long failed() {
    long sum = 0;
    for (int errno = 0; errno < ERRORS; errno++) {
      sum += failed.getAcquire(errno);
    }
    return sum;
  }

  /** The reasons that occurred, with their counts. */
  public Map<String, Long> skippedBy() {
    Map<String, Long> byReason = new TreeMap<>();
    skipped.forEach((reason, count) -> {
      if (count.getAcquire() > 0) {
        byReason.put(reason.text(), count.getAcquire());
      }
    });
    return byReason;
  }

  /**
   * The errors that occurred, with their counts.
   *
   * @param text names an error number
   */
  public Map<String, Long> failedBy(IntFunction<String> text) {
    Map<String, Long> byError = new TreeMap<>();
    for (int errno = 0; errno < ERRORS; errno++) {
      if (failed.getAcquire(errno) > 0) {
        byError.put(text.apply(errno), failed.getAcquire(errno));
      }
    }
    return byError;
  }
}
