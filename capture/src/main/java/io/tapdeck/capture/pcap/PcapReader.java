package io.tapdeck.capture.pcap;

import io.tapdeck.capture.archive.ArchiveChannel;
import io.tapdeck.capture.archive.Compression;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads a pcap file ({@link PcapFormat}) from front to back, in either byte order, with micro- or
 * nanoseconds, in bounded memory however long the file is.
 *
 * <p>It is a cursor: {@link #next()} moves to the next record, the other methods tell about that
 * record for as long as {@code next()} has not been called again, and nothing is allocated on the
 * way. Lengths are checked before they are used. Where the file stops making sense, or ends within
 * a record, {@link #next()} is false as at a clean end, {@link #damage()} says so, and {@link
 * #validLength()} is where the whole records end, which is what recovery of an unfinished file
 * wants to know.
 *
 * <pre>{@code
 * try (PcapReader reader = PcapReader.open(path)) {
 *   while (reader.next()) {
 *     consume(reader.timestampNanos(), reader.buffer(), reader.offset(), reader.captureLength());
 *   }
 *   reader.damage().ifPresent(...);
 * }
 * }</pre>
 *
 * <p>Not for use by two threads at once.
 */
public final class PcapReader implements Closeable {
  /** What {@link #open(Path)} allocates: two of the largest records. */
  public static final int WINDOW_LENGTH = 1 << 19;

  /**
   * The most that one read asks for. Larger reads are hardly faster, and a player would have a
   * deadline pass while it waits for them.
   */
  private static final int READ_LENGTH = 1 << 17;

  private final SeekableByteChannel channel;
  private final String name;
  private final ByteBuffer window;
  private final int largestCaptureLength;

  private int nanosPerTick;
  private int snaplen;
  private LinkType linkType = LinkType.NULL;

  /** Where in the file the window begins. */
  private long windowStart;

  /** Where in the window the current record begins, and the next one would. */
  private int recordIndex;

  private int nextIndex;

  /** Bytes of the window that hold bytes of the file. */
  private int filled;

  private boolean ended;
  private Optional<Damage> damage = Optional.empty();

  /**
   * For tests, which want small windows.
   *
   * @param window room for the largest record that will be believed
   */
  PcapReader(SeekableByteChannel channel, String name, ByteBuffer window) throws IOException {
    this.channel = channel;
    this.name = name;
    this.window = window.clear();
    this.largestCaptureLength =
        Math.min(
            PcapFormat.LARGEST_CAPTURE_LENGTH, window.capacity() - PcapFormat.RECORD_HEADER_LENGTH);
    readFileHeader();
  }

  /**
   * Opens a capture file, also a compressed one ({@link ArchiveChannel}), and reads its header. If
   * it is not there, but compressed is, that is read. Lengths and offsets are those of the content.
   *
   * @throws NotPcapException if it is not a pcap file, is a directory, does not exist or may not be
   *     read; the message says which, and what to do
   * @throws IOException if reading fails
   */
  public static PcapReader open(Path path) throws IOException {
    return open(path, ByteBuffer.allocateDirect(WINDOW_LENGTH));
  }

  /**
   * The same with memory of the caller's, for those who open many files one after the other.
   *
   * @param window {@link #WINDOW_LENGTH} bytes or more, direct for speed; the reader's until closed
   */
  public static PcapReader open(Path path, ByteBuffer window) throws IOException {
    if (window.capacity() < WINDOW_LENGTH) {
      throw new IllegalArgumentException("the window has only " + window.capacity() + " bytes");
    }
    SeekableByteChannel channel = openChannel(path);
    try {
      return new PcapReader(channel, path.toString(), window);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SeekableByteChannel openChannel(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new NotPcapException(path + " is a directory; name the files in it");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // Opening a FIFO would wait for somebody to write to it.
      throw new NotPcapException(path + " is not a regular file; name a capture file");
    }
    try {
      return ArchiveChannel.open(openFile(path), path.toString());
    } catch (NoSuchFileException e) {
      throw refusal(path + " does not exist; check the name", e);
    } catch (AccessDeniedException e) {
      throw refusal(path + " may not be read by this user; change its permissions", e);
    }
  }

  /** A file that was compressed since it was named is found all the same. */
  private static FileChannel openFile(Path path) throws IOException {
    NoSuchFileException missing;
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      missing = e;
    }
    for (Compression compression : Compression.values()) {
      Path compressed = path.resolveSibling(path.getFileName() + compression.suffix());
      if (Files.isRegularFile(compressed)) {
        return FileChannel.open(compressed, StandardOpenOption.READ);
      }
    }
    throw missing;
  }

  private static NotPcapException refusal(String message, IOException cause) {
    NotPcapException refusal = new NotPcapException(message);
    refusal.initCause(cause);
    return refusal;
  }

  /** The most bytes captured of a frame according to the file header; 0 if it does not know. */
  public int snaplen() {
    return snaplen;
  }

  /** What the frames begin with. */
  public LinkType linkType() {
    return linkType;
  }

  /** Whether the file holds nanoseconds; {@link #timestampNanos()} gives them in any case. */
  public boolean hasNanoseconds() {
    return nanosPerTick == 1;
  }

  /**
   * Moves to the next record.
   *
   * @return false at the end, or where the file is damaged ({@link #damage()}), and ever after
   * @throws IOException if reading fails; the records before have been delivered
   */
  public boolean next() throws IOException {
    if (!available(PcapFormat.RECORD_HEADER_LENGTH)) {
      if (!ended) {
        end(filled - nextIndex, "the header of the last record is cut short");
      }
      return false;
    }
    int length = window.getInt(nextIndex + PcapFormat.CAPTURE_LENGTH_OFFSET);
    if (length < 0 || length > largestCaptureLength) {
      end(
          filled - nextIndex,
          "a record claims " + Integer.toUnsignedString(length) + " captured bytes");
      return false;
    }
    int recordLength = PcapFormat.RECORD_HEADER_LENGTH + length;
    if (!available(recordLength)) {
      end(filled - nextIndex, "the last frame is cut short");
      return false;
    }
    recordIndex = nextIndex;
    nextIndex += recordLength;
    return true;
  }

  /**
   * Whether {@link #next()} would find a whole record in memory, without reading from the file: for
   * those who cannot wait now.
   */
  public boolean isNextBuffered() {
    int there = filled - nextIndex - PcapFormat.RECORD_HEADER_LENGTH;
    if (there < 0) {
      return false;
    }
    int length = window.getInt(nextIndex + PcapFormat.CAPTURE_LENGTH_OFFSET);
    return length >= 0 && length <= there;
  }

  /** When the frame was captured, in nanoseconds since 1970; never negative. */
  public long timestampNanos() {
    long seconds = Integer.toUnsignedLong(window.getInt(recordIndex + PcapFormat.SECONDS_OFFSET));
    long ticks = Integer.toUnsignedLong(window.getInt(recordIndex + PcapFormat.FRACTION_OFFSET));
    return seconds * PcapFormat.NANOS_PER_SECOND + ticks * nanosPerTick;
  }

  /** Bytes of the frame that are there, 0 to {@link PcapFormat#LARGEST_CAPTURE_LENGTH}. */
  public int captureLength() {
    return window.getInt(recordIndex + PcapFormat.CAPTURE_LENGTH_OFFSET);
  }

  /**
   * Bytes that the frame had, as the file says: 32 unsigned bits that nothing vouches for, not even
   * that they are no less than the capture length.
   */
  public long originalLength() {
    return Integer.toUnsignedLong(window.getInt(recordIndex + PcapFormat.ORIGINAL_LENGTH_OFFSET));
  }

  /**
   * The memory that holds the frame, from {@link #offset()}; always the same buffer, of which only
   * absolute reads may be made, and only until the next call of {@link #next()}.
   */
  public ByteBuffer buffer() {
    return window;
  }

  /** Index in {@link #buffer()} of the first byte of the frame. */
  public int offset() {
    return recordIndex + PcapFormat.RECORD_HEADER_LENGTH;
  }

  /** Byte offset in the file after the last whole record that {@link #next()} has been at. */
  public long validLength() {
    return windowStart + nextIndex;
  }

  /** What made {@link #next()} stop before the end of the file; empty while it has not. */
  public Optional<Damage> damage() {
    return damage;
  }

  /** The file's length in bytes now; a file that is being written grows. */
  public long fileLength() throws IOException {
    return channel.size();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return name;
  }

  private void readFileHeader() throws IOException {
    if (!available(PcapFormat.FILE_HEADER_LENGTH)) {
      if (filled == 0) {
        throw new NotPcapException(name + " is not a pcap file: it is empty");
      }
      if (filled < Integer.BYTES) {
        throw new NotPcapException(name + " is not a pcap file: it has " + filled + " bytes");
      }
    }
    readMagic();
    if (filled < PcapFormat.FILE_HEADER_LENGTH) {
      throw new NotPcapException(name + " is a pcap file whose header is cut short: no packets");
    }
    int major = Short.toUnsignedInt(window.getShort(PcapFormat.VERSION_MAJOR_OFFSET));
    int minor = Short.toUnsignedInt(window.getShort(PcapFormat.VERSION_MINOR_OFFSET));
    if (major != PcapFormat.VERSION_MAJOR || minor != PcapFormat.VERSION_MINOR) {
      throw new NotPcapException(
          "%s is a pcap file of version %d.%d, only 2.4 can be read; convert it with 'editcap'"
              .formatted(name, major, minor));
    }
    // A snaplen beyond any frame says as little as none at all.
    snaplen = Math.max(0, window.getInt(PcapFormat.SNAPLEN_OFFSET));
    linkType = new LinkType(window.getInt(PcapFormat.LINK_TYPE_OFFSET) & PcapFormat.LINK_TYPE_MASK);
    nextIndex = PcapFormat.FILE_HEADER_LENGTH;
    ended = false;
  }

  private void readMagic() throws NotPcapException {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      window.order(order);
      int magic = window.getInt(PcapFormat.MAGIC_OFFSET);
      if (magic == PcapFormat.MAGIC_NANOSECONDS) {
        nanosPerTick = 1;
        return;
      }
      if (magic == PcapFormat.MAGIC_MICROSECONDS) {
        nanosPerTick = PcapFormat.NANOS_PER_MICROSECOND;
        return;
      }
    }
    ByteBuffer start = window.duplicate().position(0).limit(filled);
    throw new NotPcapException(name + " is not a pcap file: " + ForeignFormat.describe(start));
  }

  /** Whether {@code length} bytes from the next record's start are, or now came, in the window. */
  private boolean available(int length) throws IOException {
    return filled - nextIndex >= length || refill(length);
  }

  private boolean refill(int length) throws IOException {
    if (ended) {
      return false;
    }
    if (window.capacity() - nextIndex < Math.max(length, READ_LENGTH)) {
      window.limit(filled).position(nextIndex).compact();
      windowStart += nextIndex;
      filled -= nextIndex;
      // The record that was current has been moved out of the window.
      recordIndex = 0;
      nextIndex = 0;
    }
    while (filled - nextIndex < length) {
      window.limit(Math.min(window.capacity(), filled + READ_LENGTH)).position(filled);
      if (channel.read(window) < 0) {
        ended = filled == nextIndex;
        window.clear();
        return false;
      }
      filled = window.position();
    }
    window.clear();
    return true;
  }

  private void end(int bytesInWindow, String reason) throws IOException {
    ended = true;
    long left = Math.max(bytesInWindow, channel.size() - validLength());
    damage = Optional.of(new Damage(validLength(), left, reason));
    // Nothing of what is left may be taken for a record, however often next() is called.
    filled = nextIndex;
  }
}
