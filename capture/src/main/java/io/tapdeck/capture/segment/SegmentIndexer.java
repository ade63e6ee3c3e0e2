package io.tapdeck.capture.segment;

import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.index.IndexBuilder;
import io.tapdeck.capture.index.IndexWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the index of a segment beside it as it is written, from the memory that it was written
 * from. What cannot be written is no reason to end a recording: the segment has no index then, or
 * one with gaps, and {@link SegmentArchiver} makes it anew. For one thread.
 */
public final class SegmentIndexer {
  private final boolean keeps;
  private final Dissector dissector = new Dissector();
  private final IndexBuilder builder = new IndexBuilder();

  /** The segment that is being indexed. */
  private @Nullable SegmentFile file;

  private @Nullable IndexWriter writer;
  private boolean hasGaps;
  private boolean hasLast;

  private SegmentIndexer(boolean keeps) {
    this.keeps = keeps;
  }

  /** One that writes indexes. */
  public static SegmentIndexer ofFiles() {
    return new SegmentIndexer(true);
  }

  /** One that does as if, and writes nothing. */
  public static SegmentIndexer toNowhere() {
    return new SegmentIndexer(false);
  }

  /** Indexes the next part of a segment. */
  void index(SegmentPart part) {
    try {
      if (part.file() != file) {
        begin(part.file());
      }
      IndexBuilder.Sink sink = keeps ? writer : _ -> {};
      if (sink != null) {
        index(part, sink);
      }
    } catch (IOException | RuntimeException failed) {
      abandon();
    }
  }

  private void begin(SegmentFile next) throws IOException {
    abandon();
    file = next;
    hasGaps = false;
    hasLast = false;
    builder.begin(next.layout().headerLength());
    if (keeps) {
      Path growing = next.name().unfinishedIndexIn(next.directory());
      Files.deleteIfExists(growing);
      writer = IndexWriter.begin(SegmentFiles.createReadable(growing), growing.toString());
    }
  }

  private void index(SegmentPart part, IndexBuilder.Sink sink) throws IOException {
    ByteBuffer bytes = part.block().bytes();
    SegmentLayout layout = part.file().layout();
    hasGaps |= builder.skip(part.start() + part.firstRecord(), sink);
    for (int at = part.firstRecord(); at < part.upTo(); ) {
      int length = layout.captureLengthAt(bytes, at);
      if (length < 0) {
        break;
      }
      Headers headers =
          dissector.dissect(bytes, at + layout.frameOffset(), length, layout.linkTypeAt(bytes, at));
      int end = at + layout.recordLength(length);
      long time = layout.timestampAt(bytes, at);
      builder.add(part.start() + at, part.start() + end, time, headers, sink);
      at = end;
    }
    hasLast = part.isLast();
  }

  /**
   * Ends the segment.
   *
   * @param closed as it is about to be published; empty if nothing is left of it
   */
  void close(Optional<ClosedSegment> closed) {
    IndexWriter open = writer;
    SegmentFile of = file;
    if (open != null && of != null && closed.filter(ClosedSegment::isAsAppended).isPresent()) {
      try {
        long length = closed.get().sidecar().bytes();
        if (!hasLast) {
          hasGaps |= builder.skip(length, open);
        }
        builder.endChapter(open);
        open.complete(length, hasGaps);
        open.close();
        Path directory = of.directory();
        Files.move(
            of.name().unfinishedIndexIn(directory),
            of.name().indexIn(directory),
            StandardCopyOption.ATOMIC_MOVE);
        writer = null;
      } catch (IOException | RuntimeException failed) {
        // Below it is done away with.
      }
    }
    abandon();
    file = null;
  }

  /** What there is of the index is of no use; the segment is not indexed any further. */
  private void abandon() {
    IndexWriter open = writer;
    SegmentFile of = file;
    writer = null;
    if (open != null && of != null) {
      try {
        open.close();
        Files.deleteIfExists(of.name().unfinishedIndexIn(of.directory()));
      } catch (IOException left) {
        // The next recovery deletes it.
      }
    }
  }
}
