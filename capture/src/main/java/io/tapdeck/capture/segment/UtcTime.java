package io.tapdeck.capture.segment;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as they are written everywhere: RFC 3339, UTC, always nine decimals. */
public final class UtcTime {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private UtcTime() {}

  /** Such as {@code 2026-11-23T13:57:19.123456789Z}. */
  public static String format(Instant time) {
    return RFC_3339.format(time);
  }

  /** The instant so many nanoseconds after 1970. */
  public static Instant ofNanos(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  /** Nanoseconds since 1970; good until the year 2262. */
  public static long toNanos(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano());
  }
}
