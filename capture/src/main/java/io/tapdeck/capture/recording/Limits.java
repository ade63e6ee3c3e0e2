package io.tapdeck.capture.recording;

import java.util.List;

/** The tightest of a recording's limits of each kind; {@link Long#MAX_VALUE} for none. */
record Limits(long nanos, long bytes, long packets) {
  static Limits of(List<StopLimit> all) {
    long nanos = Long.MAX_VALUE;
    long bytes = Long.MAX_VALUE;
    long packets = Long.MAX_VALUE;
    for (StopLimit limit : all) {
      switch (limit) {
        case StopLimit.Time(var after) -> nanos = Math.min(nanos, after.toNanos());
        case StopLimit.Size(var size) -> bytes = Math.min(bytes, size.bytes());
        case StopLimit.Packets(var count) -> packets = Math.min(packets, count);
      }
    }
    return new Limits(nanos, bytes, packets);
  }
}
