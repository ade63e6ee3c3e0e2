package io.tapdeck.replay.transmit;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.TimingErrors;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Fills a batch frame by frame and hands it over, each frame once and in order. What the kernel
 * refuses for the moment is tried again, with growing pauses, until {@link #PATIENCE} is over;
 * after a frame that failed so, the next ones get {@link #PATIENCE_AFTER_FAILURE} until one is
 * accepted again. What it refuses for good is counted as failed, by error number.
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
public final class BatchSender {
  /** Nanoseconds that a frame is tried for. */
  static final long PATIENCE = 1_000_000_000;

  /** The same, while the frame before failed: a link that is stuck is not waited for all over. */
  static final long PATIENCE_AFTER_FAILURE = 10_000_000;

  /**
   * Nanoseconds within which an interface that has gone down is gone altogether, if it is being
   * deleted: that goes down first, and then stays for some milliseconds.
   */
  static final long DELETION = 200_000_000;

  /** Nanoseconds between two looks at whether the interface still has a carrier. */
  private static final long LINK_CHECK_INTERVAL = 10_000_000;

  private static final long FIRST_PAUSE = 20_000;
  private static final long LONGEST_PAUSE = 1_000_000;
  private static final int LONGEST_WAIT_FOR_ROOM_MILLIS = 50;

  /** "No such device or address", what a packet socket answers once its interface is gone. */
  private static final int ENXIO = 6;

  /** Index of the EtherType in a frame. 0x8100 says that an 802.1Q tag follows. */
  private static final int ETHERTYPE = 12;

  private final FrameLink link;
  private final Clock clock;
  private final StopFlag stop;
  private final Tally tally;
  private final TimingErrors timingErrors;
  private final Oversize oversize;
  private final FrameWitness witness;

  private final int[] lengths;
  private final boolean[] truncated;
  private final boolean[] cut;
  private final long[] fingerprints;
  private final long[] deadlines;
  private int size;
  private boolean hasDeadlines;

  private long patience = PATIENCE;
  private long refusedSince = Long.MIN_VALUE;
  private long pause = FIRST_PAUSE;
  private long linkCheckedAt;
  private long lastHandOver;
  private boolean linkLost;
  private int lostWith;
  private boolean abandoned;
  private int longestUntagged;
  private int longestTagged;
  private int refusedLength;

  /** A sender that skips frames which are too long, and that nobody watches. */
  public BatchSender(
      FrameLink link,
      Clock clock,
      StopFlag stop,
      Tally tally,
      TimingErrors timingErrors,
      boolean hasDeadlines) {
    this(link, clock, stop, tally, timingErrors, hasDeadlines, Oversize.SKIP, FrameWitness.NOBODY);
  }

  /**
   * @param hasDeadlines whether being late means anything and is recorded
   * @param timingErrors filled with each accepted frame's distance from its deadline
   * @param oversize what becomes of frames that the interface cannot send
   * @param witness is told of each frame that is accepted
   */
  public BatchSender(
      FrameLink link,
      Clock clock,
      StopFlag stop,
      Tally tally,
      TimingErrors timingErrors,
      boolean hasDeadlines,
      Oversize oversize,
      FrameWitness witness) {
    this.link = link;
    this.clock = clock;
    this.stop = stop;
    this.tally = tally;
    this.timingErrors = timingErrors;
    this.hasDeadlines = hasDeadlines;
    this.oversize = oversize;
    this.witness = witness;
    this.lengths = new int[link.slots()];
    this.truncated = new boolean[link.slots()];
    this.cut = new boolean[link.slots()];
    this.fingerprints = new long[link.slots()];
    this.deadlines = new long[link.slots()];
    readLimits();
    this.linkCheckedAt = clock.nanoTime();
    this.lastHandOver = linkCheckedAt;
  }

  /** From the next batch on: whether being late means anything and is recorded. */
  public void setHasDeadlines(boolean hasDeadlines) {
    this.hasDeadlines = hasDeadlines;
  }

  /** Whether another frame fits into the batch. */
  public boolean hasRoom() {
    return size < lengths.length;
  }

  /** Whether the interface was lost: went down, or away, or has no carrier any more. */
  public boolean linkLost() {
    return linkLost;
  }

  /** The error number that says how it was lost; empty if it only has no carrier any more. */
  public OptionalInt lostWith() {
    return lostWith == 0 ? OptionalInt.empty() : OptionalInt.of(lostWith);
  }

  /** The length of the frame by which {@link Oversize#REFUSE} ended it; empty if there is none. */
  public OptionalInt refusedLength() {
    return refusedLength == 0 ? OptionalInt.empty() : OptionalInt.of(refusedLength);
  }

  /** The most bytes that a frame may have for the interface, with an 802.1Q tag or without. */
  public int longestFrame(boolean tagged) {
    return tagged ? longestTagged : longestUntagged;
  }

  /**
   * Decides about a frame's length, before it is staged.
   *
   * @param length at least an Ethernet header
   * @return how many bytes of it will be sent; 0 if it is not to be: then it has been counted as
   *     skipped, and if {@link #refusedLength()} tells of it, is to be the last one
   */
  public int fit(ByteBuffer from, int offset, int length) {
    int longest = longest(from, offset, length);
    if (length <= longest) {
      return length;
    }
    if (oversize == Oversize.TRUNCATE) {
      return longest;
    }
    tooLong(length);
    return 0;
  }

  /**
   * Copies a frame into the place of the batch's next, without making it part of the batch: so that
   * the copying is over when the frame becomes due. There must be room.
   *
   * @param length of the whole frame; what {@link #fit} leaves of it is copied
   */
  public void stage(ByteBuffer from, int offset, int length, boolean truncatedWhenCaptured) {
    // Where it is not to be cut, and the MTU was lowered meanwhile, the kernel refuses it.
    int fitting =
        oversize == Oversize.TRUNCATE ? Math.min(length, longest(from, offset, length)) : length;
    link.put(size, from, offset, fitting);
    lengths[size] = fitting;
    truncated[size] = truncatedWhenCaptured;
    cut[size] = fitting < length;
    fingerprints[size] = witness.fingerprint(from, offset, fitting);
  }

  /** Makes the staged frame part of the batch. */
  public void commit(long deadline) {
    deadlines[size++] = deadline;
  }

  /**
   * Hands the batch over; it is empty afterwards. Where the end is asked for, or the link is lost,
   * the rest of the batch is dropped uncounted, as if it had not been read.
   */
  public void flush() {
    int from = 0;
    // One that was refused before it was staged comes after all these.
    int refusedBefore = refusedLength;
    while (from < size && !stop.raised() && !linkLost && refusedLength == refusedBefore) {
      long before = clock.nanoTime();
      if (before - linkCheckedAt >= LINK_CHECK_INTERVAL) {
        checkLink(before);
        continue;
      }
      witness.handingOver();
      int accepted = link.send(from, size - from);
      if (accepted > 0) {
        account(from, accepted, before);
        from += accepted;
      }
      witness.handedOver();
      if (accepted <= 0) {
        from += refused(from, -accepted, before);
      }
    }
    abandoned |= from < size && !linkLost && refusedLength == refusedBefore;
    size = 0;
  }

  /** Whether {@link #flush()} dropped frames because the end was asked for. */
  public boolean abandonedFrames() {
    return abandoned;
  }

  /**
   * Looks at the carrier if that is to be done soon: to be called where there is time, so that no
   * frame that is due has to wait for it.
   */
  public void checkLinkAtLeisure(long now) {
    if (now - linkCheckedAt >= LINK_CHECK_INTERVAL / 2) {
      checkLink(now);
    }
  }

  /** Looks at whether the interface still has a carrier, and remembers if not. */
  public void checkLink(long now) {
    linkCheckedAt = now;
    readLimits();
    if (!linkLost && !link.isRunning()) {
      lose(0);
    }
  }

  /** When the last call that was accepted returned; what the clock showed at the start if none. */
  public long lastHandOver() {
    return lastHandOver;
  }

  private void account(int from, int accepted, long before) {
    lastHandOver = clock.nanoTime();
    patience = PATIENCE;
    refusedSince = Long.MIN_VALUE;
    pause = FIRST_PAUSE;
    long bytes = 0;
    long truncations = 0;
    long cuts = 0;
    for (int slot = from; slot < from + accepted; slot++) {
      bytes += lengths[slot];
      truncations += truncated[slot] ? 1 : 0;
      cuts += cut[slot] ? 1 : 0;
      witness.accepted(fingerprints[slot]);
    }
    tally.addSent(accepted, bytes, truncations, cuts);
    if (hasDeadlines) {
      recordTiming(from, accepted, before);
    }
  }

  /**
   * The kernel takes the frames of a call one after the other: the call's time is shared evenly.
   */
  private void recordTiming(int from, int accepted, long before) {
    long share = accepted == 1 ? 0 : (lastHandOver - before) / accepted;
    long handedOver = before;
    for (int slot = from; slot < from + accepted; slot++) {
      timingErrors.record(handedOver - deadlines[slot]);
      handedOver += share;
    }
  }

  /** Decides about the first frame, which was refused; returns how many frames are done with. */
  private int refused(int slot, int errno, long now) {
    return switch (errno) {
      case Errno.EINTR -> 0;
      case Errno.EMSGSIZE -> {
        // The MTU was lowered since the frame was staged.
        tooLong(lengths[slot]);
        yield 1;
      }
      case Errno.ENETDOWN, Errno.ENODEV, ENXIO -> {
        lose(errno);
        tally.addFailed(lostWith);
        yield 1;
      }
      case 0, Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> refusedForNow(errno, now);
      default -> {
        tally.addFailed(errno);
        yield 1;
      }
    };
  }

  /**
   * All is over here, so there is time to find out why.
   *
   * @param errno what the kernel said; 0 if there only is no carrier
   */
  private void lose(int errno) {
    linkLost = true;
    long begun = clock.nanoTime();
    while (link.exists() && clock.nanoTime() - begun < DELETION && !stop.calls()) {
      clock.rest(LONGEST_PAUSE, stop);
    }
    lostWith = link.exists() ? errno : Errno.ENODEV;
  }

  private void tooLong(int length) {
    tally.addSkipped(SkipReason.OVERSIZE);
    if (oversize == Oversize.REFUSE && refusedLength == 0) {
      refusedLength = length;
    }
  }

  private int longest(ByteBuffer from, int offset, int length) {
    return length <= longestUntagged
        ? longestUntagged
        : isTagged(from, offset) ? longestTagged : longestUntagged;
  }

  private static boolean isTagged(ByteBuffer from, int offset) {
    return (from.get(offset + ETHERTYPE) & 0xff) == 0x81 && from.get(offset + ETHERTYPE + 1) == 0;
  }

  private void readLimits() {
    longestUntagged = link.longestFrame(false);
    longestTagged = link.longestFrame(true);
  }

  private int refusedForNow(int errno, long now) {
    if (refusedSince == Long.MIN_VALUE) {
      refusedSince = now;
    }
    if (now - refusedSince >= patience) {
      tally.addFailed(errno);
      patience = PATIENCE_AFTER_FAILURE;
      refusedSince = Long.MIN_VALUE;
      pause = FIRST_PAUSE;
      return 1;
    }
    if (errno == Errno.EAGAIN) {
      // The socket's own buffer is full: the kernel knows when there is room.
      link.awaitRoom(LONGEST_WAIT_FOR_ROOM_MILLIS);
    } else {
      clock.rest(pause, stop);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    return 0;
  }
}
