package io.tapdeck.capture.recording;

import io.tapdeck.capture.segment.Sidecar;

/**
 * Is told what becomes of a recording's directory, as it happens. Where not stated otherwise, it is
 * called by the thread that waits for the disk; while a call lasts, no segment is published.
 */
public interface SegmentListener {
  /** Is told nothing. */
  SegmentListener NONE = new SegmentListener() {};

  /** A segment has its final name, and its sidecar. */
  default void published(Sidecar segment) {}

  /**
   * Retention removed a segment, of this recording or an earlier one in the directory.
   *
   * @param file the segment's name, without directory
   */
  default void removed(String file) {}

  /** Whether frames are being recorded has changed. Called by the recorder's thread: be quick. */
  default void changed(Standing now) {}

  /**
   * A segment could not be removed, hashed or compressed; the recording goes on. Called by those
   * who do that, also by two of them at once.
   *
   * @param problem a line for people
   */
  default void warned(String problem) {}
}
