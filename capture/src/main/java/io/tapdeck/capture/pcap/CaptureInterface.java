package io.tapdeck.capture.pcap;

/**
 * An interface whose frames a capture file holds.
 *
 * @param name whatever characters the file has, of a long name the beginning; empty if it has none
 * @param linkType what the frames begin with
 * @param snaplen the most bytes captured of a frame according to the file; 0 if it does not know
 */
public record CaptureInterface(String name, LinkType linkType, int snaplen) {
  /** Nothing is known yet. */
  static final CaptureInterface UNKNOWN = new CaptureInterface("", LinkType.NULL, 0);
}
