package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The layout of a pcapng file, as in draft-ietf-opsawg-pcapng. It is a sequence of blocks; each
 * begins and ends with its length, which is a multiple of 4, so that who does not know a block can
 * step over it in either direction. A section header begins the file, and may come again: what was
 * said of interfaces, and the byte order, hold for its section only. All fields are unsigned.
 *
 * <pre>
 * Section header                                  Interface description
 *    0                   4                           0                   4
 *  0 +-------------------+-------------------+     0 +-------------------+-------------------+
 *    | type 0A0D0D0A     | block length      |       | type 1            | block length      |
 *  8 +-------------------+-------------------+     8 +-------------------+-------------------+
 *    | byte order magic  | major   | minor   |       | link type | 0     | snaplen           |
 * 16 +-------------------+-------------------+    16 +-------------------+-------------------+
 *    | section length, or -1: not known      |       | options, block length
 * 24 +-------------------+-------------------+
 *    | options, block length
 *
 * Enhanced packet                                 Interface statistics
 *    0                   4                           0                   4
 *  0 +-------------------+-------------------+     0 +-------------------+-------------------+
 *    | type 6            | block length      |       | type 5            | block length      |
 *  8 +-------------------+-------------------+     8 +-------------------+-------------------+
 *    | interface id      | time, high half   |       | interface id      | time, high half   |
 * 16 +-------------------+-------------------+    16 +-------------------+-------------------+
 *    | time, low half    | capture length    |       | time, low half    | options, block length
 * 24 +-------------------+-------------------+    20 +-------------------+
 *    | original length   | frame, capture length bytes
 * 28 +-------------------+
 *    ... padding to a multiple of 4, options, block length
 *
 * Packet (obsolete): type 2                       Simple packet: type 3, interface 0, no time
 *  8 +-------------------+-------------------+     8 +-------------------+-------------------+
 *    | id      | drops   | time, high half   |       | original length   | frame, as much as the
 * 16 the rest as in an enhanced packet            12 +-------------------+ snaplen allows, padding
 *
 * Option, any number, the last with code 0 and length 0
 *    0                   4
 *  0 +-------------------+------------------ ...
 *    | code    | length  | value, length bytes, padding to a multiple of 4
 *    +-------------------+------------------ ...
 * </pre>
 *
 * A time counts ticks since 1970, of a length that the description of its interface gives. What is
 * written here counts nanoseconds, has the byte order of the buffer it is put into, and leaves the
 * buffer's position alone.
 */
public final class PcapngFormat {
  /** Begins a section; reads the same in both byte orders. */
  public static final int SECTION_HEADER = 0x0A0D0D0A;

  /** Describes an interface; the first of a section has the id 0, the next 1, and so on. */
  public static final int INTERFACE_DESCRIPTION = 1;

  /** Holds a frame; obsolete, no longer written by anybody. */
  public static final int PACKET = 2;

  /** Holds a frame of the first interface, and no time. */
  public static final int SIMPLE_PACKET = 3;

  /** Holds what was counted at an interface. */
  public static final int INTERFACE_STATISTICS = 5;

  /** Holds a frame. */
  public static final int ENHANCED_PACKET = 6;

  /** As it reads in the byte order of its section. */
  public static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;

  /** The only version there is. */
  public static final int VERSION_MAJOR = 1;

  /** See {@link #VERSION_MAJOR}; some write 2, and mean the same. */
  public static final int VERSION_MINOR = 0;

  /** 32 bits, of every block. */
  public static final int TYPE_OFFSET = 0;

  /** 32 bits, of every block: all its bytes, those of both lengths included. */
  public static final int LENGTH_OFFSET = TYPE_OFFSET + Integer.BYTES;

  /** Where every block has what only its type knows. */
  public static final int BODY_OFFSET = LENGTH_OFFSET + Integer.BYTES;

  /** 32 bits, in a section header. */
  public static final int MAGIC_OFFSET = BODY_OFFSET;

  /** 16 bits, in a section header. */
  public static final int VERSION_MAJOR_OFFSET = MAGIC_OFFSET + Integer.BYTES;

  /** 16 bits, in a section header. */
  public static final int VERSION_MINOR_OFFSET = VERSION_MAJOR_OFFSET + Short.BYTES;

