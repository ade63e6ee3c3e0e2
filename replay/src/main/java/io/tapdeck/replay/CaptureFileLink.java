package io.tapdeck.replay;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.transmit.FrameLink;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes frames into a pcap file with nanoseconds, each with the time at which it is handed over.
 * Until it is complete the file has another name, so it can replace one that is being read.
 */
final class CaptureFileLink implements FrameLink, Closeable {
  private static final int BUFFER_LENGTH = 1 << 20;
  private static final int RECORD = PcapFormat.RECORD_HEADER_LENGTH;

  private final Path path;
  private final boolean overwrite;
  private final Clock clock;
  private final Path draft;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  private long epoch;
  private int staged;

  /**
   * Begins a file.
   *
   * @throws IOException if it cannot be written there, or there is one that is not to be replaced
   */
  CaptureFileLink(Path path, boolean overwrite, Clock clock) throws IOException {
    this.path = path;
    this.overwrite = overwrite;
    this.clock = clock;
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new FileSystemException(path.toString(), null, "it is not a regular file");
    }
    if (!overwrite && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Path name = path.toAbsolutePath().getFileName();
    draft = path.toAbsolutePath().resolveSibling("." + name + "." + UUID.randomUUID());
    channel = FileChannel.open(draft, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    PcapFormat.putFileHeader(buffer, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, LinkType.ETHERNET);
    buffer.position(PcapFormat.FILE_HEADER_LENGTH);
  }

  /**
   * Says what time it is: for the frames that follow.
   *
   * @param timestampNanos since 1970
   * @param clockNanos by the clock
   */
  void set(long timestampNanos, long clockNanos) {
    epoch = timestampNanos - clockNanos;
  }

  /** One: the next record's place in the buffer. */
  @Override
  public int slots() {
    return 1;
  }

  @Override
  public int slotLength() {
    return PcapFormat.LARGEST_CAPTURE_LENGTH;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if what is before it cannot be written
   */
  @Override
  public void put(int slot, ByteBuffer from, int offset, int length) {
    if (buffer.remaining() < RECORD + length) {
      flush();
    }
    buffer.put(buffer.position() + RECORD, from, offset, length);
    staged = length;
  }

  @Override
  public int send(int first, int count) {
    int at = buffer.position();
    PcapFormat.putRecordHeader(buffer, at, epoch + clock.nanoTime(), staged, staged);
    buffer.position(at + RECORD + staged);
    return 1;
  }

  @Override
  public void awaitRoom(int millis) {
    // There is always room.
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  private void flush() {
    try {
      buffer.flip();
      while (buffer.hasRemaining()) {
        var _ = channel.write(buffer);
      }
      buffer.clear();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * Gives the file, which is complete, its name.
   *
   * @throws IOException if it cannot be written to its end, or has got a namesake meanwhile
   */
  void publish() throws IOException {
    try {
      flush();
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
    channel.close();
    if (!overwrite) {
      linkOrMove();
      return;
    }
    try {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException notAtOnce) {
      Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** A second name, unlike a new one, is refused if there is such a file. */
  private void linkOrMove() throws IOException {
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException namesake) {
      throw namesake;
    } catch (FileSystemException | UnsupportedOperationException noLinksThere) {
      Files.move(draft, path);
    }
  }

  /** Removes what has not been published. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(draft);
  }
}
