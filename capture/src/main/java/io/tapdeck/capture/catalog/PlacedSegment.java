package io.tapdeck.capture.catalog;

import io.tapdeck.capture.segment.UtcTime;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A complete segment that has frames, and the recording that it is of. */
public record PlacedSegment(UUID recording, CatalogEntry segment) {
  /**
   * Its place among all segments by the time of their first frames.
   *
   * @param first nanoseconds since 1970
   */
  public record Place(long first, UUID recording, int number) {
    /** Before every segment. */
    public static final Place BEGIN = new Place(Long.MIN_VALUE, new UUID(0, 0), 0);
  }

  /** Where it is. */
  public Place place() {
    @Nullable Instant first = segment.first();
    return new Place(
        first == null ? Long.MIN_VALUE : UtcTime.toNanos(first), recording, segment.number());
  }
}
