package io.tapdeck.web.api;

import io.tapdeck.web.job.RecordingRetention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is to be changed of how much a recording keeps: left out as before, 0 for no limit. */
record RetentionChange(
    @Nullable Long keepBytes,
    @Nullable Long keepFiles,
    @Nullable Duration keepAge,
    @Nullable Integer keepFree) {
  /**
   * What is kept then.
   *
   * @throws IllegalArgumentException if that is out of bounds; for people
   */
  RecordingRetention of(RecordingRetention before) {
    return new RecordingRetention(
        changed(before.keepBytes(), keepBytes, 0L),
        changed(before.keepFiles(), keepFiles, 0L),
        changed(before.keepAge(), keepAge, Duration.ZERO),
        changed(before.keepFree(), keepFree, 0));
  }

  private static <T> @Nullable T changed(@Nullable T before, @Nullable T given, T none) {
    if (given == null) {
      return before;
    }
    return given.equals(none) ? null : given;
  }
}
