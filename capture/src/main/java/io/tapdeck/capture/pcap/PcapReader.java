package io.tapdeck.capture.pcap;

import io.tapdeck.capture.archive.ArchiveChannel;
import io.tapdeck.capture.archive.Compression;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Reads a capture file from front to back, in bounded memory however long the file is: pcap ({@link
 * PcapFormat}) or pcapng ({@link PcapngFormat}), in either byte order, with times of any precision.
 *
 * <p>It is a cursor: {@link #next()} moves to the next packet, the other methods tell about that
 * packet for as long as {@code next()} has not been called again, and nothing is allocated on the
 * way. Lengths are checked before they are used. Where the file stops making sense, or ends within
 * a record or block, {@link #next()} is false as at a clean end, {@link #damage()} says so, and
 * {@link #validLength()} is where the whole ones end, which is what recovery of an unfinished file
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
 * <p>The packets of a pcapng file can be of several interfaces, each with a link type, snaplen and
 * precision of its own. What tells of these tells of the current packet's interface; before the
 * first packet, of the first that the file describes.
 *
 * <p>Not for use by two threads at once.
 */
public final class PcapReader implements Closeable {
  /** What {@link #open(Path)} allocates: two of the largest records. */
  public static final int WINDOW_LENGTH = 1 << 19;

  /** How much older than any before it a packet may be for {@link #skipBefore}. */
  public static final long DISORDER_NANOS = TimeSearch.DISORDER;

  private final String name;
  private final FileWindow window;
  private final PacketCursor packets;

  /**
   * For tests, which want small windows.
   *
   * @param window room for the largest record that will be believed
   */
  PcapReader(SeekableByteChannel channel, String name, ByteBuffer window) throws IOException {
    this.name = name;
    this.window = new FileWindow(channel, window);
    this.packets = recognise();
  }

  /**
   * Opens a capture file, also a compressed one ({@link ArchiveChannel}), and reads its header. If
   * it is not there, but compressed is, that is read. Lengths and offsets are those of the content.
   *
   * @throws NotPcapException if it is neither a pcap nor a pcapng file, is a directory, does not
   *     exist or may not be read; the message says which, and what to do
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
    SeekableByteChannel channel = ArchiveChannel.open(openChannel(path), path.toString());
    return read(channel, path.toString(), window);
  }

  /**
   * The same of what comes out of a pipe, from its next byte on, compressed or not. It can be read
   * once. Waits for the header.
   *
   * @param pipe the reader's from now on; closed if this fails
   * @param name for messages
   */
  public static PcapReader openPipe(ReadableByteChannel pipe, String name, ByteBuffer window)
      throws IOException {
    return read(ArchiveChannel.openPipe(pipe, name), name, window);
  }

  /**
   * The same of a pipe whose bytes are the content, whatever they look like.
   *
   * @throws NotPcapException also if they are compressed
   */
  public static PcapReader openUncompressedPipe(
      ReadableByteChannel pipe, String name, ByteBuffer window) throws IOException {
    return read(ArchiveChannel.ofContent(pipe, name), name, window);
  }

  /**
   * The same of one that is not compressed, whatever its first bytes look like.
   *
   * @throws NotPcapException also if it is compressed
   */
  public static PcapReader openUncompressed(Path path) throws IOException {
    return read(openChannel(path), path.toString(), ByteBuffer.allocateDirect(WINDOW_LENGTH));
  }

  private static PcapReader read(SeekableByteChannel channel, String name, ByteBuffer window)
      throws IOException {
    try {
      return new PcapReader(channel, name, window);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel openChannel(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new NotPcapException(path + " is a directory; name the files in it");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // Opening a FIFO would wait for somebody to write to it.
      throw new NotPcapException(path + " is not a regular file; name a capture file");
    }
    try {
      return openFile(path);
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

  /** What the file is. */
  public CaptureFormat format() {
    return packets.format();
  }

  /**
   * The interfaces whose frames the file holds, in the order of their numbers: of a pcap file
   * always one, without a name; of a pcapng file those of the current section that have been
   * described so far, at most 16384. Allocates; not for every packet.
   */
  public List<CaptureInterface> interfaces() {
    return packets.interfaces();
  }

  /**
   * The number of the current packet's interface in its section, from 0, as in {@link
   * #interfaces()}.
   */
  public int interfaceId() {
    return packets.interfaceId();
  }

  /** What the file says of the current packet's interface. */
  public CaptureInterface captureInterface() {
    return packets.captureInterface();
  }

  /** The most bytes captured of a frame according to the file; 0 if it does not know. */
  public int snaplen() {
    return packets.captureInterface().snaplen();
  }

  /** What the frame begins with. */
  public LinkType linkType() {
    return packets.captureInterface().linkType();
  }

  /**
   * Whether the file holds nanoseconds since 1970; {@link #timestampNanos()} gives them in any
   * case.
   */
  public boolean hasNanoseconds() {
    return packets.hasNanoseconds();
  }

  /**
   * Moves to the next packet.
   *
   * @return false at the end, or where the file is damaged ({@link #damage()}), and ever after
   * @throws IOException if reading fails; the packets before have been delivered
   */
  public boolean next() throws IOException {
    return packets.next();
  }

  /**
   * Whether {@link #next()} would find a whole packet in memory, without reading from the file: for
   * those who cannot wait now. May be false of one that comes after other blocks.
   */
  public boolean isNextBuffered() {
    return packets.isNextBuffered();
  }

  /**
   * When the frame was captured, in nanoseconds since 1970; never negative. If the file does not
   * say, see {@link #hasTimestamp()}, the nearest that nanoseconds since 1970 can tell, or the time
   * of the packet before, or 0.
   */
  public long timestampNanos() {
    return packets.timestampNanos();
  }

  /**
   * Whether the file gives the packet a time that can be: not if it is a simple packet of pcapng,
   * which has none, if its fraction is a second or more, or if it is after the year 2262.
   */
  public boolean hasTimestamp() {
    return packets.hasTimestamp();
  }

  /** Bytes of the frame that are there, 0 to {@link PcapFormat#LARGEST_CAPTURE_LENGTH}. */
  public int captureLength() {
    return packets.captureLength();
  }

  /**
   * Bytes that the frame had, as the file says: 32 unsigned bits that nothing vouches for, not even
   * that they are no less than the capture length.
   */
  public long originalLength() {
    return packets.originalLength();
  }

  /**
   * The memory that holds the frame, from {@link #offset()}, in the byte order of the file or
   * section; always the same buffer, of which only absolute reads may be made, and only until the
   * next call of {@link #next()}.
   */
  public ByteBuffer buffer() {
    return window.bytes();
  }

  /** Index in {@link #buffer()} of the first byte of the frame. */
  public int offset() {
    return packets.offset();
  }

  /** Byte offset in the file of the packet's record or block: all before it are whole. */
  public long recordOffset() {
    return packets.recordOffset();
  }

  /**
   * Byte offset in the file after the last whole record, or block of any kind, that {@link #next()}
   * has been at.
   */
  public long validLength() {
    return window.offset();
  }

  /**
   * Moves on towards the first packet of some time, or of later, without reading what is before:
   * the next packet may be older yet, but none that is passed over is of the time or later.
   *
   * <p>Reads a few megabytes, however long the file is. Relies on no packet being older than any
   * before it by more than {@link #DISORDER_NANOS}. Passes over nothing if that is seen not to be
   * so, if nothing can be told for certain, or if the file can only be read from the front.
   *
   * @param timeNanos since 1970
   * @param describedAtFront whether all that a pcapng file says of interfaces is known to be at its
   *     front, as in the recorder's own; if not, and others can be, it is read from front to back.
   *     Of no meaning to a pcap file
   * @return where the next record begins, see {@link #moveTo}
   */
  public long skipBefore(long timeNanos, boolean describedAtFront) throws IOException {
    long here = window.offset();
    if (!window.startsAnywhere()
        || (format() == CaptureFormat.PCAPNG && !describedAtFront)
        || damage().isPresent()
        || !TimeSearch.isWorthwhile(window, packets, here)) {
      return here;
    }
    long there = new TimeSearch(window, packets).find(here, timeNanos);
    if (there != here) {
      window.moveTo(there);
    }
    return there;
  }

  /**
   * Goes to a record.
   *
   * @param recordOffset a value that {@link #validLength()} or {@link #skipBefore} has had, with
   *     only packets between here and there if the file is pcapng
   * @throws IOException if it is before, and the file is a pipe
   */
  public void moveTo(long recordOffset) throws IOException {
    window.moveTo(recordOffset);
  }

  /** Whether {@link #moveTo} can go back. */
  public boolean startsAgain() {
    return window.startsAgain();
  }

  /**
   * How far into the file as it is stored has been read: of a compressed one, its own bytes. Any
   * thread may ask, and gets a recent value.
   */
  public long storedPosition() {
    return window.storedOffset();
  }

  /** What made {@link #next()} stop before the end of the file; empty while it has not. */
  public Optional<Damage> damage() {
    return window.damage();
  }

  /** The file's length in bytes now; a file that is being written grows. */
  public long fileLength() throws IOException {
    return window.fileLength();
  }

  @Override
  public void close() throws IOException {
    window.close();
  }

  @Override
  public String toString() {
    return name;
  }

  private PacketCursor recognise() throws IOException {
    if (!window.has(Integer.BYTES)) {
      throw new NotPcapException(
          name
              + " is not a pcap file: it "
              + (window.buffered() == 0 ? "is empty" : "has " + window.buffered() + " bytes"));
    }
    ByteBuffer bytes = window.bytes();
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      bytes.order(order);
      int magic = bytes.getInt(0);
      if (magic == PcapngFormat.SECTION_HEADER) {
        return new PcapngBlocks(window, name);
      }
      for (TimestampPrecision precision : TimestampPrecision.values()) {
        if (magic == precision.magic()) {
          return new PcapRecords(window, name, precision);
        }
      }
    }
    ByteBuffer start = bytes.duplicate().position(0).limit(window.buffered());
    throw new NotPcapException(name + " is not a pcap file: " + ForeignFormat.describe(start));
  }
}
