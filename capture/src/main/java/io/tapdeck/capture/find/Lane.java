package io.tapdeck.capture.find;

import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.index.IndexFile;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.query.Expression;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentIndex;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The search of one segment, in steps: whoever has several goes on with the one whose time is the
 * earliest. For one thread.
 */
final class Lane implements Closeable {
  /** Bytes of content after which others may go on. */
  private static final long STEP = 1 << 20;

  private final SearchedSegment segment;
  private final int number;
  private final Question question;
  private final Surroundings around;
  private final boolean asksAll;
  private final Dissector dissector = new Dissector();

  private @Nullable List<Stretch> stretches;
  private int nextStretch;
  private Stretch stretch = new Stretch(0, 0, 0);
  private @Nullable PcapReader reader;
  private @Nullable ByteBuffer window;
  private @Nullable Headers headers;

  /** Whether a recorder of ours has written it: its times are nearly in order. */
  private boolean isOurs;

  /** Whether records can be gone to. */
  private boolean jumps;

  /** Where what is read of it ends. */
  private long end = Long.MAX_VALUE;

  /** No match is earlier, or the time of the match that it is at. */
  private long time;

  private boolean atMatch;

  /** What a lane asks for, and tells. */
  interface Surroundings {
    /** Memory for a reader. */
    ByteBuffer window();

    /** That memory is not used any more. */
    void release(ByteBuffer window);

    /** What the frames of a link type are asked besides; null for nothing. */
    BpfTests bpf();

    /** Makes an index for a segment that has none; false if that cannot be. */
    boolean makeIndex(SearchedSegment segment) throws IOException;

    /** So many bytes were read. */
    void read(long bytes);

    /** A packet was looked at. */
    void looked();

    /** What could not be searched, a line. */
    void problem(String line);

    /** Whether to stop. */
    boolean isCancelled();
  }

  Lane(SearchedSegment segment, int number, Question question, Surroundings around) {
    this.segment = segment;
    this.number = number;
    this.question = question;
    this.around = around;
    this.asksAll = question.terms() instanceof Expression.All;
    this.time = segment.first();
  }

  SearchedSegment segment() {
    return segment;
  }

  /** Its place among the others. */
  int number() {
    return number;
  }

  /** No packet that it will give is earlier than that. */
  long time() {
    return time;
  }

  /** Whether it is at a packet that was asked for. */
  boolean isAtMatch() {
    return atMatch;
  }

  /** Of the packet that it is at. */
  PcapReader reader() {
    if (reader == null) {
      throw new IllegalStateException("no segment is open");
    }
    return reader;
  }

  /** The headers of the packet that it is at. */
  Headers headers() {
    PcapReader at = reader();
    if (headers == null) {
      headers =
          dissector.dissect(at.buffer(), at.offset(), at.captureLength(), at.linkType().number());
    }
    return headers;
  }

  /**
   * Goes on, to the next match, or by about a megabyte.
   *
   * @return false once there is nothing left
   */
  boolean advance() throws IOException {
    atMatch = false;
    try {
      if (stretches == null) {
        stretches = plan();
        return nextStretch();
      }
      return reader == null ? open() : read();
    } catch (NotPcapException | NoSuchFileException | DamagedArchiveException unreadable) {
      boolean isGone =
          unreadable instanceof NoSuchFileException
              || unreadable.getCause() instanceof NoSuchFileException;
      around.problem(
          isGone
              ? segment.form().whole() + " was removed before it was searched"
              : unreadable.getMessage() + "; what was there before was searched");
      return false;
    }
  }

  private List<Stretch> plan() throws IOException {
    if (segment.growing().isPresent()) {
      return planGrowing(segment.growing().get());
    }
    Optional<List<Stretch>> indexed = planByIndex();
    if (indexed.isEmpty()) {
      // Since it was listed it may have been removed, with its index.
      if (SegmentForm.of(segment.form().whole()).file().isEmpty()) {
        throw new NoSuchFileException(segment.form().whole().toString());
      }
      if (around.makeIndex(segment)) {
        indexed = planByIndex();
      }
    }
    return indexed.orElseGet(() -> Stretches.all(segment));
  }

  /** Empty if there is no index that can be used. */
  private Optional<List<Stretch>> planByIndex() {
    try (IndexFile index = SegmentIndex.open(segment.form()).orElse(null)) {
      return index == null ? Optional.empty() : Optional.of(Stretches.of(segment, question, index));
    } catch (IOException damaged) {
      return Optional.empty();
    }
  }