  /** 64 bits, in a section header: what follows it of the section, or -1. */
  public static final int SECTION_LENGTH_OFFSET = VERSION_MINOR_OFFSET + Short.BYTES;

  /** Where the options of a section header are. */
  public static final int SECTION_OPTIONS_OFFSET = SECTION_LENGTH_OFFSET + Long.BYTES;

  /** 16 bits, in an interface description; 16 bits of zeros follow. */
  public static final int LINK_TYPE_OFFSET = BODY_OFFSET;

  /** 32 bits, in an interface description: 0 is no limit. */
  public static final int SNAPLEN_OFFSET = LINK_TYPE_OFFSET + Integer.BYTES;

  /** Where the options of an interface description are. */
  public static final int INTERFACE_OPTIONS_OFFSET = SNAPLEN_OFFSET + Integer.BYTES;

  /** 32 bits, in an enhanced packet and in statistics; 16 bits in an obsolete packet. */
  public static final int INTERFACE_ID_OFFSET = BODY_OFFSET;

  /** 32 bits, in packets but the simple, and in statistics. */
  public static final int TIME_HIGH_OFFSET = INTERFACE_ID_OFFSET + Integer.BYTES;

  /** 32 bits, see {@link #TIME_HIGH_OFFSET}. */
  public static final int TIME_LOW_OFFSET = TIME_HIGH_OFFSET + Integer.BYTES;

  /** Where the options of statistics are. */
  public static final int STATISTICS_OPTIONS_OFFSET = TIME_LOW_OFFSET + Integer.BYTES;

  /** 32 bits, in packets but the simple: bytes of the frame that are in the file. */
  public static final int CAPTURE_LENGTH_OFFSET = TIME_LOW_OFFSET + Integer.BYTES;

  /** 32 bits, in packets but the simple: bytes that the frame had. */
  public static final int ORIGINAL_LENGTH_OFFSET = CAPTURE_LENGTH_OFFSET + Integer.BYTES;

  /** Bytes before the frame in an enhanced packet. */
  public static final int PACKET_HEADER_LENGTH = ORIGINAL_LENGTH_OFFSET + Integer.BYTES;

  /** 32 bits, in a simple packet. */
  public static final int SIMPLE_ORIGINAL_LENGTH_OFFSET = BODY_OFFSET;

  /** Bytes before the frame in a simple packet. */
  public static final int SIMPLE_PACKET_HEADER_LENGTH =
      SIMPLE_ORIGINAL_LENGTH_OFFSET + Integer.BYTES;

  /** The length once more, at the end of every block. */
  public static final int TRAILER_LENGTH = Integer.BYTES;

  /** Bytes of the shortest block. */
  public static final int SMALLEST_BLOCK_LENGTH = BODY_OFFSET + TRAILER_LENGTH;

  /** 16 bits each: what an option is, and how long its value, before the value. */
  public static final int OPTION_HEADER_LENGTH = 2 * Short.BYTES;

  /** Ends the options; those of a block that has none need no end. */
  public static final int OPTION_END = 0;

  /** A text for people, in any block. */
  public static final int OPTION_COMMENT = 1;

  /** A text, in a section header. */
  public static final int SECTION_HARDWARE = 2;

  /** A text, in a section header. */
  public static final int SECTION_OPERATING_SYSTEM = 3;

  /** A text, in a section header. */
  public static final int SECTION_APPLICATION = 4;

  /** A text, in an interface description. */
  public static final int INTERFACE_NAME = 2;

  /** A text, in an interface description. */
  public static final int INTERFACE_TEXT = 3;

  /** 64 bits, in an interface description: bits per second. */
  public static final int INTERFACE_SPEED = 8;

  /**
   * 8 bits, in an interface description: a tick is this negative power of 10 of a second, or of 2
   * if the highest bit is set. Microseconds if absent.
   */
  public static final int INTERFACE_RESOLUTION = 9;

  /** A byte that tells the kind of filter, 0 for a BPF expression, and then that as a text. */
  public static final int INTERFACE_FILTER = 11;

  /** 64 bits, signed, in an interface description: seconds to be added to every time. */
  public static final int INTERFACE_TIME_OFFSET = 14;

