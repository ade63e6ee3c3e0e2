package io.tapdeck.capture.recording;

import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.SegmentCounters;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentWriter;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames off the ring and appends them to segments. {@link #doWork} is one round; whoever
 * owns the thread calls it until there is nothing left to do, then {@link #finish}.
 */
final class Recorder implements AutoCloseable {
  /** What was captured survives the end of this process after this time, on a quiet link too. */
  private static final long FLUSH_NANOS = 250_000_000L;

  /** How often counters are read and progress is told. */
  private static final long COUNT_NANOS = 500_000_000L;

  /** Frames taken before anything else is looked at: well below a millisecond's worth. */
  private static final int BATCH = 1024;

  private static final int BUFFER_BYTES = 4 << 20;

  private enum Phase {
    RECORDING,
    /** Nothing more is let in, the ring is being read empty. */
    EMPTYING,
    ENDED
  }

  private final SegmentDirectory directory;
  private final NetworkInterface nic;
  private final LiveCapture capture;
  private final SegmentPublisher publisher;
  private final Origin origin;
  private final Limits limits;
  private final Rotation rotation;
  private final NativeBuffer buffer = new NativeBuffer(BUFFER_BYTES);

  private Phase phase = Phase.RECORDING;
  private volatile boolean stopAsked;
  private @Nullable String failure;
  private @Nullable SegmentWriter segment;
  private int nextNumber;
  private SegmentCounters counted = new SegmentCounters(0, 0, 0);
  private DropCounters drops = DropCounters.ZERO;

  /** The interface's own counters when they were last read. */
  private DropCounters dropsRead;

  /** Of the segments closed so far. */
  private long closedFileBytes;

  private long packets;
  private long packetsFlushed;
  private long frameBytes;
  private final long begun;
  private long flushed;
  private long countedAt;
  private volatile RecordingProgress progress;

  /**
   * Begins to record: from now on frames are let in.
   *
   * @param directory held by the caller, with nothing unfinished in it
   */
  Recorder(
      RecordingSettings settings,
      SegmentDirectory directory,
      NetworkInterface nic,
      LiveCapture capture,
      SegmentPublisher publisher)
      throws IOException {
    this.directory = directory;
    this.nic = nic;
    this.capture = capture;
    this.publisher = publisher;
    this.limits = Limits.of(settings.stopAfter());
    this.rotation = new Rotation(settings.rotateEvery().map(Duration::toNanos).orElse(0L));
    this.origin =
        new Origin(
            settings.recording(),
            settings.interfaceName(),
            settings.namespace().map(named -> named.name()).orElse(null),
            settings.filter(),
            settings.direction().name().toLowerCase(Locale.ROOT),
            settings.snaplen(),
            settings.rotateSize().bytes(),
            settings.rotateEvery().map(Duration::toString).orElse(null));
    this.nextNumber = directory.nextNumber();
    SidecarFile.warmUp(origin);
    this.dropsRead = nic.dropCounters();
    capture.begin();
    this.begun = System.nanoTime();
    this.flushed = begun;
    this.countedAt = begun;
    this.progress = new RecordingProgress(begun, 0, 0, 0, 0, 0, 0, "");
  }

  /**
   * One round. Waits if there is nothing to do, but never past the next thing to be done.
   *
   * @return false once nothing is left to do
   */
  boolean doWork() {
    try {
      boolean drained = readFrames();
      endIfAsked();
      if (drained) {
        closeSegmentIfOver();
        endIfEmptied();
      }
      flushIfDue();
      countIfDue();
      if (drained && phase != Phase.ENDED) {
        capture.await(untilNextDue());
      }
    } catch (IOException | RuntimeException | Error failed) {
      fail(failed);
    }
    return phase != Phase.ENDED;
  }

  /** Ends the recording with everything that the kernel has counted; any thread may. */
  void stop() {
    stopAsked = true;
    capture.wake();
  }

  /** How far it is; any thread may ask. */
  RecordingProgress progress() {
    return progress;
  }

  /** Waits for the last segment to be complete, and adds up. */
  RecordingSummary finish() {
    try {
      closeSegment();
    } catch (IOException | RuntimeException | Error failed) {
      fail(failed);
    }
    SegmentPublisher.Outcome outcome = publisher.finish();
    publisher.failure().ifPresent(this::fail);
    long written = outcome.packets();
    return new RecordingSummary(
        capture.received(),
        written,
        outcome.frameBytes(),
        capture.dropped(),
        drops,
        capture.received() - written - capture.dropped(),
        outcome.segments(),
        outcome.removed(),
        outcome.removedEarlier(),
        Optional.ofNullable(failure));
  }

  @Override
  public void close() {
    capture.close();
  }

  /** Takes a batch of frames. Returns whether there are no more for now. */
  private boolean readFrames() throws IOException {
    try {
      for (int i = 0; i < BATCH; i++) {
        if (!capture.next()) {
          return true;
        }
        take();
        if (phase == Phase.ENDED) {
          return false;
        }
      }
      return false;
    } catch (PcapException lost) {
      endBecauseLost(String.valueOf(lost.getMessage()));
      return true;
    }
  }

  /** Appends the frame that capture is at. */
  private void take() throws IOException {
    long timestamp = capture.timestamp();
    int length = capture.captureLength();
    SegmentWriter into = segment;
    if (into == null || rotation.isDue(timestamp) || !into.hasRoomFor(length)) {
      closeSegment();
      into = null;
    }
    if (exceedsSize(into, length)) {
      endAtLimit();
      return;
    }
    if (into == null) {
      into = openSegment(timestamp);
    }
    int at = into.append(timestamp, length, capture.originalLength());
    capture.copyPacket(buffer, at);
    frameBytes += length;
    packets++;
    if (packets == limits.packets()) {
      endAtLimit();
    }
  }

  private boolean exceedsSize(@Nullable SegmentWriter into, int length) {
    long open = into == null ? PcapFormat.FILE_HEADER_LENGTH : into.fileBytes();
    return closedFileBytes + open + PcapFormat.RECORD_HEADER_LENGTH + length > limits.bytes();
  }

  private SegmentWriter openSegment(long timestamp) throws IOException {
    SegmentName name = new SegmentName(UtcTime.ofNanos(timestamp), nextNumber);
    SegmentWriter opened =
        SegmentWriter.open(directory.path(), name, origin, capture.linkType(), buffer);
    nextNumber++;
    rotation.begin(timestamp);
    segment = opened;
    return opened;
  }

  private void closeSegment() throws IOException {
    SegmentWriter open = segment;
    if (open == null) {
      return;
    }
    open.flush();
    publisher.publish(open.close(countForSegment()));
    segment = null;
    closedFileBytes += open.fileBytes();
    packetsFlushed = packets;
  }

  /** What was counted since the segment before was closed. */
  private SegmentCounters countForSegment() {
    readCounts();
    SegmentCounters before = counted;
    counted = new SegmentCounters(capture.received(), capture.dropped(), drops.total());
    return new SegmentCounters(
        counted.received() - before.received(),
        counted.droppedKernel() - before.droppedKernel(),
        counted.droppedInterface() - before.droppedInterface());
  }

  private void closeSegmentIfOver() throws IOException {
    if (segment != null && rotation.isOver(UtcTime.toNanos(Instant.now()))) {
      closeSegment();
    }
  }

  private void flushIfDue() throws IOException {
    SegmentWriter open = segment;
    if (System.nanoTime() - flushed >= FLUSH_NANOS) {
      flushed = System.nanoTime();
      if (open != null && open.hasUnwritten()) {
        open.flush();
        packetsFlushed = packets;
      }
    }
  }

  private void countIfDue() throws IOException {
    long now = System.nanoTime();
    if (now - countedAt < COUNT_NANOS) {
      return;
    }
    countedAt = now;
    readCounts();
    SegmentWriter open = segment;
    progress =
        new RecordingProgress(
            now,
            capture.received(),
            packetsFlushed,
            packets - packetsFlushed,
            frameBytes,
            capture.dropped(),
            drops.total(),
            open == null ? "" : open.name().fileName());
    Optional<IOException> unpublished = publisher.failure();
    if (unpublished.isPresent()) {
      throw unpublished.get();
    }
    // libpcap does not always tell, and then not at once.
    if (phase == Phase.RECORDING && !nic.isUp()) {
      endBecauseLost(nic.exists() ? "the interface went down" : "the interface is gone");
    }
  }

  /** Reads all counters; what cannot be read, because the interface is gone, stays as it was. */
  private void readCounts() {
    try {
      capture.readCounts();
      DropCounters now = nic.dropCounters();
      drops = drops.plus(now.since(dropsRead));
      dropsRead = now;
    } catch (IOException gone) {
      // The last readings are the best there are.
    }
  }

  private void endIfAsked() throws IOException {
    boolean over = System.nanoTime() - begun >= limits.nanos();
    if (phase == Phase.RECORDING && (stopAsked || over)) {
      capture.end();
      phase = Phase.EMPTYING;
    }
  }

  private void endIfEmptied() throws IOException {
    if (phase == Phase.EMPTYING && capture.isEmptied()) {
      phase = Phase.ENDED;
    }
  }

  /** What is in the ring stays there, and is counted as unread. */
  private void endAtLimit() throws IOException {
    phase = Phase.ENDED;
    capture.end();
    capture.readCounts();
  }

  /** What is in the ring is still to be had. */
  private void endBecauseLost(String words) throws IOException {
    if (failure == null) {
      failure = "recording on %s ended: %s; start again when it is up".formatted(nic.name(), words);
    }
    if (phase == Phase.RECORDING) {
      capture.end();
      phase = Phase.EMPTYING;
    }
  }

  /** Saves what can be saved: no step is left out because the one before it fails. */
  private void fail(Throwable cause) {
    phase = Phase.ENDED;
    String message = cause instanceof Exception ? cause.getMessage() : null;
    String words = message == null ? cause.toString() : message;
    if (failure == null) {
      failure =
          "recording into %s ended: %s; what was written before is complete"
              .formatted(directory.path(), words);
    }
    SegmentWriter open = segment;
    segment = null;
    attempt(capture::end);
    if (open != null) {
      SegmentCounters counters = countIfPossible();
      attempt(() -> open.salvage(counters, words).ifPresent(publisher::publish));
    }
    attempt(capture::readCounts);
  }

  /** What was counted for the segment; null, for unknown, if not even that can be told. */
  private @Nullable SegmentCounters countIfPossible() {
    try {
      return countForSegment();
    } catch (RuntimeException | Error further) {
      return null;
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException | Error further) {
      // What failed first is what is told.
    }
  }

  private Duration untilNextDue() {
    long now = System.nanoTime();
    long due = countedAt + COUNT_NANOS - now;
    SegmentWriter open = segment;
    if (open != null && open.hasUnwritten()) {
      due = Math.min(due, flushed + FLUSH_NANOS - now);
    }
    if (open != null) {
      due = Math.min(due, rotation.nanosLeft(UtcTime.toNanos(Instant.now())));
    }
    if (phase == Phase.EMPTYING) {
      due = Math.min(due, LiveCapture.RETIRE.toNanos());
    } else if (limits.nanos() != Long.MAX_VALUE) {
      due = Math.min(due, begun + limits.nanos() - now);
    }
    return Duration.ofNanos(Math.max(0, due));
  }
}
