package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.PcapReader;
import java.util.Optional;

/**
 * A part of the capture's time, in nanoseconds since 1970.
 *
 * @param from the earliest time in it
 * @param to the first after it
 */
record TimeRange(long from, long to) {
  /** Every time. */
  static final TimeRange ALWAYS = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  /**
   * What a selection says of time.
   *
   * @param start the time of the first frame
   */
  static TimeRange of(Selection selection, long start) {
    return new TimeRange(
        resolve(selection.from(), start, Long.MIN_VALUE),
        resolve(selection.to(), start, Long.MAX_VALUE));
  }

  private static long resolve(Optional<TimePoint> point, long start, long otherwise) {
    if (point.isEmpty()) {
      return otherwise;
    }
    return switch (point.get()) {
      case TimePoint.At(long nanos) -> nanos;
      case TimePoint.Since(long nanos) -> plus(start, nanos);
    };
  }

  /** The same, if it ends so long after a time or before. */
  TimeRange endingAfter(long start, long nanos) {
    return new TimeRange(from, Math.min(to, plus(start, nanos)));
  }

  private static long plus(long start, long nanos) {
    long sum = start + nanos;
    return sum < start ? Long.MAX_VALUE : sum;
  }

  boolean contains(long time) {
    return time >= from && time < to;
  }

  /** Whether, after a frame of this time, none is in it that is out of order by what can be. */
  boolean isOver(long time) {
    return time - PcapReader.DISORDER_NANOS >= to;
  }
}
