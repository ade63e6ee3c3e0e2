package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;

/**
 * The layout of a pcap file, as in {@code pcap-savefile(5)} and draft-ietf-opsawg-pcap. All fields
 * are unsigned, in the byte order of the machine that wrote the file; the magic number tells which.
 *
 * <pre>
 * File header                                     Record header, before each frame
 *    0                   4                           0                   4
 *  0 +-------------------+-------------------+     0 +-------------------+-------------------+
 *    | magic             | major   | minor   |       | seconds           | fraction          |
 *  8 +-------------------+-------------------+     8 +-------------------+-------------------+
 *    | zone (0)          | accuracy (0)      |       | capture length    | original length   |
 * 16 +-------------------+-------------------+    16 +-------------------+-------------------+
 *    | snaplen           | link type         |       | frame, capture length bytes, no padding
 * 24 +-------------------+-------------------+       +------------------------------------- ...
 * </pre>
 *
 * The fraction counts micro- or nanoseconds since the second; the magic number tells this too. What
 * is written here has the byte order of the buffer it is put into, and leaves the buffer's position
 * alone.
 */
public final class PcapFormat {
  /** Timestamps in microseconds. */
  public static final int MAGIC_MICROSECONDS = 0xA1B2C3D4;

  /** Timestamps in nanoseconds. */
  public static final int MAGIC_NANOSECONDS = 0xA1B23C4D;

  /** The only version in use since 1998. */
  public static final int VERSION_MAJOR = 2;

  /** See {@link #VERSION_MAJOR}. */
  public static final int VERSION_MINOR = 4;

  /** 32 bits. */
  public static final int MAGIC_OFFSET = 0;

  /** 16 bits. */
  public static final int VERSION_MAJOR_OFFSET = MAGIC_OFFSET + Integer.BYTES;

  /** 16 bits. */
  public static final int VERSION_MINOR_OFFSET = VERSION_MAJOR_OFFSET + Short.BYTES;

  /** 32 bits, always 0: times are UTC. */
  public static final int ZONE_OFFSET = VERSION_MINOR_OFFSET + Short.BYTES;

  /** 32 bits, always 0. */
  public static final int ACCURACY_OFFSET = ZONE_OFFSET + Integer.BYTES;

  /** 32 bits: the most bytes that were captured of a frame; 0 in some files, and then unknown. */
  public static final int SNAPLEN_OFFSET = ACCURACY_OFFSET + Integer.BYTES;

  /** 32 bits, of which the low 16 are the LINKTYPE. */
  public static final int LINK_TYPE_OFFSET = SNAPLEN_OFFSET + Integer.BYTES;

  /** Bytes before the first record. */
  public static final int FILE_HEADER_LENGTH = LINK_TYPE_OFFSET + Integer.BYTES;

  /** 32 bits: seconds since 1970, until the year 2106. */
  public static final int SECONDS_OFFSET = 0;

  /** 32 bits. */
  public static final int FRACTION_OFFSET = SECONDS_OFFSET + Integer.BYTES;

  /** 32 bits: bytes of the frame that are in the file. */
  public static final int CAPTURE_LENGTH_OFFSET = FRACTION_OFFSET + Integer.BYTES;

  /** 32 bits: bytes that the frame had. */
  public static final int ORIGINAL_LENGTH_OFFSET = CAPTURE_LENGTH_OFFSET + Integer.BYTES;

  /** Bytes before each frame. */
  public static final int RECORD_HEADER_LENGTH = ORIGINAL_LENGTH_OFFSET + Integer.BYTES;

  /**
   * The largest capture length that is believed, in bytes; libpcap and Wireshark draw the line at
   * the same place. Anything above is damage, or an attempt to have memory allocated.
   */
  public static final int LARGEST_CAPTURE_LENGTH = 262_144;

  static final int LINK_TYPE_MASK = 0xFFFF;
  static final long NANOS_PER_SECOND = 1_000_000_000L;
  static final int NANOS_PER_MICROSECOND = 1_000;

  private static final long LARGEST_SECONDS = 0xFFFF_FFFFL;

  private PcapFormat() {}

  /** Writes the header of a file with nanoseconds, as the method below. */
  public static void putFileHeader(ByteBuffer buffer, int index, int snaplen, LinkType linkType) {
    putFileHeader(buffer, index, snaplen, linkType, TimestampPrecision.NANOSECONDS);
  }

  /**
   * Writes a file header at {@code index}.
   *
   * @param snaplen the most bytes captured of a frame, 1 to {@link #LARGEST_CAPTURE_LENGTH}
   * @param precision of the times in all the records that follow
   */
  public static void putFileHeader(
      ByteBuffer buffer, int index, int snaplen, LinkType linkType, TimestampPrecision precision) {
    buffer.putInt(index + MAGIC_OFFSET, precision.magic());
    buffer.putShort(index + VERSION_MAJOR_OFFSET, (short) VERSION_MAJOR);
    buffer.putShort(index + VERSION_MINOR_OFFSET, (short) VERSION_MINOR);
    buffer.putInt(index + ZONE_OFFSET, 0);
    buffer.putInt(index + ACCURACY_OFFSET, 0);
    buffer.putInt(index + SNAPLEN_OFFSET, snaplen);
    buffer.putInt(index + LINK_TYPE_OFFSET, linkType.number());
  }

  /** Writes the header of a record with nanoseconds, as the method below. */
  public static void putRecordHeader(
      ByteBuffer buffer, int index, long timestampNanos, int captureLength, int originalLength) {
    putRecordHeader(
        buffer,
        index,
        timestampNanos,
        captureLength,
        originalLength,
        TimestampPrecision.NANOSECONDS);
  }

  /**
   * Writes the header of one record at {@code index}; allocates nothing.
   *
   * @param timestampNanos since 1970; a time before 1970 or after 2106 has no place in the format
   *     and is written as the nearest that has
   * @param captureLength bytes of the frame that follow
   * @param originalLength bytes that the frame had, as 32 unsigned bits
   * @param precision as in the file header; microseconds are rounded down
   */
  public static void putRecordHeader(
      ByteBuffer buffer,
      int index,
      long timestampNanos,
      int captureLength,
      int originalLength,
      TimestampPrecision precision) {
    long time = Math.clamp(timestampNanos, 0, LARGEST_SECONDS * NANOS_PER_SECOND);
    long seconds = time / NANOS_PER_SECOND;
    buffer.putInt(index + SECONDS_OFFSET, (int) seconds);
    int nanos = (int) (time - seconds * NANOS_PER_SECOND);
    int fraction =
        switch (precision) {
          case MICROSECONDS -> nanos / NANOS_PER_MICROSECOND;
          case NANOSECONDS -> nanos;
        };
    buffer.putInt(index + FRACTION_OFFSET, fraction);
    buffer.putInt(index + CAPTURE_LENGTH_OFFSET, captureLength);
    buffer.putInt(index + ORIGINAL_LENGTH_OFFSET, originalLength);
  }
}
