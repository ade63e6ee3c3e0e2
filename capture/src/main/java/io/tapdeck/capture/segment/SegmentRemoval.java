package io.tapdeck.capture.segment;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Removes complete segments because somebody wants it, by the steps that {@link Retention} takes.
 */
public final class SegmentRemoval {
  private SegmentRemoval() {}

  /**
   * Removes a complete segment and its sidecar, durably. Any thread of any process may do it, also
   * while a recorder goes on in the directory.
   *
   * @return false if it is protected; then it stays
   * @throws NoSuchFileException if there is no such segment, or none with a sidecar of its own
   */
  public static boolean remove(Path directory, SegmentName name) throws IOException {
    try (HeldSidecar held = HeldSidecar.hold(directory, name)) {
      if (held.sidecar().isProtected()) {
        return false;
      }
      held.deleteFrames();
      held.delete();
    }
    SegmentFiles.forceDirectory(directory);
    return true;
  }
}
