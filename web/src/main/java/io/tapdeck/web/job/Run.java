package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One recorder's work on a recording, from its start to its end.
 *
 * @param endedAt null while it goes on, or nobody knows yet how it ended
 * @param how null likewise
 * @param firstSegment the lowest number that its segments can have
 * @param lastSegment the highest number that a segment of it was heard to have; null if of none
 * @param figures of this run alone: until it has ended, as they were last heard
 * @param why it ended, for people; null if that is not known
 */
record Run(
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable How how,
    int firstSegment,
    @Nullable Integer lastSegment,
    Figures figures,
    @Nullable String why) {
  private static final int LONGEST_WHY = 500;

  /** How a run ended. */
  enum How {
    /** In order: it was told to, or a limit was reached. */
    DONE,
    /** In order, because it could not go on. */
    FAILED,
    /** Without a word. */
    KILLED
  }

  Run {
    Bounds.given("startedAt", startedAt);
    Bounds.given("figures", figures);
    if ((endedAt == null) != (how == null)) {
      throw new IllegalArgumentException("a run that has ended has a time and a way");
    }
    if (why != null) {
      why = why.substring(0, Math.min(LONGEST_WHY, why.length()));
    }
    if (firstSegment < 1) {
      throw new IllegalArgumentException("segments are counted from 1");
    }
  }

  static Run begun(Instant at, int firstSegment) {
    return new Run(at, null, null, firstSegment, null, Figures.NONE, null);
  }

  @JsonIgnore
  boolean isOpen() {
    return endedAt == null;
  }

  Run heard(Figures latest) {
    return new Run(startedAt, endedAt, how, firstSegment, lastSegment, latest, why);
  }

  /** It has come to this segment, if not further. */
  Run reached(int segment) {
    return lastSegment != null && lastSegment >= segment
        ? this
        : new Run(startedAt, endedAt, how, firstSegment, segment, figures, why);
  }

  Run ended(Instant at, How way, Figures last) {
    return new Run(startedAt, at, way, firstSegment, lastSegment, last, null);
  }

  Run because(String words) {
    return new Run(startedAt, endedAt, how, firstSegment, lastSegment, figures, words);
  }

  /** One run instead of this and the next, which are both long over. */
  Run joined(Run next) {
    return new Run(
        startedAt,
        next.endedAt,
        next.how,
        firstSegment,
        next.lastSegment,
        figures.plus(next.figures),
        next.why);
  }
}
