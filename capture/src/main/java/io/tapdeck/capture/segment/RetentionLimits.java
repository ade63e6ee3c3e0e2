package io.tapdeck.capture.segment;

import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import java.util.Optional;

/**
 * How much of a directory's complete segments is kept; whichever is exceeded first. The segment
 * that is being written comes on top.
 *
 * @param bytes the files of all segments together at most, 1 or more
 * @param files so many segments at most, 1 or more
 * @param age no segment whose last frame is older, a millisecond or more
 * @param freePercent how much of the file system stays free, in percent of its size, 1 to 99
 */
public record RetentionLimits(
    Optional<DataSize> bytes,
    Optional<Integer> files,
    Optional<Duration> age,
    Optional<Integer> freePercent) {
  /** Everything is kept. */
  public static final RetentionLimits NONE =
      new RetentionLimits(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final Duration SHORTEST_AGE = Duration.ofMillis(1);
  private static final int PERCENT = 100;

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public RetentionLimits {
    if (bytes.isPresent() && bytes.get().bytes() == 0) {
      throw new IllegalArgumentException("keeping 0 bytes keeps nothing: keep more");
    }
    if (files.isPresent() && files.get() < 1) {
      throw new IllegalArgumentException(
          "keeping %d files keeps nothing: keep 1 or more".formatted(files.get()));
    }
    if (age.isPresent() && age.get().compareTo(SHORTEST_AGE) < 0) {
      throw new IllegalArgumentException("segments are kept for a millisecond or longer");
    }
    if (freePercent.isPresent() && (freePercent.get() < 1 || freePercent.get() >= PERCENT)) {
      throw new IllegalArgumentException(
          "between 1% and 99% of a file system can be kept free, not " + freePercent.get() + "%");
    }
  }

  /** Whether there is any limit. */
  public boolean isAny() {
    return !equals(NONE);
  }
}
