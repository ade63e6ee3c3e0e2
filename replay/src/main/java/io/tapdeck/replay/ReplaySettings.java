package io.tapdeck.replay;

import java.nio.file.Path;
import java.util.List;

/**
 * What to play where, and how.
 *
 * @param files at least one capture file, in the order in which they are played
 */
public record ReplaySettings(Destination destination, List<Path> files, Pacing pacing) {
  public ReplaySettings {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("name at least one file");
    }
  }
}
