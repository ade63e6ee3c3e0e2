package io.tapdeck.capture.pcap;

/**
 * An interface whose frames a capture file holds. Texts have whatever characters the file has, of
 * long ones the beginning; they are empty if it does not say.
 *
 * @param name as the system called it
 * @param description for people
 * @param filter the BPF expression that chose the frames
 * @param linkType what the frames begin with
 * @param snaplen the most bytes captured of a frame according to the file; 0 if it does not know
 */
public record CaptureInterface(
    String name, String description, String filter, LinkType linkType, int snaplen) {
  /** Nothing is known yet. */
  static final CaptureInterface UNKNOWN = new CaptureInterface("", LinkType.NULL, 0);

  /** One of which no more is known. */
  public CaptureInterface(String name, LinkType linkType, int snaplen) {
    this(name, "", "", linkType, snaplen);
  }

  /** Whether the file says more of it than what its frames are. */
  public boolean isDescribed() {
    return !(name.isEmpty() && description.isEmpty() && filter.isEmpty());
  }
}
