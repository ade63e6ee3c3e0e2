package io.tapdeck.replay;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.Schedule;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.SkipReason;
import io.tapdeck.replay.transmit.Tally;
import java.io.IOException;

/**
 * Takes record after record, and hands over the frames that are due. Work without a thread: {@link
 * #doWork()} never waits for a deadline, {@link #nextDeadline()} says when to call it again.
 *
 * <p>Deadlines are absolute, counted from one anchor, so a late frame does not delay the next ones.
 * Frames that are due at the same time, or have become due meanwhile, share one hand-over; none is
 * sent early.
 *
 * <p>Not for use by two threads at once; allocates nothing per frame.
 */
public final class Player {
  private static final int ETHERNET_HEADER = 14;

  /** Frames that are passed over at most before {@link #doWork()} returns and can be stopped. */
  private static final int MOST_SKIPS = 4_096;

  /**
   * Nanoseconds between {@link #begin()} and the first deadline: time to get to the wait for it.
   */
  private static final long LEAD = 200_000;

  private final CaptureSequence sequence;
  private final Schedule schedule;
  private final BatchSender sender;
  private final Clock clock;
  private final Tally tally;
  private final int longestFrame;

  private volatile long anchor;
  private volatile boolean begun;

  /** The current frame's deadline as other threads see it: written before each wait only. */
  private volatile long waitsFor;

  private long deadline;
  private boolean loaded;
  private boolean staged;
  private boolean atEnd;

  Player(
      CaptureSequence sequence,
      Schedule schedule,
      BatchSender sender,
      Clock clock,
      Tally tally,
      int longestFrame) {
    this.sequence = sequence;
    this.schedule = schedule;
    this.sender = sender;
    this.clock = clock;
    this.tally = tally;
    this.longestFrame = longestFrame;
  }

  /**
   * Sets the anchor: the first frame is due shortly after.
   *
   * @throws IOException if the first file cannot be read any more
   */
  void begin() throws IOException {
    boolean any = load();
    long first = clock.nanoTime() + LEAD;
    if (any) {
      // Frames before it may have been skipped, and have taken their time on the schedule.
      deadline += first;
      stage();
    }
    anchor = first;
    begun = true;
  }

  /**
   * Hands over what is due, at most one batch.
   *
   * @return how many frames are done with; 0 if none is due
   * @throws IOException if a file cannot be read any more; the frames before have been handed over
   */
  int doWork() throws IOException {
    int frames = 0;
    long now = clock.nanoTime();
    while (sender.hasRoom() && isAtHand(frames) && load() && deadline - now <= 0) {
      stage();
      sender.commit(deadline);
      loaded = false;
      staged = false;
      frames++;
    }
    if (frames > 0) {
      sender.flush();
    }
    if (frames == 0) {
      waitsFor = deadline;
      if (loaded) {
        stage();
      }
    }
    return frames;
  }

  /**
   * When the next frame is due by the clock, after {@link #doWork()} found none that is. Any thread
   * may ask.
   */
  long nextDeadline() {
    return waitsFor;
  }

  /** Whether all frames have been handed over, or the interface was lost. */
  boolean isDone() {
    return (atEnd && !loaded) || sender.linkLost();
  }

  /** Whether frames are left that were neither handed over nor lost with the interface. */
  boolean hasFramesLeft() {
    return !isDone() || sender.abandonedFrames();
  }

  /** Whether there is an anchor. */
  boolean begun() {
    return begun;
  }

  /** The clock's time from which the schedule counts. */
  long anchor() {
    return anchor;
  }

  /** Frames that are due do not wait for a file to be read: only the first of a batch may. */
  private boolean isAtHand(int framesInBatch) {
    return framesInBatch == 0 || loaded || sequence.isNextBuffered();
  }

  /**
   * Makes the next frame that can be sent the current one, unless there is one already; false if
   * none was found, or not yet.
   */
  private boolean load() throws IOException {
    for (int skips = 0; !loaded && !atEnd && skips < MOST_SKIPS; skips++) {
      if (!sequence.next()) {
        atEnd = true;
        return false;
      }
      PcapReader record = sequence.record();
      int length = record.captureLength();
      if (!record.linkType().equals(LinkType.ETHERNET)) {
        skip(record, SkipReason.LINK_TYPE);
      } else if (length > longestFrame) {
        skip(record, SkipReason.OVERSIZE);
      } else if (length < ETHERNET_HEADER) {
        skip(record, SkipReason.SHORT);
      } else {
        deadline = anchor + schedule.due(record.timestampNanos(), length);
        loaded = true;
      }
    }
    return loaded;
  }

  private void skip(PcapReader record, SkipReason reason) {
    schedule.skip(record.timestampNanos());
    tally.addSkipped(reason);
  }

  private void stage() {
    if (!staged) {
      PcapReader record = sequence.record();
      int length = record.captureLength();
      sender.stage(record.buffer(), record.offset(), length, length < record.originalLength());
      staged = true;
    }
  }
}
