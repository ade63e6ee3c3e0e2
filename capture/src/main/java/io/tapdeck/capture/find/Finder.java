package io.tapdeck.capture.find;

import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.query.Expression;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentIndex;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Throttle;
import io.tapdeck.capture.unit.DataSize;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds packets in segments, one after the other in the order of time; those of one segment in its
 * order, which may differ by what processors' clocks do. The first is there as soon as it is found.
 * Like {@link PcapReader} it is a cursor: the methods tell of the packet that {@link #next} has
 * moved to.
 *
 * <p>What becomes known of the segments while it goes on counts: one that is compressed is found
 * all the same, one that is removed is told of ({@link #problems}). Of a segment that is being
 * written it gives what was there when it came to it. A segment of a recording that has no index
 * gets one on the way, if its directory can be written.
 *
 * <p>Memory is half a megabyte for each segment that overlaps others at the time that is looked at.
 * {@link #cancel} may be called by any thread, all else by one.
 */
public final class Finder implements Closeable {
  /** Read a second at most while something is being recorded into what is searched. */
  public static final DataSize RATE_BESIDE_RECORDER = DataSize.ofMebibytes(400);

  private static final Comparator<Lane> EARLIEST =
      Comparator.comparingLong(Lane::time).thenComparingInt(Lane::number);

  private final Question question;
  private final BpfTests bpf;
  private final Throttle throttle;
  private final PriorityQueue<Lane> lanes = new PriorityQueue<>(EARLIEST);
  private final Deque<ByteBuffer> windows = new ArrayDeque<>();
  private final List<String> problems = new ArrayList<>();
  private @Nullable Lane current;
  private long found;
  private long bytesRead;
  private long packetsLooked;
  private volatile boolean cancelled;

  private Finder(Question question, List<SearchedSegment> segments, DataSize bytesPerSecond) {
    this.question = question;
    this.bpf = new BpfTests(question.bpf());
    this.throttle = new Throttle(bytesPerSecond.bytes(), () -> false, () -> cancelled);
    int number = 0;
    for (SearchedSegment segment : segments) {
      if (question.overlaps(segment.first(), segment.last())) {
        lanes.add(new Lane(segment, number, question, new Around()));
      }
      number++;
    }
  }

  /**
   * Begins a search; nothing has been read yet. Reads slower beside a recorder.
   *
   * @throws FindRefusedException if the filter is none
   */
  public static Finder open(Question question, List<SearchedSegment> segments)
      throws FindRefusedException {
    boolean besideRecorder = segments.stream().anyMatch(segment -> segment.growing().isPresent());
    return open(
        question, segments, besideRecorder ? RATE_BESIDE_RECORDER : new DataSize(Long.MAX_VALUE));
  }

  /** The same, with the most bytes that are read in a second. */
  public static Finder open(
      Question question, List<SearchedSegment> segments, DataSize bytesPerSecond)
      throws FindRefusedException {
    Finder finder = new Finder(question, segments, bytesPerSecond);
    finder.bpf.requireAny();
    return finder;
  }

  private final class Around implements Lane.Surroundings {
    @Override
    public ByteBuffer window() {
      return windows.isEmpty()
          ? ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH)
          : windows.pop();
    }

    @Override
    public void release(ByteBuffer window) {
      windows.push(window);
    }

    @Override
    public BpfTests bpf() {
      return bpf;
    }

    @Override
    public boolean makeIndex(SearchedSegment segment) {
      return Finder.this.makeIndex(segment.form().whole());
    }

    @Override
    public void read(long bytes) {
      bytesRead += bytes;
      throttle.spend(bytes);
    }

    @Override
    public void looked() {
      packetsLooked++;
    }

    @Override
    public void problem(String line) {
      problems.add(line);
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }

  private boolean makeIndex(Path whole) {
    Path directory = whole.toAbsolutePath().getParent();
    if (question.terms() instanceof Expression.All
        || !SegmentName.belongs(String.valueOf(whole.getFileName()))
        || directory == null
        || !Files.isWritable(directory)) {
      return false;
    }
    try {
      SegmentForm form = SegmentForm.of(whole);
      return form.sidecar().isPresent() && SegmentIndex.build(form, throttle, () -> cancelled);
    } catch (IOException notPossible) {
      // Then it is read without one.
      return false;
    }
  }

  /**
   * Moves to the next packet.
   *
   * @return false if there is no more, as many as wanted were found, or it was cancelled
   * @throws FindRefusedException if the filter is none for the link type of a segment
   * @throws IOException if a disk fails
   */
  public boolean next() throws IOException {
    Lane at = current;
    current = null;
    if (at != null) {
      goOn(at);
    }
    while (found < question.limit() && !cancelled) {
      Lane earliest = lanes.poll();
      if (earliest == null) {
        return false;
      }
      if (earliest.isAtMatch()) {
        current = earliest;
        found++;
        return true;
      }
      goOn(earliest);
    }
    return false;
  }

  private void goOn(Lane lane) throws IOException {
    boolean more = false;
    try {
      more = lane.advance();
    } finally {
      if (more) {
        lanes.add(lane);
      } else {
        lane.close();
      }
    }
  }

  private Lane current() {
    Lane at = current;
    if (at == null) {
      throw new IllegalStateException("it is at no packet");
    }
    return at;
  }

  /** When the packet was captured, in nanoseconds since 1970. */
  public long timestampNanos() {
    return current().reader().timestampNanos();
  }

  /** What it begins with. */
  public LinkType linkType() {
    return current().reader().linkType();
  }

  /** What it was captured on, as far as its file says. */
  public CaptureInterface captureInterface() {
    return current().reader().captureInterface();
  }

  /** Bytes of it that are there. */
  public int captureLength() {
    return current().reader().captureLength();
  }

  /** Bytes that it had, 32 unsigned bits. */
  public long originalLength() {
    return current().reader().originalLength();
  }

  /** Holds it, until {@link #next} is called again; to be read absolutely. */
  public ByteBuffer buffer() {
    return current().reader().buffer();
  }

  /** Index in {@link #buffer()} of its first byte. */
  public int offset() {
    return current().reader().offset();
  }

  /** Its headers, until {@link #next} is called again. */
  public Headers headers() {
    return current().headers();
  }

  /** The segment that it is in. */
  public SearchedSegment segment() {
    return current().segment();
  }

  /** Where in that one's content its record begins. */
  public long recordOffset() {
    return current().reader().recordOffset();
  }

  /** How many were found so far. */
  public long found() {
    return found;
  }

  /** Bytes of content that were read. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Packets that were looked at. */
  public long packetsLooked() {
    return packetsLooked;
  }

  /** What could not be searched, a line each; complete once {@link #next} is false. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Whether it was cancelled. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** Ends it soon: {@link #next} is false then. */
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void close() throws IOException {
    Lane at = current;
    current = null;
    IOException failure = null;
    if (at != null) {
      lanes.add(at);
    }
    for (Lane lane : lanes) {
      try {
        lane.close();
      } catch (IOException failed) {
        failure = failed;
      }
    }
    lanes.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