  /** A time, in statistics. */
  public static final int STATISTICS_START = 2;

  /** A time, in statistics. */
  public static final int STATISTICS_END = 3;

  /** 64 bits, in statistics: frames that the interface received. */
  public static final int STATISTICS_RECEIVED = 4;

  /** 64 bits, in statistics: frames that the interface dropped. */
  public static final int STATISTICS_INTERFACE_DROPPED = 5;

  /** 64 bits, in statistics: frames that the filter accepted. */
  public static final int STATISTICS_FILTER_ACCEPTED = 6;

  /** 64 bits, in statistics: frames that the operating system dropped. */
  public static final int STATISTICS_SYSTEM_DROPPED = 7;

  /** 64 bits, in statistics: frames that the application was given. */
  public static final int STATISTICS_DELIVERED = 8;

  /** The most bytes of a text that are written; what is longer is cut between two characters. */
  public static final int LARGEST_TEXT_LENGTH = 4_096;

  /** The most comments that are written into one block. */
  public static final int MOST_COMMENTS = 16;

  /**
   * Room for any section header, interface description or statistics that is written here, in
   * bytes.
   */
  public static final int LARGEST_DESCRIPTION_LENGTH = 96 * 1_024;

  static final int RESOLUTION_MICROSECONDS = 6;
  static final int RESOLUTION_NANOSECONDS = 9;

  private static final int ALIGNMENT = Integer.BYTES;
  private static final long SECTION_LENGTH_UNKNOWN = -1;

  private PcapngFormat() {}

  /**
   * Writes a section header at {@code index}.
   *
   * @return bytes written
   * @throws IndexOutOfBoundsException if there is no room for it
   */
  public static int putSectionHeader(ByteBuffer buffer, int index, PcapngSection section) {
    buffer.putInt(index + MAGIC_OFFSET, BYTE_ORDER_MAGIC);
    buffer.putShort(index + VERSION_MAJOR_OFFSET, (short) VERSION_MAJOR);
    buffer.putShort(index + VERSION_MINOR_OFFSET, (short) VERSION_MINOR);
    buffer.putLong(index + SECTION_LENGTH_OFFSET, SECTION_LENGTH_UNKNOWN);
    PcapngOptions options = new PcapngOptions(buffer, index + SECTION_OPTIONS_OFFSET);
    options.putComments(section.comments());
    options.putText(SECTION_HARDWARE, section.hardware());
    options.putText(SECTION_OPERATING_SYSTEM, section.operatingSystem());
    options.putText(SECTION_APPLICATION, section.application());
    return enclose(buffer, index, SECTION_HEADER, options.end());
  }

  /**
   * Writes an interface description at {@code index}; its times will be in nanoseconds.
   *
   * @return bytes written
   * @throws IndexOutOfBoundsException if there is no room for it
   */
  public static int putInterfaceDescription(
      ByteBuffer buffer, int index, PcapngInterface description) {
    buffer.putInt(index + LINK_TYPE_OFFSET, 0);
    buffer.putShort(index + LINK_TYPE_OFFSET, (short) description.linkType().number());
    buffer.putInt(index + SNAPLEN_OFFSET, description.snaplen());
    PcapngOptions options = new PcapngOptions(buffer, index + INTERFACE_OPTIONS_OFFSET);
    options.putComments(description.comments());
    options.putText(INTERFACE_NAME, description.name());
    options.putText(INTERFACE_TEXT, description.description());
    options.putNumber(INTERFACE_SPEED, description.bitsPerSecond());
    options.putByte(INTERFACE_RESOLUTION, (byte) RESOLUTION_NANOSECONDS);
    options.putFilter(INTERFACE_FILTER, description.filter());
    return enclose(buffer, index, INTERFACE_DESCRIPTION, options.end());
  }

