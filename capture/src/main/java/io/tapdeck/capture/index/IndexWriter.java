package io.tapdeck.capture.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes an index while its segment grows, and completes it. It can be read at any time. For one
 * thread.
 */
public final class IndexWriter implements IndexBuilder.Sink, Closeable {
  /** Of the content, the filter takes this part at most. */
  private static final long FILTER_PART = 700;

  private static final long SMALLEST_FILTER = 1 << 10;

  private final FileChannel channel;
  private final String name;
  private long end;

  private IndexWriter(FileChannel channel, String name) {
    this.channel = channel;
    this.name = name;
  }

  /**
   * Begins an index.
   *
   * @param channel of an empty file, to be written and read; the writer's from now on
   * @param name for messages
   */
  public static IndexWriter begin(FileChannel channel, String name) throws IOException {
    IndexWriter writer = new IndexWriter(channel, name);
    boolean good = false;
    try {
      ByteBuffer header = header(IndexFormat.GROWING);
      writer.write(seal(header), 0);
      writer.end = IndexFormat.HEADER_LENGTH;
      good = true;
      return writer;
    } finally {
      if (!good) {
        channel.close();
      }
    }
  }

  private static ByteBuffer header(int state) {
    ByteBuffer header = IndexBytes.allocate(IndexFormat.HEADER_LENGTH);
    header.putInt(0, IndexFormat.MAGIC);
    header.putShort(IndexFormat.VERSION_OFFSET, (short) IndexFormat.VERSION);
    header.putShort(IndexFormat.STATE_OFFSET, (short) state);
    return header;
  }

  private static ByteBuffer seal(ByteBuffer header) {
    IndexBytes.putChecksum(header.position(IndexFormat.CHECKSUM_OFFSET), 0);
    return header.flip();
  }

  private void write(ByteBuffer bytes, long at) throws IOException {
    int start = bytes.position();
    while (bytes.hasRemaining()) {
      channel.write(bytes, at + bytes.position() - start);
    }
  }

  @Override
  public void chapter(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    write(bytes, end);
    end += length;
  }

  /**
   * Completes it: adds the filter, which takes reading all terms again, and says how much of the
   * segment it is about.
   *
   * @param contentLength of the whole segment
   * @param hasGaps whether one made anew would know more
   */
  public void complete(long contentLength, boolean hasGaps) throws IOException {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    long packets = 0;
    long terms = 0;
    int kinds = (1 << TermKind.count()) - 1;
    for (long at = IndexFormat.HEADER_LENGTH; at < end; ) {
      Chapter chapter = Chapter.read(channel, name, at, end);
      first = Math.min(first, chapter.first());
      last = Math.max(last, chapter.last());
      packets += chapter.packets();
      for (int i = 0; i < TermKind.count(); i++) {
        terms += chapter.terms(TermKind.of(i));
        kinds &= chapter.isPlain(TermKind.of(i)) ? -1 : ~(1 << i);
      }
      at += chapter.length();
    }
    TermFilter filter =
        TermFilter.ofTerms(terms, Math.max(SMALLEST_FILTER, contentLength / FILTER_PART));
    if (filter.lines() > 0) {
      fill(filter, kinds);
    }
    write(filter.bytes(), end);
    ByteBuffer header = header(IndexFormat.COMPLETE);
    header.putLong(IndexFormat.CONTENT_OFFSET, contentLength);
    header.putLong(IndexFormat.FIRST_OFFSET, first);
    header.putLong(IndexFormat.LAST_OFFSET, last);
    header.putLong(IndexFormat.PACKETS_OFFSET, packets);
    header.putLong(IndexFormat.FILTER_OFFSET, end);
    header.putInt(IndexFormat.LINES_OFFSET, filter.lines());
    header.putInt(IndexFormat.KINDS_OFFSET, kinds);
    header.putInt(IndexFormat.GAPS_OFFSET, hasGaps ? 1 : 0);
    write(seal(header), 0);
  }

  private void fill(TermFilter filter, int kinds) throws IOException {
    for (long at = IndexFormat.HEADER_LENGTH; at < end; ) {
      Chapter chapter = Chapter.read(channel, name, at, end);
      for (int i = 0; i < TermKind.count(); i++) {
        TermKind kind = TermKind.of(i);
        if (((kinds >>> i) & 1) != 0) {
          chapter.pages(kind).visitAll((term, _) -> filter.add(kind, term));
        }
      }
      at += chapter.length();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
