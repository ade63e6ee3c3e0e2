package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.PcapFormat;

/** Adds up what a segment holds, frame by frame. */
final class Tally {
  /** A pcap file that holds nothing but its header. */
  static final Contents EMPTY = new Contents(0, 0, PcapFormat.FILE_HEADER_LENGTH, null, null);

  /** What a file holds that has nothing but a header. */
  static Contents empty(int headerLength) {
    return new Contents(0, 0, headerLength, null, null);
  }

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

  long packets() {
    return packets;
  }

  /**
   * What was added, in a file of a size.
   *
   * @param fileBytes with header and all
   */
  Contents contents(long fileBytes) {
    return packets == 0
        ? new Contents(0, 0, fileBytes, null, null)
        : new Contents(
            packets, frameBytes, fileBytes, UtcTime.ofNanos(first), UtcTime.ofNanos(last));
  }
}
