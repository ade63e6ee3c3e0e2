package io.tapdeck.capture.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The index of a segment, to be read; of one that is being written, as far as it was when it was
 * opened. All that is read is compared with its checksum first, and bounds are kept whatever is
 * there. Not for two threads at once.
 */
public final class IndexFile implements Closeable {
  private final String name;
  private final FileChannel channel;
  private final ByteBuffer header;

  private IndexFile(String name, FileChannel channel, ByteBuffer header) {
    this.name = name;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens an index.
   *
   * @return empty if there is none
   * @throws DamagedIndexException if it is damaged, or of another version
   */
  public static Optional<IndexFile> open(Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    return Optional.of(of(channel, file.toString()));
  }

  /**
   * Reads an index.
   *
   * @param channel the index's from now on; closed if this fails
   */
  static IndexFile of(FileChannel channel, String name) throws IOException {
    boolean good = false;
    try {
      IndexFile index = new IndexFile(name, channel, header(channel, name));
      good = true;
      return index;
    } finally {
      if (!good) {
        channel.close();
      }
    }
  }

  private static ByteBuffer header(FileChannel channel, String name) throws IOException {
    ByteBuffer header = IndexBytes.allocate(IndexFormat.HEADER_LENGTH);
    while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
      // Some bytes are missing yet.
    }
    if (header.hasRemaining() || header.getInt(0) != IndexFormat.MAGIC) {
      throw new DamagedIndexException(name + " is no index");
    }
    int version = header.getShort(IndexFormat.VERSION_OFFSET);
    if (version != IndexFormat.VERSION) {
      throw new DamagedIndexException(
          "%s is an index of version %d, not %d".formatted(name, version, IndexFormat.VERSION));
    }
    if (!IndexBytes.isWhole(header, 0, IndexFormat.HEADER_LENGTH)) {
      throw new DamagedIndexException(name + " is damaged: its header");
    }
    return header.clear();
  }

  /** Whether it is of a complete segment, from its beginning to its end. */
  public boolean isComplete() {
    return header.getShort(IndexFormat.STATE_OFFSET) == IndexFormat.COMPLETE;
  }

  /** Whether there are parts of the segment that nobody looked at, and could be. */
  public boolean hasGaps() {
    return header.getInt(IndexFormat.GAPS_OFFSET) != 0;
  }

  /** How long the segment's content is; 0 of one that is not complete. */
  public long contentLength() {
    return header.getLong(IndexFormat.CONTENT_OFFSET);
  }

  /** The earliest time in the segment, nanoseconds since 1970, if it is complete. */
  public long first() {
    return header.getLong(IndexFormat.FIRST_OFFSET);
  }

  /** The latest time in the segment, if it is complete. */
  public long last() {
    return header.getLong(IndexFormat.LAST_OFFSET);
  }

  /** How many packets the segment has, if it is complete. */
  public long packets() {
    return header.getLong(IndexFormat.PACKETS_OFFSET);
  }

  /**
   * Whether a term can occur in the segment: one read, and false for most that do not. True of one
   * that is not complete.
   */
  public boolean mayHold(TermKind kind, int term) throws IOException {
    int lines = header.getInt(IndexFormat.LINES_OFFSET);
    boolean isKnown = ((header.getInt(IndexFormat.KINDS_OFFSET) >>> kind.number()) & 1) != 0;
    if (lines <= 0 || !isKnown) {
      return true;
    }
    ByteBuffer line = IndexBytes.allocate(IndexFormat.LINE_LENGTH);
    long at =
        header.getLong(IndexFormat.FILTER_OFFSET)
            + (long) TermFilter.line(kind, term, lines) * IndexFormat.LINE_LENGTH;
    while (line.hasRemaining()) {
      if (at < 0 || channel.read(line, at + line.position()) < 0) {
        throw new DamagedIndexException(name + " is damaged: its filter is cut short");
      }
    }
    if (!IndexBytes.isWhole(line, 0, IndexFormat.LINE_LENGTH)) {
      throw new DamagedIndexException(name + " is damaged: its filter");
    }
    return TermFilter.mayHold(line, kind, term);
  }

  /**
   * Reads what is in front of all chapters, in the order of the content; of an index that is being
   * written, of those that are whole.
   */
  public List<Chapter> chapters() throws IOException {
    List<Chapter> chapters = new ArrayList<>();
    long end = isComplete() ? header.getLong(IndexFormat.FILTER_OFFSET) : channel.size();
    long at = IndexFormat.HEADER_LENGTH;
    long content = 0;
    while (at < end) {
      Chapter next;
      try {
        next = Chapter.read(channel, name, at, end);
      } catch (DamagedIndexException notYet) {
        if (isComplete()) {
          throw notYet;
        }
        break;
      }
      if (next.start() < content || next.end() < next.start()) {
        throw new DamagedIndexException(name + " is damaged: chapters are in no order");
      }
      content = next.end();
      chapters.add(next);
      at += next.length();
    }
    if (isComplete() && content > contentLength()) {
      throw new DamagedIndexException(name + " is damaged: it knows more than there is");
    }
    return List.copyOf(chapters);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
