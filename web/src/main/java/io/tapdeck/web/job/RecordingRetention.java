package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much of a recording's complete segments is kept, whichever is exceeded first. What is null is
 * not limited. The names are those of the API, and of the orders and events of a recorder.
 *
 * @param keepBytes the files of all segments together
 * @param keepAge since a segment's last frame
 * @param keepFree percent of the file system that stays free
 */
public record RecordingRetention(
    @Nullable Long keepBytes,
    @Nullable Long keepFiles,
    @Nullable Duration keepAge,
    @Nullable Integer keepFree) {
  /** Everything is kept. */
  public static final RecordingRetention ALL = new RecordingRetention(null, null, null, null);

  private static final int MOST_PERCENT = 99;

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public RecordingRetention {
    Bounds.atLeastOne("keepBytes", keepBytes);
    Bounds.atLeastOne("keepFiles", keepFiles);
    if (keepFiles != null && keepFiles > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("keepFiles is at most " + Integer.MAX_VALUE);
    }
    Bounds.time("keepAge", keepAge);
    if (keepFree != null && (keepFree < 1 || keepFree > MOST_PERCENT)) {
      throw new IllegalArgumentException("keepFree is a percentage, 1 to 99, not " + keepFree);
    }
  }

  /** What a recorder keeps. */
  public static RecordingRetention of(RetentionLimits limits) {
    return new RecordingRetention(
        limits.bytes().map(DataSize::bytes).orElse(null),
        limits.files().map(Integer::longValue).orElse(null),
        limits.age().orElse(null),
        limits.freePercent().orElse(null));
  }

  /** As a recorder takes it. */
  public RetentionLimits limits() {
    return new RetentionLimits(
        Optional.ofNullable(keepBytes).map(DataSize::new),
        Optional.ofNullable(keepFiles).map(Long::intValue),
        Optional.ofNullable(keepAge),
        Optional.ofNullable(keepFree));
  }

  /**
   * Reads the fields of an order or event; other fields are of no matter.
   *
   * @throws IllegalArgumentException if they make no sense
   */
  public static RecordingRetention read(JsonNode fields) {
    Long free = number(fields, "keepFree");
    if (free != null && free > MOST_PERCENT) {
      throw new IllegalArgumentException("keepFree is a percentage, 1 to 99, not " + free);
    }
    return new RecordingRetention(
        number(fields, "keepBytes"),
        number(fields, "keepFiles"),
        time(fields),
        free == null ? null : free.intValue());
  }

  private static @Nullable Long number(JsonNode fields, String name) {
    JsonNode value = fields.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
      throw new IllegalArgumentException(name + " is a whole number of 1 or more");
    }
    return value.longValue();
  }

  private static @Nullable Duration time(JsonNode fields) {
    JsonNode value = fields.get("keepAge");
    if (value == null) {
      return null;
    }
    try {
      return Duration.parse(value.asText());
    } catch (DateTimeParseException senseless) {
      throw new IllegalArgumentException("keepAge is a time as in ISO 8601: PT12H", senseless);
    }
  }

  /** Adds its fields to an order or event: those that are limited. */
  public ObjectNode writeTo(ObjectNode fields) {
    Bounds.maybe(keepBytes).ifPresent(bytes -> fields.put("keepBytes", bytes));
    Bounds.maybe(keepFiles).ifPresent(files -> fields.put("keepFiles", files));
    Bounds.maybe(keepAge).ifPresent(time -> fields.put("keepAge", time.toString()));
    Bounds.maybe(keepFree).ifPresent(percent -> fields.put("keepFree", percent));
    return fields;
  }
}