  private List<Stretch> planGrowing(SegmentName name) throws IOException {
    Path directory = segment.directory();
    if (!Files.exists(name.unfinishedIn(directory))) {
      // It has become complete since it was listed.
      return plan(() -> SegmentIndex.open(SegmentForm.of(name.in(directory))));
    }
    return plan(() -> IndexFile.open(name.unfinishedIndexIn(directory)));
  }

  private interface Opening {
    Optional<IndexFile> open() throws IOException;
  }

  private List<Stretch> plan(Opening opening) {
    try (IndexFile index = opening.open().orElse(null)) {
      return index == null ? Stretches.all(segment) : Stretches.of(segment, question, index);
    } catch (IOException damaged) {
      return Stretches.all(segment);
    }
  }

  /** Opens the file, and goes to the first stretch. */
  private boolean open() throws IOException {
    ByteBuffer memory = around.window();
    window = memory;
    PcapReader opened = openFile(memory);
    reader = opened;
    around.bpf().require(opened.interfaces());
    isOurs =
        segment.growing().isPresent() || segment.form().sidecar().map(Sidecar::origin).isPresent();
    jumps = opened.format() == CaptureFormat.PCAP || isOurs;
    goToStretch(opened);
    return true;
  }

  private PcapReader openFile(ByteBuffer memory) throws IOException {
    Path whole = segment.form().whole();
    if (segment.growing().isPresent()) {
      Path file = segment.growing().get().unfinishedIn(segment.directory());
      try {
        PcapReader opened = PcapReader.open(file, memory);
        // What comes after the search has begun is not waited for.
        end = opened.fileLength();
        return opened;
      } catch (NotPcapException complete) {
        if (!(complete.getCause() instanceof NoSuchFileException)) {
          throw complete;
        }
      }
    }
    return PcapReader.open(whole, memory);
  }

  private void goToStretch(PcapReader opened) throws IOException {
    if (stretch.from() != Stretch.FRONT && jumps) {
      if (opened.format() == CaptureFormat.PCAPNG) {
        // What describes interfaces is before the first packet.
        boolean _ = opened.next();
      }
      opened.moveTo(stretch.from());
    }
    if (stretch.to() == Stretch.END && question.from() > 0) {
      long _ = opened.skipBefore(question.from(), isOurs);
    }
  }

  private boolean read() throws IOException {
    PcapReader from = reader();
    long begun = from.validLength();
    while (from.next()) {
      if (from.recordOffset() >= end) {
        return false;
      }
      if (from.recordOffset() >= stretch.to() || isLate(from)) {
        around.read(from.recordOffset() - begun);
        return nextStretch();
      }
      headers = null;
      if (from.recordOffset() >= stretch.from() && matches(from)) {
        around.read(from.validLength() - begun);
        time = from.timestampNanos();
        atMatch = true;
        return true;
      }
      if (from.validLength() - begun >= STEP) {
        around.read(from.validLength() - begun);
        if (isOurs) {
          time = Math.max(time, from.timestampNanos() - PcapReader.DISORDER_NANOS);
        }
        return !around.isCancelled();
      }
    }
    around.read(from.validLength() - begun);
    if (stretch.to() != Stretch.END && from.damage().isEmpty()) {
      return nextStretch();
    }
    if (segment.growing().isEmpty() && from.damage().isPresent()) {
      around.problem(
          "%s is damaged at byte %d: %s; its last %d bytes were not searched"
              .formatted(
                  from,
                  from.damage().get().offset(),
                  from.damage().get().reason(),
                  from.damage().get().bytesLeft()));
    }
    return false;
  }

  /** Whether nothing can follow, in a segment of ours, that is early enough. */
  private boolean isLate(PcapReader at) {
    return isOurs && at.timestampNanos() - PcapReader.DISORDER_NANOS >= question.to();
  }

  private boolean matches(PcapReader at) throws IOException {
    around.looked();
    return question.isWithin(at.timestampNanos())
        && around.bpf().accepts(at)
        && (asksAll || question.terms().matches(headers()));
  }

  private boolean nextStretch() throws IOException {
    List<Stretch> all = stretches;
    if (all == null || nextStretch == all.size()) {
      return false;
    }
    Stretch before = stretch;
    stretch = all.get(nextStretch);
    nextStretch++;
    time = Math.max(segment.first(), stretch.first());
    PcapReader open = reader;
    if (open != null && jumps && stretch.from() != before.to()) {
      goToStretch(open);
    } else if (open != null) {
      // The record that was looked at last is the first of this stretch.
      open.moveTo(open.recordOffset());
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
    if (window != null) {
      around.release(window);
      window = null;
    }
  }
}
