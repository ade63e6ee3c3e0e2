package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.segment.ImportRefusedException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileStore;

/**
 * The content of a capture file that is taken in: what is read of it is hashed and in a file by
 * then. Bounded by what it may have, and by the room that there is.
 */
final class ImportedContent implements ReadableByteChannel {
  /**
   * After so many bytes it waits for the disk, and looks at its room. So no more than this is
   * written at once beside a recorder, and whoever sends it sees how fast it is stored.
   */
  private static final long STEP = 64L << 20;

  private final ReadableByteChannel content;
  private final FileChannel file;
  private final FileStore store;
  private final SegmentImport.Limits limits;
  private final Sha256 hash = new Sha256();
  private long bytes;
  private long synced;

  ImportedContent(
      ReadableByteChannel content, FileChannel file, FileStore store, SegmentImport.Limits limits) {
    this.content = content;
    this.file = file;
    this.store = store;
    this.limits = limits;
  }

  /** How many there are so far. */
  long bytes() {
    return bytes;
  }

  /** Of all so far; to be asked once. */
  String sha256() {
    return hash.hex();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int begin = into.position();
    int count = content.read(into);
    if (count > 0) {
      store(into.duplicate().limit(begin + count).position(begin));
    }
    return count;
  }

  private void store(ByteBuffer piece) throws IOException {
    if (piece.remaining() > limits.contentBytes() - bytes) {
      throw new ImportRefusedException(
          Kind.TOO_LARGE,
          "it holds more than the limit of %d bytes".formatted(limits.contentBytes()));
    }
    bytes += piece.remaining();
    hash.update(piece.duplicate());
    while (piece.hasRemaining()) {
      file.write(piece);
    }
    if (bytes - synced >= STEP) {
      file.force(false);
      synced = bytes;
      limits.checkRoom(store, 0);
    }
  }

  @Override
  public boolean isOpen() {
    return content.isOpen();
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
