package io.tapdeck.capture.index;

import io.tapdeck.capture.dissect.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes the chapters of an index from packets, in the order of their places in the content. Nothing
 * is allocated for a packet. Not for two threads at once; for one segment after the other.
 */
public final class IndexBuilder {
  /** Takes chapters, one after the other. */
  public interface Sink {
    /** The next one; the buffer is the sink's. */
    void chapter(ByteBuffer bytes) throws IOException;
  }

  private final ChapterBuilder chapter = new ChapterBuilder();

  /** Where in the content what was added ends. */
  private long end;

  /**
   * Forgets what was added, and begins with another segment.
   *
   * @param start where in its content the first record begins, or before
   */
  public void begin(long start) {
    chapter.clear();
    end = start;
  }

  /**
   * A packet.
   *
   * @param from where in the content its record begins, no less than where the one before ended
   * @param to where it ends
   * @param time in nanoseconds since 1970
   */
  public void add(long from, long to, long time, Headers headers, Sink sink) throws IOException {
    if (chapter.blocks() == 0
        || !chapter.isLastIndexed()
        || from - chapter.lastStart() >= IndexFormat.BLOCK_BYTES) {
      beginBlock(from, true, sink);
    }
    chapter.add(time, headers);
    end = to;
  }

  /**
   * Up to there nobody looked at the content: anything can be in it.
   *
   * @return whether anything is missing by that
   */
  public boolean skip(long to, Sink sink) throws IOException {
    if (to <= end) {
      return false;
    }
    beginBlock(end, false, sink);
    end = to;
    return true;
  }

  private void beginBlock(long from, boolean isIndexed, Sink sink) throws IOException {
    if (chapter.blocks() == IndexFormat.MOST_BLOCKS) {
      endChapter(sink);
    }
    chapter.begin(from, isIndexed);
  }

  /** Gives the last chapter. */
  public void endChapter(Sink sink) throws IOException {
    ByteBuffer bytes = chapter.take(end);
    if (bytes != null) {
      sink.chapter(bytes);
    }
  }
}
