package io.tapdeck.replay.input;

/** In which order the frames of several files are played. */
public enum FrameOrder {
  /** File after file, as they were named; a directory's segments as they were recorded. */
  GIVEN,
  /**
   * By their times: files that overlap are merged, as those that were captured at several places
   * are. Frames that are out of order within a file stay so. Of frames of the same time, that of
   * the file named first comes first.
   */
  TIME
}
