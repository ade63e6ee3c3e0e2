package io.tapdeck.capture.pcap;

import java.util.List;

/**
 * What a pcapng file says of where it comes from. A text that is empty is left out of the file; of
 * a longer one than {@link PcapngFormat#LARGEST_TEXT_LENGTH}, and of more comments than {@link
 * PcapngFormat#MOST_COMMENTS}, the beginning is kept.
 *
 * @param hardware the machine, such as {@code x86_64}
 * @param operatingSystem such as {@code Linux 6.1.0}
 * @param application what writes the file
 * @param comments for people, in this order
 */
public record PcapngSection(
    String hardware, String operatingSystem, String application, List<String> comments) {
  public PcapngSection {
    comments = List.copyOf(comments);
  }
}
