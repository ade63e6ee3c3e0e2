package io.tapdeck.capture.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The content of a compressed file, as if it were a file itself, to be read only: Zstandard, gzip,
 * xz or lz4. What a file is tells its beginning, not its name.
 *
 * <p>Zstandard files with a seek table are read from the frame that holds the position. All others
 * can only be read from the front: going back, or asking for the size, decompresses everything up
 * to there once more; of a pipe neither can be. Memory is bounded whatever the file claims: a
 * window of 128 MiB at most for Zstandard and xz, and no more than 4 TiB of content are believed.
 *
 * <p>Not for use by two threads at once.
 */
public final class ArchiveChannel implements SeekableByteChannel {
  private static final int ZSTD_MAGIC = 0xFD2FB528;

  /** Skippable frames are the same in Zstandard and lz4. */
  static final int SKIPPABLE_MAGIC = 0x184D2A50;

  static final int SKIPPABLE_MASK = 0xFFFFFFF0;
  private static final int GZIP_MAGIC = 0x8B1F;
  private static final int GZIP_MASK = 0xFFFF;

  /** The first four of six bytes. */
  private static final int XZ_MAGIC = 0x587A37FD;

  private static final int PIECE = 1 << 17;
  private static final long UNKNOWN = -1;
  private static final long NOWHERE = Long.MAX_VALUE;

  private final String name;
  private final Decoder decoder;
  private @Nullable ByteBuffer skipped;

  /** Where who reads is in the content, and where the decoder. */
  private long position;

  private long decoded;
  private long size;
  private boolean open = true;

  private ArchiveChannel(String name, Decoder decoder, long size) {
    this.name = name;
    this.decoder = decoder;
    this.size = size;
  }

  /**
   * The content of a file, compressed or not.
   *
   * @param file the channel's from now on; closed if this fails
   * @param name for messages
   * @return the file itself if it is not compressed
   * @throws DamagedArchiveException if it is compressed, and cannot be read
   */
  public static SeekableByteChannel open(FileChannel file, String name) throws IOException {
    boolean opened = false;
    try {
      SeekableByteChannel channel = content(file, name);
      opened = true;
      return channel;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static SeekableByteChannel content(FileChannel file, String name) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (start.hasRemaining() && file.read(start, start.position()) >= 0) {
      // A short file is none that is compressed.
    }
    StreamDecoder.Form form = form(start.flip());
    return switch (form) {
      case AS_IT_IS -> file;
      case ZSTD -> {
        ZstdSeekTable table = ZstdSeekTable.read(file, name).orElse(null);
        long size = table == null ? UNKNOWN : table.position(table.frames());
        yield new ArchiveChannel(name, new ZstdDecoder(file, name, table), size);
      }
      case GZIP, XZ, LZ4 ->
          new ArchiveChannel(
              name, new StreamDecoder(file, StoredInput.ofFile(file), form, name), UNKNOWN);
    };
  }

  /**
   * The content of what comes out of a pipe, compressed or not. It can only be read on: going back
   * fails, and the size is what has been read so far. Waits for the first bytes.
   *
   * @param pipe the channel's from now on; closed if this fails
   * @param name for messages
   */
  public static ArchiveChannel openPipe(ReadableByteChannel pipe, String name) throws IOException {
    boolean opened = false;
    try {
      StoredInput stored = StoredInput.ofPipe(pipe);
      StreamDecoder.Form form = form(stored.peek(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN));
      ArchiveChannel channel =
          new ArchiveChannel(name, new StreamDecoder(pipe, stored, form, name), UNKNOWN);
      opened = true;
      return channel;
    } finally {
      if (!opened) {
        pipe.close();
      }
    }
  }

  /**
   * What comes out of a pipe, as it is: whatever it begins with, nothing is decompressed. Else as
   * {@link #openPipe}.
   *
   * @param pipe the channel's from now on
   */
  public static ArchiveChannel ofContent(ReadableByteChannel pipe, String name) {
    StreamDecoder asItIs =
        new StreamDecoder(pipe, StoredInput.ofPipe(pipe), StreamDecoder.Form.AS_IT_IS, name);
    return new ArchiveChannel(name, asItIs, UNKNOWN);
  }

  private static StreamDecoder.Form form(ByteBuffer start) {
    // A short file is none that is compressed.
    int magic = start.remaining() < Integer.BYTES ? 0 : start.getInt(start.position());
    if (magic == ZSTD_MAGIC || (magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
      return StreamDecoder.Form.ZSTD;
    }
    if ((magic & GZIP_MASK) == GZIP_MAGIC) {
      return StreamDecoder.Form.GZIP;
    }
    return switch (magic) {
      case XZ_MAGIC -> StreamDecoder.Form.XZ;
      case Lz4Input.MAGIC -> StreamDecoder.Form.LZ4;
      default -> StreamDecoder.Form.AS_IT_IS;
    };
  }

  /** Whether any position can be read without going through all that is before. */
  public boolean startsAnywhere() {
    return decoder.startsAnywhere();
  }

  /** Whether it can be read again from the front, which a pipe cannot. */
  public boolean startsAgain() {
    return decoder.startsAgain();
  }

  /** How many bytes of the file itself have been read, or nearly so. */
  public long storedPosition() {
    return decoder.taken();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    checkOpen();
    if (!into.hasRemaining()) {
      return 0;
    }
    if (!goTo(position)) {
      return -1;
    }
    int count = decode(into);
    position += Math.max(0, count);
    return count;
  }

  /** Returns false if that is not before the end. */
  private boolean goTo(long target) throws IOException {
    if (size != UNKNOWN && target >= size) {
      return false;
    }
    long start = decoder.start(target);
    if (target < decoded && !decoder.startsAgain()) {
      throw new IOException(name + " is a pipe: what was read cannot be read again");
    }
    if (target < decoded || start > decoded) {
      decoder.seek(target);
      decoded = start;
    }
    while (decoded < target) {
      ByteBuffer piece = skipped == null ? ByteBuffer.allocateDirect(PIECE) : skipped;
      skipped = piece;
      if (decode(piece.clear().limit((int) Math.min(PIECE, target - decoded))) < 0) {
        return false;
      }
    }
    return true;
  }

  private int decode(ByteBuffer into) throws IOException {
    long before = decoded;
    // Should it fail, it has to begin again somewhere.
    decoded = NOWHERE;
    int count = decoder.read(into);
    decoded = before + Math.max(0, count);
    if (decoded > ZstdSeekTable.LARGEST_CONTENT) {
      throw new DamagedArchiveException(name + " holds more than can be believed");
    }
    if (count < 0) {
      size = decoded;
    }
    return count;
  }

  @Override
  public long position() throws IOException {
    checkOpen();
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    checkOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("no content is before its beginning: " + newPosition);
    }
    position = newPosition;
    return this;
  }

  /** The length of the content; decompresses all of it, unless it is known. */
  @Override
  public long size() throws IOException {
    checkOpen();
    if (size == UNKNOWN && !decoder.startsAgain()) {
      return decoded == NOWHERE ? position : decoded;
    }
    if (size == UNKNOWN) {
      boolean _ = goTo(NOWHERE - 1);
    }
    return size;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    if (open) {
      open = false;
      decoder.close();
    }
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  private void checkOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }
}
