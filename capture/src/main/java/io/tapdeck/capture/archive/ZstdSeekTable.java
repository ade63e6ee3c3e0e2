package io.tapdeck.capture.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where the frames of a Zstandard file are, so that it can be read from any of them: the seek table
 * of Zstandard's seekable format, version 0.1.0. It is a skippable frame at the end of the file,
 * which ordinary decompressors pass over. All fields are unsigned, little endian.
 *
 * <pre>
 *    0                   4                   8
 *  0 +-------------------+-------------------+
 *    | 0x184D2A5E        | bytes that follow |  a skippable frame
 *  8 +-------------------+-------------------+-------------------+
 *    | compressed size   | content size      | checksum, if any  |  for each frame
 *    +-------------------+------+------------+-------------------+
 *    | number of frames  | bits | 0x8F92EAB1        |  bit 7: there are checksums; 6 to 2: zero
 *    +-------------------+------+-------------------+
 * </pre>
 */
final class ZstdSeekTable {
  /** The most that is believed of all frames together: 4 TiB. */
  static final long LARGEST_CONTENT = 1L << 42;

  private static final int SKIPPABLE_MAGIC = 0x184D2A5E;
  private static final int SEEKABLE_MAGIC = 0x8F92EAB1;
  private static final int HEADER_LENGTH = 2 * Integer.BYTES;
  private static final int ENTRY_LENGTH = 2 * Integer.BYTES;
  private static final int CHECKSUM_LENGTH = Integer.BYTES;
  private static final int FOOTER_LENGTH = Integer.BYTES + Byte.BYTES + Integer.BYTES;
  private static final int HAS_CHECKSUMS = 0x80;
  private static final int RESERVED = 0x7C;
  private static final long LARGEST_FRAME = 1L << 30;

  /** With more frames, which takes 20 MiB here, a file is read from the front. */
  private static final int MOST_FRAMES = 1 << 20;

  /** Where each frame begins, in the file and in the content; one more for the end. */
  private final long[] offsets;

  private final long[] positions;
  private int frames;

  private ZstdSeekTable(int capacity) {
    offsets = new long[capacity + 1];
    positions = new long[capacity + 1];
  }

  /** What is written, frame by frame. */
  static final class Builder {
    private ByteBuffer entries =
        ByteBuffer.allocate(64 * ENTRY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /** Adds the next frame. */
    void add(int compressedSize, int contentSize) {
      if (entries.remaining() < ENTRY_LENGTH) {
        entries =
            ByteBuffer.allocate(2 * entries.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(entries.flip());
      }
      entries.putInt(compressedSize).putInt(contentSize);
    }

    /** The whole skippable frame. */
    ByteBuffer build() {
      int length = entries.flip().remaining() + FOOTER_LENGTH;
      int frames = entries.remaining() / ENTRY_LENGTH;
      return ByteBuffer.allocate(HEADER_LENGTH + length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(SKIPPABLE_MAGIC)
          .putInt(length)
          .put(entries)
          .putInt(frames)
          .put((byte) 0)
          .putInt(SEEKABLE_MAGIC)
          .flip();
    }
  }

  /**
   * Reads the table of a Zstandard file. Nothing is allocated that the file's size does not bear
   * out.
   *
   * @return empty if it has none, or one of a later version
   * @throws DamagedArchiveException if the table is none of this file's
   */
  static Optional<ZstdSeekTable> read(FileChannel file, String name) throws IOException {
    long size = file.size();
    if (size < HEADER_LENGTH + FOOTER_LENGTH) {
      return Optional.empty();
    }
    ByteBuffer footer = bytes(file, size - FOOTER_LENGTH, FOOTER_LENGTH);
    long frames = Integer.toUnsignedLong(footer.getInt());
    int bits = footer.get();
    if (footer.getInt() != SEEKABLE_MAGIC || (bits & RESERVED) != 0 || frames > MOST_FRAMES) {
      return Optional.empty();
    }
    int entry = ENTRY_LENGTH + ((bits & HAS_CHECKSUMS) == 0 ? 0 : CHECKSUM_LENGTH);
    int length = (int) frames * entry;
    long start = size - FOOTER_LENGTH - length - HEADER_LENGTH;
    if (start < 0) {
      return Optional.empty();
    }
    ByteBuffer header = bytes(file, start, HEADER_LENGTH);
    if (header.getInt() != SKIPPABLE_MAGIC || header.getInt() != length + FOOTER_LENGTH) {
      return Optional.empty();
    }
    ZstdSeekTable table = new ZstdSeekTable((int) frames);
    ByteBuffer entries = bytes(file, start + HEADER_LENGTH, length);
    for (int at = 0; at < length; at += entry) {
      table.add(entries.getInt(at), entries.getInt(at + Integer.BYTES), name);
    }
    if (table.offsets[table.frames] != start) {
      throw new DamagedArchiveException(
          name
              + " is damaged: its seek table tells of %d compressed bytes, there are %d"
                  .formatted(table.offsets[table.frames], start));
    }
    return Optional.of(table);
  }

  private void add(int compressedSize, int contentSize, String name) throws IOException {
    long content = Integer.toUnsignedLong(contentSize);
    long end = positions[frames] + content;
    if (content > LARGEST_FRAME || end > LARGEST_CONTENT) {
      throw new DamagedArchiveException(
          name + " is damaged: frame %d claims %d bytes".formatted(frames, content));
    }
    offsets[frames + 1] = offsets[frames] + Integer.toUnsignedLong(compressedSize);
    positions[frames + 1] = end;
    frames++;
  }

  private static ByteBuffer bytes(FileChannel file, long from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
    return bytes.flip();
  }

  /** How many frames there are, before the table itself. */
  int frames() {
    return frames;
  }

  /** The frame that holds a byte of the content; the last one for what is beyond. */
  int frameAt(long position) {
    int found = Arrays.binarySearch(positions, 0, frames + 1, position);
    int frame = found >= 0 ? found : -found - 2;
    return Math.clamp(frame, 0, Math.max(0, frames - 1));
  }

  /** Where in the file a frame begins; for the number of frames, where they end. */
  long offset(int frame) {
    return offsets[frame];
  }

  /** Where in the content a frame begins; for the number of frames, how much there is. */
  long position(int frame) {
    return positions[frame];
  }
}
