package io.tapdeck.replay.input;

import java.nio.file.Path;

/**
 * A capture file among those that are played.
 *
 * @param number among the others, as they were named, from 0
 * @param path of the file, compressed or not
 * @param bytes its size as it is stored
 * @param recorded whether the recorder's own sidecar vouches for it
 * @param first the earliest time in it, if {@code recorded}; else that of its first frame, {@link
 *     #UNKNOWN} if there is none
 * @param last the latest time in it if {@code recorded}, else {@link #UNKNOWN}
 */
record InputFile(int number, Path path, long bytes, boolean recorded, long first, long last) {
  /** Before any time that a frame can have. */
  static final long UNKNOWN = Long.MIN_VALUE;

  /** Whether for certain no frame of it is in a range of time. */
  boolean isOutside(TimeRange range) {
    if (first == UNKNOWN) {
      return false;
    }
    if (recorded && last < range.from()) {
      return true;
    }
    return recorded ? first >= range.to() : range.isOver(first);
  }
}
