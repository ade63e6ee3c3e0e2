package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.os.DescriptorWait;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.DiskWriter;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.SegmentCounters;
import io.tapdeck.capture.segment.SegmentEnding;
import io.tapdeck.capture.segment.SegmentLayout;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentWriter;
import io.tapdeck.capture.segment.Sidecar.Gap;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames off the rings and lays them out in segments. {@link #doWork} is one round; whoever
 * owns the thread calls it until there is nothing left to do. Nothing here waits for a disk: what
 * it has no memory for stays in the ring.
 */
final class Recorder {
  /** What was captured survives the end of this process after this time, on a quiet link too. */
  private static final long FLUSH_NANOS = 250_000_000L;

  /** How often counters are read and progress is told. */
  private static final long COUNT_NANOS = 500_000_000L;

  /**
   * Frames taken from one interface before anything else is looked at: well below a millisecond.
   */
  private static final int BATCH = 1024;

  private static final long NOW = 0;

  private enum Phase {
    RECORDING,
    /** Nothing more is let in, the rings are being read empty. */
    EMPTYING,
    ENDED
  }

  /** An interface, and what was taken from it. */
  private static final class Tap {
    final FrameSource source;

    /** Whether the frame that the source is at has yet to find a place. */
    boolean holding;

    long taken;

    // As of the last segment that was closed.
    SegmentCounters counted = new SegmentCounters(0, 0, 0);
    long takenBefore;
    int gapsTold;

    /** What its frames begin with in the segment that is open. */
    int laidOutAs = LinkType.NULL.number();

    Tap(FrameSource source) {
      this.source = source;
    }
  }

  /** What lies between it and complete segments. */
  interface Downstream {
    /** What keeps frames from being written now. */
    Optional<Obstacle> obstacle();

    /** Why nothing more can be written. */
    Optional<Throwable> failure();
  }

  private final DiskWriter disk;
  private final Downstream downstream;
  private final DescriptorWait wait;
  private final Origin origin;
  private final Layouts layouts;
  private final Limits limits;
  private final Rotation rotation;
  private final long mostPackets;
  private final LongSupplier clock;
  private final Consumer<Standing> listener;
  private final List<Tap> taps = new ArrayList<>();

  private Phase phase = Phase.RECORDING;
  private volatile boolean stopAsked;
  private @Nullable String failure;
  private @Nullable SegmentWriter segment;
  private SegmentLayout layout;
  private Instant opened = Instant.EPOCH;
  private long segmentPackets;
  private int nextNumber;

  /** What no recorder saw before, until a segment tells of it. */
  private List<Gap> earlierGaps;

  private final List<Gap> beforeBegin;

  /** Of the segments closed so far. */
  private long closedFileBytes;

  private long packets;
  private long frameBytes;
  private boolean starved;
  private long begun;
  private long flushed;
  private long countedAt;
  private Standing standing = Standing.RECORDING;
  private volatile RecordingProgress progress = RecordingProgress.NONE;

  /**
   * @param firstNumber of the first segment
   * @param clock nanoseconds since 1970
   * @param earlierGaps what the first segment is to tell of, besides its own
   * @param listener is told whenever it changes whether frames are recorded
   */
  Recorder(
      RecordingSettings settings,
      Origin origin,
      List<? extends FrameSource> sources,
      DiskWriter disk,
      Downstream downstream,
      DescriptorWait wait,
      int firstNumber,
      LongSupplier clock,
      List<Gap> earlierGaps,
      Consumer<Standing> listener)
      throws IOException {
    this.disk = disk;
    this.downstream = downstream;
    this.wait = wait;
    this.origin = origin;
    this.limits = Limits.of(settings.stopAfter());
    this.rotation = new Rotation(settings.rotateEvery().map(every -> every.toNanos()).orElse(0L));
    this.mostPackets = settings.rotatePackets().orElse(Long.MAX_VALUE);
    this.nextNumber = firstNumber;
    this.clock = clock;
    this.beforeBegin = List.copyOf(earlierGaps);
    this.earlierGaps = beforeBegin;
    this.listener = listener;
    sources.forEach(source -> taps.add(new Tap(source)));
    this.layouts = new Layouts(settings);
    this.layout = layouts.of(sources);
    SidecarFile.warmUp(origin);
  }

  /** Lets frames in, at all interfaces. */
  void begin() throws IOException {
    while (!taps.stream().allMatch(tap -> tap.source.isBegun())) {
      for (Tap tap : taps) {
        tap.source.work();
        Optional<String> absence = tap.source.absence();
        if (absence.isPresent()) {
          throw new IOException(absence.get());
        }
      }
      await(LiveCapture.RETIRE.toNanos() / 4);
    }
    begun = System.nanoTime();
    flushed = begun;
    countedAt = begun;
    progress =
        new RecordingProgress(begun, 0, 0, 0, 0, 0, 0, Arrivals.NONE, "", Standing.RECORDING);
  }

  /**
   * One round. Waits if there is nothing to do, but never past the next thing to be done.
   *
   * @return false once nothing is left to do
   */
  boolean doWork() {
    try {
      boolean drained = takeFrames();
      endIfAsked();
      if (drained) {
        closeSegmentIfOver();
        endIfEmptied();
      }
      flushIfDue();
      countIfDue();
      if (phase != Phase.ENDED) {
        if (starved) {
          // Until a block is free, of which the writer wakes us.
          await(Math.min(untilNextDue(), COUNT_NANOS));
        } else if (drained) {
          await(untilNextDue());
        }
      }
    } catch (IOException | RuntimeException | Error failed) {
      fail(failed);
    }
    return phase != Phase.ENDED;
  }

  /** Ends the recording with everything that the kernel has counted; any thread may. */
  void stop() {
    stopAsked = true;
    wait.wake();
  }

  /** How far it is; any thread may ask. */
  RecordingProgress progress() {
    return progress;
  }

  /** How many frames were laid out. For the thread that works. */
  long packets() {
    return packets;
  }

  /** Hands the last segment over. Afterwards nothing is laid out any more. */
  void finish() {
    try {
      closeSegment();
    } catch (RuntimeException | Error failed) {
      fail(failed);
    }
  }

  /**
   * Adds up, once everything is on disk.
   *
   * @param obstacle what kept frames from being written when nothing more was to come
   * @param broken what failed behind it
   */
  RecordingSummary summary(
      SegmentPublisher.Outcome outcome, Optional<Obstacle> obstacle, Optional<Throwable> broken) {
    long lost = packets - outcome.packets();
    if (failure == null && lost > 0 && obstacle.isPresent()) {
      failure =
          "%s when the recording was stopped: %d packets that had been read could not be written"
              .formatted(obstacle.get().words(), lost);
    }
    broken.ifPresent(this::fail);
    List<InterfaceCounts> interfaces = new ArrayList<>();
    for (Tap tap : taps) {
      FrameSource source = tap.source;
      interfaces.add(
          new InterfaceCounts(
              source.name(),
              source.received(),
              source.dropped(),
              source.droppedInterface(),
              source.received() - tap.taken - source.dropped()));
    }
    return new RecordingSummary(
        interfaces,
        outcome.packets(),
        outcome.frameBytes(),
        lost,
        gaps(),
        outcome.segments(),
        outcome.removed(),
        outcome.removedEarlier(),
        Optional.ofNullable(failure));
  }

  /** Takes a batch of frames from each interface. Returns whether there are no more for now. */
  private boolean takeFrames() {
    starved = false;
    boolean drained = true;
    for (int i = 0; i < taps.size() && phase != Phase.ENDED; i++) {
      Tap tap = taps.get(i);
      if (takeBatch(tap, i)) {
        tap.source.work();
      } else {
        drained = false;
      }
    }
    return drained;
  }

  /** Returns whether the interface has no more for now. */
  private boolean takeBatch(Tap tap, int number) {
    FrameSource source = tap.source;
    for (int i = 0; i < BATCH; i++) {
      if (!tap.holding && !source.next()) {
        return true;
      }
      tap.holding = !take(tap, number);
      if (tap.holding) {
        starved = phase != Phase.ENDED;
        return false;
      }
    }
    return false;
  }

  /** Gives the frame that a source is at a place, if there is any. */
  private boolean take(Tap tap, int number) {
    FrameSource source = tap.source;
    long timestamp = source.timestamp();
    int length = source.captureLength();
    SegmentWriter into = segment;
    if (into != null
        && (rotation.isDue(timestamp)
            || !into.hasRoomFor(length)
            || tap.laidOutAs != source.linkType().number())) {
      closeSegment();
      into = null;
    }
    if (exceedsSize(into, length)) {
      endAtLimit();
      return false;
    }
    if (into == null) {
      into = openSegment(timestamp);
    }
    if (into == null || !into.isReady()) {
      return false;
    }
    int at = into.append(number, timestamp, length, source.originalLength());
    source.copyFrame(into.block(), at);
    frameBytes += length;
    tap.taken++;
    segmentPackets++;
    packets++;
    if (segmentPackets == mostPackets) {
      closeSegment();
    }
    if (packets == limits.packets()) {
      endAtLimit();
    }
    return true;
  }

  private boolean exceedsSize(@Nullable SegmentWriter into, int length) {
    if (limits.bytes() == Long.MAX_VALUE) {
      return false;
    }
    SegmentLayout form = into == null ? layouts.of(sources()) : layout;
    long open = into == null ? form.headerLength() : into.fileBytes();
    return closedFileBytes + open + form.recordLength(length) + form.footerLength()
        > limits.bytes();
  }

  private List<FrameSource> sources() {
    return taps.stream().map(tap -> tap.source).toList();
  }

  private @Nullable SegmentWriter openSegment(long timestamp) {
    SegmentLayout form = layouts.of(sources());
    Instant opening = UtcTime.ofNanos(timestamp);
    SegmentName name = new SegmentName(opening, nextNumber, form.format());
    SegmentWriter writer = SegmentWriter.open(disk, name, origin, form, packets);
    if (writer != null) {
      nextNumber++;
      segmentPackets = 0;
      rotation.begin(timestamp);
      taps.forEach(tap -> tap.laidOutAs = tap.source.linkType().number());
      layout = form;
      opened = opening;
      segment = writer;
    }
    return writer;
  }

  private void closeSegment() {
    SegmentWriter open = segment;
    if (open == null) {
      return;
    }
    segment = null;
    closedFileBytes += open.fileBytes();
    open.close(ending());
  }

  /** What was counted and missed since the segment before was closed. */
  private SegmentEnding ending() {
    List<SegmentEnding.Source> sources = new ArrayList<>();
    for (Tap tap : taps) {
      FrameSource source = tap.source;
      source.check();
      SegmentCounters before = tap.counted;
      tap.counted =
          new SegmentCounters(
              source.received(), source.dropped(), source.droppedInterface().total());
      SegmentCounters since =
          new SegmentCounters(
              tap.counted.received() - before.received(),
              tap.counted.droppedKernel() - before.droppedKernel(),
              tap.counted.droppedInterface() - before.droppedInterface());
      List<Gap> gaps = new ArrayList<>(earlierGaps);
      gaps.addAll(untold(tap));
      sources.add(new SegmentEnding.Source(since, tap.taken - tap.takenBefore, gaps));
      tap.takenBefore = tap.taken;
      // Said once, at the first interface.
      earlierGaps = List.of();
    }
    return new SegmentEnding(opened, UtcTime.ofNanos(clock.getAsLong()), sources);
  }

  /** The gaps that ended since the segment before was closed, and one that goes on. */
  private static List<Gap> untold(Tap tap) {
    List<Gap> all = tap.source.gaps();
    List<Gap> untold = all.subList(tap.gapsTold, all.size());
    tap.gapsTold = (int) all.stream().filter(gap -> gap.to() != null).count();
    return untold;
  }

  private List<Gap> gaps() {
    List<Gap> all = new ArrayList<>(beforeBegin);
    taps.forEach(tap -> all.addAll(tap.source.gaps()));
    return all;
  }

  private void closeSegmentIfOver() {
    if (segment != null && rotation.isOver(clock.getAsLong())) {
      closeSegment();
    }
  }

  private void flushIfDue() {
    if (System.nanoTime() - flushed >= FLUSH_NANOS) {
      flushed = System.nanoTime();
      SegmentWriter open = segment;
      if (open != null && open.hasUnwritten()) {
        open.flush();
      }
    }
  }

  private void countIfDue() throws IOException {
    long now = System.nanoTime();
    if (now - countedAt < COUNT_NANOS) {
      return;
    }
    countedAt = now;
    long received = 0;
    long dropped = 0;
    DropCounters drops = DropCounters.ZERO;
    Arrivals arrivals = Arrivals.NONE;
    for (Tap tap : taps) {
      tap.source.check();
      received += tap.source.received();
      dropped += tap.source.dropped();
      drops = drops.plus(tap.source.droppedInterface());
      arrivals = arrivals.plus(tap.source.arrivals());
    }
    stand();
    SegmentWriter open = segment;
    long written = disk.packetsWritten();
    progress =
        new RecordingProgress(
            now,
            received,
            written,
            packets - written,
            frameBytes,
            dropped,
            drops.total(),
            arrivals,
            open == null ? "" : open.name().fileName(),
            standing);
    downstream.failure().ifPresent(this::fail);
  }

  /** Finds out whether frames are recorded now, and tells when that changes. */
  private void stand() {
    Standing now =
        downstream
            .obstacle()
            .map(Obstacle::words)
            .map(words -> new Standing(Standing.Kind.PAUSED, words))
            .or(() ->
                taps.stream()
                    .flatMap(tap -> tap.source.absence().stream())
                    .findFirst()
                    .map(words -> new Standing(Standing.Kind.WAITING, words)))
            .orElse(Standing.RECORDING);
    if (!now.equals(standing)) {
      standing = now;
      listener.accept(now);
    }
  }

  private void endIfAsked() {
    boolean over = System.nanoTime() - begun >= limits.nanos();
    if (phase == Phase.RECORDING && (stopAsked || over)) {
      taps.forEach(tap -> tap.source.end());
      phase = Phase.EMPTYING;
    }
    if (phase == Phase.EMPTYING && starved && downstream.obstacle().isPresent()) {
      // What is in the ring has no way to the disk, and whoever asked does not wait for one.
      endAtLimit();
    }
  }

  private void endIfEmptied() {
    if (phase == Phase.EMPTYING && taps.stream().allMatch(tap -> tap.source.isEnded())) {
      phase = Phase.ENDED;
    }
  }

  /** What is in the rings stays there, and is counted as unread. */
  private void endAtLimit() {
    phase = Phase.ENDED;
    taps.forEach(tap -> tap.source.cut());
  }

  /** Saves what can be saved: no step is left out because the one before it fails. */
  private void fail(Throwable cause) {
    String message = cause instanceof Exception ? cause.getMessage() : null;
    String words = message == null ? cause.toString() : message;
    if (failure == null) {
      failure = "recording ended: %s; what was written before is complete".formatted(words);
    }
    try {
      endAtLimit();
    } catch (RuntimeException | Error further) {
      // What failed first is what is told.
    }
  }

  private void await(long nanos) throws OsException {
    for (int i = 0; i < taps.size(); i++) {
      // Readable all the time while there is no memory for what is to be read.
      wait.watch(i, starved ? -1 : taps.get(i).source.descriptor());
    }
    wait.awaitNanos(nanos);
  }

  private long untilNextDue() {
    long now = System.nanoTime();
    long due = countedAt + COUNT_NANOS - now;
    SegmentWriter open = segment;
    if (open != null && open.hasUnwritten()) {
      due = Math.min(due, flushed + FLUSH_NANOS - now);
    }
    if (open != null && !starved) {
      // Until a block is free the frame at hand waits, and the segment with it.
      due = Math.min(due, rotation.nanosLeft(clock.getAsLong()));
    }
    for (int i = 0; i < taps.size(); i++) {
      due = Math.min(due, taps.get(i).source.nanosUntilWork());
    }
    if (phase == Phase.RECORDING && limits.nanos() != Long.MAX_VALUE) {
      due = Math.min(due, begun + limits.nanos() - now);
    }
    return Math.max(NOW, due);
  }

  /** The clock of this machine. */
  static long machineClock() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }
}
