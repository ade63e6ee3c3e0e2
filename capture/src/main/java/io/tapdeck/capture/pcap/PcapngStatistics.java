package io.tapdeck.capture.pcap;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a pcapng file says of how the capture on one interface went. Times are in nanoseconds since
 * 1970, counters are unsigned and count frames; what is empty is left out of the file. Comments are
 * bounded as in {@link PcapngSection}.
 *
 * @param interfaceId the number of the interface in its section, from 0
 * @param timestampNanos when the counters were read
 * @param startNanos when the capture began
 * @param endNanos when it ended
 * @param received by the interface
 * @param droppedByInterface for lack of resources
 * @param acceptedByFilter of those received
 * @param droppedByOperatingSystem of those accepted
 * @param delivered to the application
 * @param comments for people, in this order
 */
public record PcapngStatistics(
    int interfaceId,
    long timestampNanos,
    OptionalLong startNanos,
    OptionalLong endNanos,
    OptionalLong received,
    OptionalLong droppedByInterface,
    OptionalLong acceptedByFilter,
    OptionalLong droppedByOperatingSystem,
    OptionalLong delivered,
    List<String> comments) {
  public PcapngStatistics {
    comments = List.copyOf(comments);
  }
}
