package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.PcapFormat;

/** Adds up what a segment holds, frame by frame. */
final class Tally {
  /** A segment that holds nothing but its header. */
  static final Contents EMPTY = new Contents(0, 0, PcapFormat.FILE_HEADER_LENGTH, null, null);

  private long packets;
  private long frameBytes;

  /** Time stamps can step back a little between processors: the order in the file tells nothing. */
  private long first = Long.MAX_VALUE;

  private long last = Long.MIN_VALUE;

  void add(long timestamp, int captureLength) {
    packets++;
    frameBytes += captureLength;
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
  }

  Contents contents() {
    if (packets == 0) {
      return EMPTY;
    }
    long fileBytes =
        PcapFormat.FILE_HEADER_LENGTH + packets * PcapFormat.RECORD_HEADER_LENGTH + frameBytes;
    return new Contents(
        packets, frameBytes, fileBytes, UtcTime.ofNanos(first), UtcTime.ofNanos(last));
  }
}
