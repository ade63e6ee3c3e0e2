package io.tapdeck.capture.segment;

import java.time.Instant;
import java.util.List;

/**
 * What there is to tell of a segment when it is closed.
 *
 * @param opened when it was opened
 * @param closed when it was closed
 * @param sources of each interface, in order
 */
public record SegmentEnding(Instant opened, Instant closed, List<Source> sources) {
  /**
   * What was counted of an interface while the segment was open.
   *
   * @param counters of the interface alone
   * @param packets frames of it in the segment
   * @param gaps times in which it could not be seen
   */
  public record Source(SegmentCounters counters, long packets, List<Sidecar.Gap> gaps) {}

  /** Of all interfaces together. */
  SegmentCounters counters() {
    long received = 0;
    long droppedKernel = 0;
    long droppedInterface = 0;
    for (Source source : sources) {
      received += source.counters().received();
      droppedKernel += source.counters().droppedKernel();
      droppedInterface += source.counters().droppedInterface();
    }
    return new SegmentCounters(received, droppedKernel, droppedInterface);
  }

  /** Of all interfaces. */
  List<Sidecar.Gap> gaps() {
    return sources.stream().flatMap(source -> source.gaps().stream()).toList();
  }
}
