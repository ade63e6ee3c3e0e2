package io.tapdeck.capture.segment;

/** The file format of a segment. */
public enum SegmentFormat {
  /** See {@link io.tapdeck.capture.pcap.PcapFormat}. */
  PCAP("pcap"),

  /** The pcapng format, draft-ietf-opsawg-pcapng. */
  PCAPNG("pcapng");

  private final String extension;

  SegmentFormat(String extension) {
    this.extension = extension;
  }

  /** What names of such files end with after the dot, while they are not compressed. */
  public String extension() {
    return extension;
  }

  static SegmentFormat ofExtension(String extension) {
    return extension.equals(PCAPNG.extension) ? PCAPNG : PCAP;
  }
}
