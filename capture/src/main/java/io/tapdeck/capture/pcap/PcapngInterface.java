package io.tapdeck.capture.pcap;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a pcapng file says of an interface whose frames it holds. Texts are bounded, and left out if
 * empty, as in {@link PcapngSection}.
 *
 * @param name as the system calls it, such as {@code eth0}
 * @param description for people
 * @param filter the BPF expression that chose the frames
 * @param bitsPerSecond the speed, if it is known
 * @param snaplen the most bytes captured of a frame, 0 if there is no limit
 * @param linkType what the frames begin with
 * @param comments for people, in this order
 */
public record PcapngInterface(
    String name,
    String description,
    String filter,
    OptionalLong bitsPerSecond,
    int snaplen,
    LinkType linkType,
    List<String> comments) {
  public PcapngInterface {
    comments = List.copyOf(comments);
  }
}
