package io.tapdeck.web.job;

import java.nio.file.Path;
import java.util.List;

/**
 * Segments of a recording that are to be played, in order.
 *
 * @param packets in all of them
 */
record SegmentChoice(String recordingName, List<Integer> numbers, List<Path> files, long packets) {
  SegmentChoice {
    numbers = List.copyOf(numbers);
    files = List.copyOf(files);
  }
}
