package io.tapdeck.capture.pcap;

/** The formats of capture files. */
public enum CaptureFormat {
  /** See {@link PcapFormat}. */
  PCAP,
  /** See {@link PcapngFormat}. */
  PCAPNG
}
