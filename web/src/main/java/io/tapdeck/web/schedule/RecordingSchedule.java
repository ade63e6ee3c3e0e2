package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Bounds;
import java.time.Instant;
import java.util.UUID;

/**
 * A schedule, as it is kept.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param changedBy who made it, or changed it last
 */
public record RecordingSchedule(
    int format,
    UUID id,
    ScheduleWish wish,
    Instant changedAt,
    String changedBy,
    ScheduleCourse course) {
  static final int FORMAT = 1;

  /**
   * @throws IllegalArgumentException if a value is missing or out of bounds; for people
   */
  public RecordingSchedule {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format " + format + " is not known to this version");
    }
    Bounds.given("id", id);
    Bounds.given("wish", wish);
    Bounds.given("changedAt", changedAt);
    Bounds.user(changedBy);
    Bounds.given("course", course);
  }

  RecordingSchedule with(ScheduleCourse other) {
    return new RecordingSchedule(format, id, wish, changedAt, changedBy, other);
  }
}
