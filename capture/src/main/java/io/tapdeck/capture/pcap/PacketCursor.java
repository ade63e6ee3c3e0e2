package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.util.List;

/**
 * What {@link PcapReader} delegates to: finds packet after packet in a window, in one format. The
 * methods mean what those of the same name there do.
 */
sealed interface PacketCursor permits PcapRecords, PcapngBlocks {
  boolean next() throws IOException;

  boolean isNextBuffered();

  CaptureFormat format();

  long timestampNanos();

  boolean hasTimestamp();

  boolean hasNanoseconds();

  int captureLength();

  long originalLength();

  int offset();

  long recordOffset();

  int interfaceId();

  CaptureInterface captureInterface();

  List<CaptureInterface> interfaces();
}
