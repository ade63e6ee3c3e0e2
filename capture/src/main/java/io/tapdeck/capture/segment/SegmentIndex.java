package io.tapdeck.capture.segment;

import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.index.DamagedIndexException;
import io.tapdeck.capture.index.IndexBuilder;
import io.tapdeck.capture.index.IndexFile;
import io.tapdeck.capture.index.IndexWriter;
import io.tapdeck.capture.os.PageCache;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** The index beside a complete segment: the one that is there, or one made anew from its frames. */
public final class SegmentIndex {
  /** Bytes of content after which it looks whether to go on. */
  private static final long STEP = 1 << 20;

  private SegmentIndex() {}

  /**
   * Opens the index of a segment.
   *
   * @param form the segment, as it is now
   * @return empty if there is none
   * @throws DamagedIndexException if it is damaged, of another version, or not of this segment
   */
  public static Optional<IndexFile> open(SegmentForm form) throws IOException {
    Optional<IndexFile> index = IndexFile.open(indexOf(form.whole()));
    if (index.isPresent() && !isOf(index.get(), form)) {
      index.get().close();
      throw new DamagedIndexException(index.get() + " is not of the segment as it is");
    }
    return index;
  }

  private static boolean isOf(IndexFile index, SegmentForm form) {
    OptionalLong length = contentLength(form);
    return index.isComplete() && (length.isEmpty() || length.getAsLong() == index.contentLength());
  }

  /** How long the content is; empty if only reading it could tell. */
  private static OptionalLong contentLength(SegmentForm form) {
    if (form.file().isPresent() && form.file().get().equals(form.whole())) {
      return OptionalLong.of(form.bytes());
    }
    return form.sidecar()
        .map(sidecar -> OptionalLong.of(sidecar.bytes()))
        .orElse(OptionalLong.empty());
  }

  private static Path indexOf(Path whole) {
    return whole.resolveSibling(whole.getFileName() + SegmentName.INDEX);
  }

  /** Whether a segment lacks an index that can be used. */
  static boolean isMissing(SegmentForm form) {
    try (IndexFile index = open(form).orElse(null)) {
      return index == null || index.hasGaps();
    } catch (IOException damaged) {
      return true;
    }
  }

  /**
   * Makes the index of a segment anew, from one pass over its frames, and puts it in the place of
   * what was there. Whoever reads sees the one or the other.
   *
   * @param form the segment, as it is now
   * @param throttle is told of what is read
   * @param ending asked now and then; true to leave it
   * @return whether it was made: not if it was left, or the segment is gone
   * @throws IOException if the segment cannot be read, or the index not be written
   */
  public static boolean build(SegmentForm form, Throttle throttle, BooleanSupplier ending)
      throws IOException {
    if (form.file().isEmpty()) {
      return false;
    }
    Path whole = form.whole();
    Path draft = SegmentName.draftIndexOf(whole);
    boolean done = false;
    try (FileChannel channel = SegmentFiles.createReadable(draft);
        IndexWriter writer = IndexWriter.begin(channel, draft.toString())) {
      long length = index(form.file().get(), writer, throttle, ending);
      if (length >= 0) {
        writer.complete(length, false);
        Files.move(draft, indexOf(whole), StandardCopyOption.ATOMIC_MOVE);
        done = true;
        // Or retention has removed the segment before it had its index.
        if (SegmentForm.of(whole).file().isEmpty()) {
          Files.deleteIfExists(indexOf(whole));
        }
      }
    } finally {
      if (!done) {
        Files.deleteIfExists(draft);
      }
    }
    return done;
  }

  /** Returns how long the content is; -1 if it was left. */
  private static long index(
      Path file, IndexWriter writer, Throttle throttle, BooleanSupplier ending) throws IOException {
    IndexBuilder builder = new IndexBuilder();
    builder.begin(0);
    Dissector dissector = new Dissector();
    try (PcapReader reader = PcapReader.open(file);
        PageCache cache = PageCache.of(file)) {
      long looked = 0;
      while (reader.next()) {
        Headers headers =
            dissector.dissect(
                reader.buffer(),
                reader.offset(),
                reader.captureLength(),
                reader.linkType().number());
        long end = reader.validLength();
        builder.add(reader.recordOffset(), end, reader.timestampNanos(), headers, writer);
        if (end - looked >= STEP) {
          throttle.spend(end - looked);
          looked = end;
          // A recording is longer than memory: what others use is not to make room for it.
          cache.drop(0, reader.storedPosition());
          if (ending.getAsBoolean()) {
            return -1;
          }
        }
      }
      if (reader.damage().isPresent()) {
        // So that whoever asks for anything hears of it.
        boolean _ = builder.skip(reader.fileLength(), writer);
      }
      builder.endChapter(writer);
      return reader.fileLength();
    }
  }
}
