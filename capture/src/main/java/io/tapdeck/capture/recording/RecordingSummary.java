package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.segment.Sidecar;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What became of a recording: {@code received = written + buffered + droppedKernel + unreadAtStop}.
 *
 * @param interfaces what was counted of each
 * @param written frames in all segments, also in those that retention removed
 * @param writtenBytes sum of their capture lengths
 * @param buffered frames that were read and could not be written because of the {@link #failure}
 * @param gaps times in which an interface could not be seen, in order
 * @param segments the complete segments that are still there, in order; with {@code removed} they
 *     hold all that was written
 * @param removed those that retention removed
 * @param removedEarlier what retention removed besides, of earlier recordings in the directory
 * @param failure why it ended, if it had to; otherwise it was told to, or reached a limit
 */
public record RecordingSummary(
    List<InterfaceCounts> interfaces,
    long written,
    long writtenBytes,
    long buffered,
    List<Sidecar.Gap> gaps,
    List<Sidecar> segments,
    Removed removed,
    Removed removedEarlier,
    Optional<String> failure) {
  /** Of all interfaces. */
  public long received() {
    return sum(InterfaceCounts::received);
  }

  /** Of all interfaces. */
  public long droppedKernel() {
    return sum(InterfaceCounts::droppedKernel);
  }

  /** Of all interfaces. */
  public DropCounters droppedInterface() {
    return interfaces.stream()
        .map(InterfaceCounts::droppedInterface)
        .reduce(DropCounters.ZERO, DropCounters::plus);
  }

  /** Of all interfaces. */
  public long unreadAtStop() {
    return sum(InterfaceCounts::unreadAtStop);
  }

  private long sum(ToLongFunction<InterfaceCounts> figure) {
    return interfaces.stream().mapToLong(figure).sum();
  }
}