  /**
   * Writes statistics at {@code index}.
   *
   * @return bytes written
   * @throws IndexOutOfBoundsException if there is no room for them
   */
  public static int putStatistics(ByteBuffer buffer, int index, PcapngStatistics statistics) {
    buffer.putInt(index + INTERFACE_ID_OFFSET, statistics.interfaceId());
    putTime(buffer, index + TIME_HIGH_OFFSET, statistics.timestampNanos());
    PcapngOptions options = new PcapngOptions(buffer, index + STATISTICS_OPTIONS_OFFSET);
    options.putComments(statistics.comments());
    options.putTime(STATISTICS_START, statistics.startNanos());
    options.putTime(STATISTICS_END, statistics.endNanos());
    options.putNumber(STATISTICS_RECEIVED, statistics.received());
    options.putNumber(STATISTICS_INTERFACE_DROPPED, statistics.droppedByInterface());
    options.putNumber(STATISTICS_FILTER_ACCEPTED, statistics.acceptedByFilter());
    options.putNumber(STATISTICS_SYSTEM_DROPPED, statistics.droppedByOperatingSystem());
    options.putNumber(STATISTICS_DELIVERED, statistics.delivered());
    return enclose(buffer, index, INTERFACE_STATISTICS, options.end());
  }

  /** Bytes that {@link #putSectionHeader} writes. */
  public static int lengthOf(PcapngSection section) {
    return putSectionHeader(scratch(), 0, section);
  }

  /** Bytes that {@link #putInterfaceDescription} writes. */
  public static int lengthOf(PcapngInterface description) {
    return putInterfaceDescription(scratch(), 0, description);
  }

  /** Bytes that {@link #putStatistics} writes. */
  public static int lengthOf(PcapngStatistics statistics) {
    return putStatistics(scratch(), 0, statistics);
  }

  /**
   * Writes all of an enhanced packet at {@code index} but for the bytes of its frame, which belong
   * {@link #PACKET_HEADER_LENGTH} bytes after {@code index}, and may be there already: what comes
   * before them and what comes after them, {@link #packetLength} bytes together. Allocates nothing.
   *
   * @param interfaceId the number of the interface in its section, from 0
   * @param timestampNanos since 1970; a time before is written as 1970
   * @param captureLength bytes of the frame, 0 to {@link PcapFormat#LARGEST_CAPTURE_LENGTH}
   * @param originalLength bytes that the frame had, as 32 unsigned bits
   */
  public static void putPacketHeader(
      ByteBuffer buffer,
      int index,
      int interfaceId,
      long timestampNanos,
      int captureLength,
      int originalLength) {
    int length = packetLength(captureLength);
    int trailer = index + length - TRAILER_LENGTH;
    buffer.putInt(index + TYPE_OFFSET, ENHANCED_PACKET);
    buffer.putInt(index + LENGTH_OFFSET, length);
    buffer.putInt(index + INTERFACE_ID_OFFSET, interfaceId);
    putTime(buffer, index + TIME_HIGH_OFFSET, timestampNanos);
    buffer.putInt(index + CAPTURE_LENGTH_OFFSET, captureLength);
    buffer.putInt(index + ORIGINAL_LENGTH_OFFSET, originalLength);
    for (int pad = index + PACKET_HEADER_LENGTH + captureLength; pad < trailer; pad++) {
      buffer.put(pad, (byte) 0);
    }
    buffer.putInt(trailer, length);
  }

  /** Bytes of an enhanced packet without options that holds {@code captureLength} of its frame. */
  public static int packetLength(int captureLength) {
    return PACKET_HEADER_LENGTH + padded(captureLength) + TRAILER_LENGTH;
  }

  /** The next multiple of 4. */
  static int padded(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static void putTime(ByteBuffer buffer, int index, long timestampNanos) {
    long time = Math.max(0, timestampNanos);
    buffer.putInt(index, (int) (time >>> Integer.SIZE));
    buffer.putInt(index + Integer.BYTES, (int) time);
  }

  /** Puts around what ends at {@code end} what every block has, and gives its length. */
  private static int enclose(ByteBuffer buffer, int index, int type, int end) {
    int length = end + TRAILER_LENGTH - index;
    buffer.putInt(index + TYPE_OFFSET, type);
    buffer.putInt(index + LENGTH_OFFSET, length);
    buffer.putInt(end, length);
    return length;
  }

  private static ByteBuffer scratch() {
    return ByteBuffer.allocate(LARGEST_DESCRIPTION_LENGTH).order(ByteOrder.nativeOrder());
  }
}
