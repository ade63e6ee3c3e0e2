package io.tapdeck.web.template;

import io.tapdeck.web.job.Bounds;
import java.time.Instant;
import java.util.UUID;

/**
 * Settings with a name.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param changedBy who made it, or changed it last
 */
public record RecordingTemplate(
    int format,
    UUID id,
    String name,
    TemplateSettings settings,
    Instant changedAt,
    String changedBy) {
  static final int FORMAT = 1;

  /**
   * @throws IllegalArgumentException if a value is missing or out of bounds; for people
   */
  public RecordingTemplate {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format " + format + " is not known to this version");
    }
    Bounds.given("id", id);
    Bounds.name(name);
    Bounds.given("settings", settings);
    Bounds.given("changedAt", changedAt);
    Bounds.user(changedBy);
  }
}
