package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
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

  /** What {@link #recordTime} gives where there is none. */
  long NO_TIME = -1;

  /** Records begin at multiples of this. */
  int alignment();

  /** The most bytes of a record with a packet, its header included. */
  int longestRecord();

  /** How many bytes {@link #recordLength} and {@link #recordTime} look at. */
  int longestHeader();

  /** How long a record would be that begins here; negative if none can. */
  long recordLength(ByteBuffer from, int at);

  /** Whether the end of a record tells something, too. */
  boolean hasTrailer();

  /** Whether a record that begins here ends as it must. */
  boolean recordEnds(ByteBuffer from, int at, long length);

  /** The time of a record that can begin here, in nanoseconds since 1970. */
  long recordTime(ByteBuffer from, int at);
}
