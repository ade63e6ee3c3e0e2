package io.tapdeck.capture.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The complete segments of a recording, added up.
 *
 * @param bytes sizes of their files as they are stored
 * @param first earliest time stamp, null if there is no frame
 * @param last latest time stamp, null if there is no frame
 */
public record Totals(
    long count, long packets, long bytes, @Nullable Instant first, @Nullable Instant last) {
  /** No segment at all. */
  public static final Totals NONE = new Totals(0, 0, 0, null, null);
}
