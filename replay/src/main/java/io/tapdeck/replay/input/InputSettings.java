package io.tapdeck.replay.input;

import java.util.List;

/**
 * What is to be played.
 *
 * @param names at least one: paths of capture files, compressed or not; of directories that hold a
 *     recording's segments; of pipes; or {@value #STANDARD_INPUT} for standard input
 * @param order of their frames
 * @param selection which of their frames
 * @param preload whether all that is selected is to be in memory before the first frame is played
 */
public record InputSettings(
    List<String> names, FrameOrder order, Selection selection, boolean preload) {
  /** The name of standard input. */
  public static final String STANDARD_INPUT = "-";

  /** Without a name there is nothing to play. */
  public InputSettings {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("name at least one file");
    }
  }
}
