package io.tapdeck.capture.index;

/**
 * The layout of an index, the file {@code X.pcap.idx} beside the segment X.pcap. All is
 * little-endian; a checksum is the CRC-32C of all bytes of the part before it. Offsets and lengths
 * of content are those of the uncompressed segment.
 *
 * <pre>
 * File                                            Chapter: up to 64 blocks, from one record to another
 *  0 +-------------------+-------------------+     0 +-------------------+-------------------+
 *    | magic             | version | state   |       | magic             | length in bytes   |
 *  8 +-------------------+-------------------+     8 +-------------------+-------------------+
 *    | length of the content indexed         |       | blocks            | 0                 |
 * 16 +-------------------+-------------------+    16 +-------------------+-------------------+
 *    | earliest time, nanoseconds since 1970 |       | where in the content it begins        |
 * 24 +-------------------+-------------------+    24 +-------------------+-------------------+
 *    | latest time                           |       | where in the content it ends          |
 * 32 +-------------------+-------------------+    32 +-------------------+-------------------+
 *    | packets                               |       | earliest time                         |
 * 40 +-------------------+-------------------+    40 +-------------------+-------------------+
 *    | where the filter begins               |       | latest time                           |
 * 48 +-------------------+-------------------+    48 +-------------------+-------------------+
 *    | lines of filter   | kinds it knows    |       | packets                               |
 * 56 +-------------------+-------------------+    56 +-------------------+-------------------+
 *    | whether it has gaps | checksum        |       | of each of 8 kinds:                   |
 * 64 +-------------------+-------------------+       |   form | bits | 0 | distinct terms    |
 *    | chapters                                      |   where its pages are told | pages    |
 *    +------------------------------------ ...   184 +-------------------+-------------------+
 *    | filter, lines of 60 bytes and a checksum      | 0                 | checksum          |
 *    +------------------------------------ ...   192 +-------------------+-------------------+
 *                                                    | blocks, 32 bytes each, and a checksum
 * Block                                              +-------------------------------------- ...
 *  0 +-------------------+-------------------+       | of each kind: its pages, 12 bytes each,
 *    | where in the content it begins        |       | and a checksum, then what they hold
 *  8 +-------------------+-------------------+       +-------------------------------------- ...
 *    | packets           | whether indexed   |
 * 16 +-------------------+-------------------+    Page of up to 128 terms
 *    | earliest time                         |     0 +-------------------+-------------------+
 * 24 +-------------------+-------------------+       | its first term    | where it is       |
 *    | latest time                           |     8 +-------------------+-------------------+
 * 32 +-------------------+-------------------+       | checksum          |
 *                                                 12 +-------------------+
 * </pre>
 *
 * While the segment is being written the state is {@link #GROWING}, the rest of the header 0, and
 * chapters are added; each is whole once its last byte is there, since its parts have checksums.
 *
 * <p>Of a kind, the form says whether its terms are what {@link TermKind} says ({@link #PLAIN}), or
 * buckets of so many bits that several share, because there are too many ({@link #BUCKETS}), or
 * nothing is known, so that any may be in any block ({@link #UNKNOWN}). What a page holds tells
 * {@link TermPages}.
 */
final class IndexFormat {
  static final int MAGIC = 0x5844_4954;
  static final int VERSION = 1;

  static final int GROWING = 0;
  static final int COMPLETE = 1;

  /** Blocks of a chapter: a set of them is some bits. */
  static final int MOST_BLOCKS = Long.SIZE;

  /** A block ends with the record that makes it so long. */
  static final int BLOCK_BYTES = 1 << 20;

  // Of the file's header.
  static final int VERSION_OFFSET = 4;
  static final int STATE_OFFSET = 6;
  static final int CONTENT_OFFSET = 8;
  static final int FIRST_OFFSET = 16;
  static final int LAST_OFFSET = 24;
  static final int PACKETS_OFFSET = 32;
  static final int FILTER_OFFSET = 40;
  static final int LINES_OFFSET = 48;
  static final int KINDS_OFFSET = 52;
  static final int GAPS_OFFSET = 56;
  static final int CHECKSUM_OFFSET = 60;
  static final int HEADER_LENGTH = 64;

  // Of a chapter.
  static final int CHAPTER_MAGIC = 0x5041_4843;
  static final int CHAPTER_LENGTH = 4;
  static final int CHAPTER_BLOCKS = 8;
  static final int CHAPTER_START = 16;
  static final int CHAPTER_END = 24;
  static final int CHAPTER_FIRST = 32;
  static final int CHAPTER_LAST = 40;
  static final int CHAPTER_PACKETS = 48;
  static final int CHAPTER_KINDS = 56;
  static final int CHAPTER_CHECKSUM = 188;
  static final int CHAPTER_HEADER_LENGTH = 192;

  /** The longest that is believed. */
  static final int LONGEST_CHAPTER = 16 << 20;

  // Of a kind in a chapter.
  static final int KIND_FORM = 0;
  static final int KIND_BITS = 1;
  static final int KIND_TERMS = 4;
  static final int KIND_OFFSET = 8;
  static final int KIND_PAGES = 12;
  static final int KIND_LENGTH = 16;

  static final int UNKNOWN = 0;
  static final int PLAIN = 1;
  static final int BUCKETS = 2;

  // Of a block.
  static final int BLOCK_START = 0;
  static final int BLOCK_PACKETS = 8;
  static final int BLOCK_INDEXED = 12;
  static final int BLOCK_FIRST = 16;
  static final int BLOCK_LAST = 24;
  static final int BLOCK_LENGTH = 32;

  // Of a page.
  static final int PAGE_TERMS = 128;
  static final int PAGE_FIRST = 0;
  static final int PAGE_OFFSET = 4;
  static final int PAGE_CHECKSUM = 8;
  static final int PAGE_ENTRY_LENGTH = 12;

  static final int CHECKSUM_LENGTH = 4;

  // Of the filter.
  static final int LINE_LENGTH = 64;
  static final int LINE_BITS = (LINE_LENGTH - CHECKSUM_LENGTH) * Byte.SIZE;

  private IndexFormat() {}
}
