package io.tapdeck.capture.recording;

import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;

/** What ends a recording without being told to. */
public sealed interface StopLimit {
  /** So long after it began; what the kernel had counted by then is recorded. */
  record Time(Duration after) implements StopLimit {
    public Time {
      if (!after.isPositive()) {
        throw new IllegalArgumentException(
            "a recording lasts longer than " + after.toMillis() + " ms");
      }
    }
  }

  /** Before the segments' files together become larger. */
  record Size(DataSize limit) implements StopLimit {
    public Size {
      if (limit.bytes() == 0) {
        throw new IllegalArgumentException("a recording has more than 0 bytes");
      }
    }
  }

  /** With so many frames. */
  record Packets(long count) implements StopLimit {
    public Packets {
      if (count < 1) {
        throw new IllegalArgumentException("a recording has more than " + count + " packets");
      }
    }
  }
}
