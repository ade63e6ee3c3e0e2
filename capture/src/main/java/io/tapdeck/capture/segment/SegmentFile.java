package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.DirectFile;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.segment.Sidecar.Gap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file of a segment that is being written. It grows from its beginning on and ends, at every
 * moment, with bytes that were appended: whoever reads it meanwhile sees no padding and no hole.
 *
 * <p>Whole blocks go to the disk past the page cache (O_DIRECT), which is several times as fast as
 * through it and takes no memory from others. Less than that, the end of a segment and what a quiet
 * link brings, goes through the page cache, since direct writes come in whole pages only.
 *
 * <p>Every step can be tried again after it failed, and goes on where it was. For one thread.
 */
final class SegmentFile {
  /** What direct writes are aligned to, in memory and in the file. */
  private static final int PAGE = DirectFile.ALIGNMENT;

  /** Less than this is not worth a way to the disk of its own. */
  private static final int LEAST_DIRECT = 256 << 10;

  private final Path directory;
  private final SegmentName name;
  private final Origin origin;
  private final SegmentLayout layout;
  private final DirectIo directIo;
  private @Nullable FileChannel channel;
  private @Nullable DirectFile direct;
  private boolean directRefused;

  /** How much of the file is there. */
  private long written;

  private @Nullable String givenUp;

  SegmentFile(
      Path directory, SegmentName name, Origin origin, SegmentLayout layout, DirectIo directIo) {
    this.directory = directory;
    this.name = name;
    this.origin = origin;
    this.layout = layout;
    this.directIo = directIo;
  }

  SegmentName name() {
    return name;
  }

  /** Whether its file system does not take direct writes although they were wanted. */
  boolean isDirectRefused() {
    return directRefused;
  }

  /** Makes the file, with a sidecar. */
  void create() throws IOException {
    // First, so that whatever is found after a crash can be told to be this recording's.
    SidecarFile.writeUnfinished(
        directory,
        name,
        Sidecar.of(name, layout.linkType(), Tally.empty(layout.headerLength()), origin, null, null),
        false);
    Path file = name.unfinishedIn(directory);
    FileChannel made = SegmentFiles.createNew(file);
    channel = made;
    if (directIo != DirectIo.OFF) {
      try {
        direct = DirectFile.open(file);
      } catch (OsException refused) {
        directRefused = true;
      }
    }
  }

  /**
   * Brings the file up to a place in a block.
   *
   * @param start where in the file the block begins
   * @param upTo where in the block what is to be written ends
   */
  void write(NativeBuffer block, long start, int upTo) throws IOException {
    long end = start + upTo;
    long from = Math.max(start, written - written % PAGE);
    long pagesEnd = end - end % PAGE;
    DirectFile past = direct;
    if (past != null && pagesEnd - from >= LEAST_DIRECT) {
      try {
        write(past, block, start, from, pagesEnd);
      } catch (IOException failed) {
        if (Obstacle.of(failed).isOfTheDisk()) {
          throw failed;
        }
        // The file system minds something about direct writes, and only now tells.
        refuseDirect();
      }
    }
    if (written < end) {
      write(open(), block, start, written, end);
    }
  }

  private void write(DirectFile to, NativeBuffer block, long start, long from, long end)
      throws IOException {
    for (long at = from; at < end; ) {
      int length = to.write(block, (int) (at - start), (int) (end - at), at);
      // After a short one, the page that it broke off in is written again. One that is shorter than
      // a page says nothing; the way through the page cache will.
      at += length - length % PAGE;
      written = Math.max(written, at);
      if (length < PAGE) {
        return;
      }
    }
  }

  private void write(FileChannel to, NativeBuffer block, long start, long from, long end)
      throws IOException {
    // Of its own: the reader of frames goes on using the block's.
    ByteBuffer bytes = block.bytes().duplicate();
    bytes.limit((int) (end - start)).position((int) (from - start));
    while (bytes.hasRemaining()) {
      to.write(bytes, start + bytes.position());
      written = start + bytes.position();
    }
  }

  private void refuseDirect() {
    DirectFile past = direct;
    direct = null;
    directRefused = true;
    if (past != null) {
      past.close();
    }
  }

  private FileChannel open() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new IOException(name.fileName() + " could not be made");
    }
    return open;
  }

  /** From now on nothing is written any more; what is there is completed at the end. */
  void giveUp(String reason) {
    if (givenUp == null) {
      givenUp = reason;
    }
  }

  boolean isGivenUp() {
    return givenUp != null;
  }

  /**
   * Ends writing. If it was given up, what of the file is whole records stays, as after a crash.
   *
   * @param contents what was appended
   * @return empty if not even the file's header could be written, so that nothing is kept
   */
  Optional<ClosedSegment> close(
      Contents contents, @Nullable SegmentCounters counters, List<Gap> gaps) throws IOException {
    DirectFile past = direct;
    direct = null;
    if (past != null) {
      past.close();
    }
    String reason = givenUp;
    if (reason == null) {
      return Optional.of(closed(open(), contents, counters, null, gaps));
    }
    Path file = name.unfinishedIn(directory);
    FileChannel open = channel;
    if (open == null || open.size() < layout.headerLength()) {
      if (open != null) {
        open.close();
      }
      Files.deleteIfExists(file);
      Files.deleteIfExists(name.unfinishedSidecarIn(directory));
      return Optional.empty();
    }
    SegmentScan whole = SegmentScan.of(file, name);
    open.truncate(whole.contents().fileBytes());
    Recovered how = new Recovered(whole.bytesAfter(), reason);
    return Optional.of(closed(open, whole.contents(), counters, how, gaps));
  }

  private ClosedSegment closed(
      FileChannel open,
      Contents contents,
      @Nullable SegmentCounters counters,
      @Nullable Recovered recovered,
      List<Gap> gaps) {
    Sidecar sidecar =
        Sidecar.of(name, layout.linkType(), contents, origin, counters, recovered).withGaps(gaps);
    return new ClosedSegment(directory, name, open, sidecar);
  }
}
