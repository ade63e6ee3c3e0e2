package io.tapdeck.capture.segment;

import java.nio.ByteBuffer;

/**
 * How frames are laid out in a segment's file: a header, records, and a footer. Nothing here
 * allocates for a frame or moves a buffer's position.
 */
public interface SegmentLayout {
  /** Room that a buffer of a segment's last record needs besides, for the footer. */
  int LONGEST_FOOTER = 64 << 10;

  /** The format of the file. */
  SegmentFormat format();

  /** LINKTYPE_ value of the frames; of several interfaces, that of the first. */
  int linkType();

  /** Bytes of the header. */
  int headerLength();

  /** Writes the header at the beginning of a buffer. */
  void putHeader(ByteBuffer buffer);

  /** Bytes of a whole record. */
  int recordLength(int captureLength);

  /** Where in a record the frame begins. */
  int frameOffset();

  /**
   * Writes everything of a record but its frame.
   *
   * @param index where in the buffer the record begins
   * @param source which of the interfaces the frame came from, from 0
   * @param timestamp nanoseconds since 1970
   */
  void putRecord(
      ByteBuffer buffer,
      int index,
      int source,
      long timestamp,
      int captureLength,
      int originalLength);

  /** Bytes of the footer at most, no more than {@link #LONGEST_FOOTER}. */
  int footerLength();

  /**
   * Writes the footer.
   *
   * @param index where in the buffer it begins
   * @param ending what became of the segment
   * @return bytes written
   */
  int putFooter(ByteBuffer buffer, int index, SegmentEnding ending);
}
