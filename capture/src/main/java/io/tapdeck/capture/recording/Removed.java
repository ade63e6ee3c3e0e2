package io.tapdeck.capture.recording;

import io.tapdeck.capture.segment.Sidecar;

/**
 * What retention removed.
 *
 * @param segments how many
 * @param packets frames in them
 * @param frameBytes sum of the frames' capture lengths
 * @param bytes size of their files
 */
public record Removed(long segments, long packets, long frameBytes, long bytes) {
  static final Removed NOTHING = new Removed(0, 0, 0, 0);

  Removed plus(Sidecar segment) {
    return new Removed(
        segments + 1,
        packets + segment.packets(),
        frameBytes + segment.frameBytes(),
        bytes + segment.bytes());
  }
}
