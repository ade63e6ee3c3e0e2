package io.tapdeck.capture.segment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a segment holds.
 *
 * @param packets frames
 * @param frameBytes sum of their capture lengths
 * @param fileBytes size of the file
 * @param first the earliest time stamp, null if there is no frame
 * @param last the latest time stamp, null if there is no frame
 */
public record Contents(
    long packets,
    long frameBytes,
    long fileBytes,
    @Nullable Instant first,
    @Nullable Instant last) {
  /** The same in a file of another size, which holds more than records. */
  Contents inFileOf(long bytes) {
    return new Contents(packets, frameBytes, bytes, first, last);
  }
}
