package io.tapdeck.web.job;

import java.nio.file.Path;
import java.util.UUID;

/** Told when the segments of a recording are others than before. */
@FunctionalInterface
public interface SegmentListener {
  /**
   * A segment has come or gone.
   *
   * @param directory where the recording's segments are
   */
  void changed(UUID recording, Path directory);
}
