package io.tapdeck.replay;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.replay.input.FrameSource;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.Lag;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.Timetable;
import io.tapdeck.replay.rewrite.FrameRewriter;
import io.tapdeck.replay.rewrite.Side;
import io.tapdeck.replay.transmit.SkipReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes frame after frame, has it rewritten, and hands over those that are due. Work without a
 * thread: {@link #doWork()} never waits for a deadline, {@link #nextDeadline()} says when to call
 * it again.
 *
 * <p>Deadlines are absolute, counted from one anchor, so a late frame does not delay the next ones;
 * the anchor is moved by the time that it was paused. Frames that are due at the same time, or have
 * become due meanwhile, share one hand-over; none is sent early. Where there are two outlets,
 * frames go out in the order in which they were captured all the same: a hand-over has frames for
 * one.
 *
 * <p>Not for use by two threads at once; allocates nothing per frame.
 */
final class Player {
  private static final int ETHERNET_HEADER = 14;

  /** Frames that are passed over at most before {@link #doWork()} returns and can be stopped. */
  private static final int MOST_SKIPS = 4_096;

  /**
   * Nanoseconds between {@link #begin()} and the first deadline: time to get to the wait for it.
   */
  private static final long LEAD = 200_000;

  /** Nanoseconds to the next deadline that are enough for what else is to be done. */
  private static final long LEISURE = 100_000;

  private final FrameSource source;
  private final Optional<SideRule> sides;
  private final @Nullable FrameRewriter rewriter;

  /** Whether frames are looked into, or changed, and so copied. */
  private final boolean looksInside;

  /** A copy of the current frame, big-endian as all that it holds. */
  private final ByteBuffer inside;

  private final Timetable timetable;
  private final Lag lag = new Lag();
  private final Outlet client;
  private final Outlet server;
  private final Clock clock;
  private final Orders orders;
  private final long passes;

  private final AtomicBoolean reading = new AtomicBoolean();

  private Pace pace;
  private long anchor;
  private volatile boolean begun;
  private volatile long firstDeadline;
  private volatile boolean anySent;

  private volatile boolean paused;
  private volatile long pausedSince;
  private volatile long pausedNanos;
  private long pausedBeforeLast;
  private long steps;

  /** The current frame's deadline as other threads see it: written before each wait only. */
  private volatile long waitsFor;

  /** Passes that are over. */
  private volatile long pass;

  private volatile boolean awaitsPass;

  private long placedBeforePass;
  private long placed;

  // The current frame.
  private Outlet outlet;
  private ByteBuffer frame;
  private int offset;
  private int length;
  private boolean cutShort;
  private long deadline;

  /** Nanoseconds after its deadline that it is to be handed over. */
  private long heldBack;

  private boolean loaded;
  private boolean staged;
  private boolean atEnd;

  /**
   * @param sides empty if all frames are the client's
   * @param client gets the frames of clients
   * @param server gets the frames of servers; may be the same
   * @param passes how often all is played; 0 for ever
   */
  Player(
      FrameSource source,
      Optional<SideRule> sides,
      Optional<FrameRewriter> rewriter,
      Timetable timetable,
      Outlet client,
      Outlet server,
      Clock clock,
      Orders orders,
      long passes) {
    this.source = source;
    this.sides = sides;
    this.rewriter = rewriter.orElse(null);
    this.looksInside = rewriter.isPresent() || sides.isPresent();
    int growth = rewriter.map(FrameRewriter::growth).orElse(0);
    this.inside =
        ByteBuffer.allocateDirect(looksInside ? PcapFormat.LARGEST_CAPTURE_LENGTH + growth : 0);
    this.timetable = timetable;
    this.client = client;
    this.server = server;
    this.clock = clock;
    this.orders = orders;
    this.passes = passes;
    this.pace = timetable.pace();
    this.outlet = client;
    this.frame = inside;
  }

  /**
   * Sets the anchor: the first frame is due shortly after.
   *
   * @throws IOException if the first file cannot be read any more
   */
  void begin() throws IOException {
    boolean any = load();
    while (!any && !atEnd && !orders.flag().raised()) {
      any = load();
    }
    anchor = clock.clear(clock.nanoTime() + LEAD, timetable.evenGap());
    if (any) {
      // Frames before it may have been skipped, and have taken their time.
      deadline += anchor;
      stage();
    }
    obey(clock.nanoTime());
    firstDeadline = deadline;
    begun = true;
  }

  /**
   * Hands over what is due, at most one batch.
   *
   * @return how many frames are done with; 0 if none is due
   * @throws IOException if a file cannot be read any more; the frames before have been handed over
   */
  int doWork() throws IOException {
    long now = clock.nanoTime();
    if (orders.flag().calls()) {
      obey(now);
    }
    if (paused && steps == 0) {
      return 0;
    }
    int frames = 0;
    Outlet batch = outlet;
    while (isAtHand(frames) && load()) {
      if (frames == 0) {
        batch = outlet;
      }
      if (outlet != batch || !batch.sender().hasRoom() || !isDue(now)) {
        break;
      }
      stage();
      batch.sender().commit(deadline);
      timetable.sent();
      lag.sent(now - deadline);
      noteSent(now);
      loaded = false;
      staged = false;
      frames++;
    }
    if (frames > 0) {
      batch.sender().flush();
      if (batch.sender().lastHandOver() - now >= 0) {
        pausedBeforeLast = pausedNanos;
      }
    } else {
      waitsFor = deadline + heldBack;
      if (loaded) {
        stage();
      }
      if (waitsFor - now >= LEISURE) {
        client.sender().checkLinkAtLeisure(now);
        server.sender().checkLinkAtLeisure(now);
      }
    }
    return frames;
  }

  /**
   * When the next frame is due by the clock, after {@link #doWork()} found none that is. Any thread
   * may ask. Without meaning while it is paused.
   */
  long nextDeadline() {
    return waitsFor;
  }

  /** Whether nothing is due, whatever the time, until there is an order. */
  boolean awaitsOrder() {
    return paused && steps == 0;
  }

  /** Whether it is paused, with or without steps to go. Any thread may ask. */
  boolean paused() {
    return paused;
  }

  /** Whether all frames have been handed over, or an interface was lost, or refused one. */
  boolean isDone() {
    return (atEnd && !loaded) || isOver(client) || isOver(server);
  }

  /** Whether frames are left that were neither handed over nor lost with the interface. */
  boolean hasFramesLeft() {
    return !isDone() || client.sender().abandonedFrames() || server.sender().abandonedFrames();
  }

  /** How often all has been played. Any thread may ask. */
  long passesDone() {
    return pass;
  }

  /** Nanoseconds that it has played until then, without pauses. Any thread may ask. */
  long playedNanos(long now) {
    if (!anySent) {
      return 0;
    }
    // Read in the order opposite to that in which they are written at a resume.
    boolean standing = paused;
    long end = standing ? pausedSince : now;
    return Math.max(0, end - firstDeadline - pausedNanos);
  }

  /** Nanoseconds that it was paused between two frames that were sent. */
  long pausedNanos() {
    return pausedBeforeLast;
  }

  /** Whether the next frame is the first of a pass, but not of the first. Any thread may ask. */
  boolean awaitsPass() {
    return awaitsPass;
  }

  /** Whether there is a first deadline. Any thread may ask. */
  boolean begun() {
    return begun;
  }

  /** When the first frame is due, or was. */
  long firstDeadline() {
    return firstDeadline;
  }

  private static boolean isOver(Outlet outlet) {
    return outlet.sender().linkLost() || outlet.sender().refusedLength().isPresent();
  }

  /** Does what was asked for since it last looked. */
  private void obey(long now) {
    orders.flag().answer();
    if (!orders.pace().equals(pace)) {
      change(orders.pace(), now);
    }
    boolean toPause = orders.paused();
    if (toPause && !paused) {
      pausedSince = now;
      paused = true;
    } else if (!toPause && paused) {
      long away = now - pausedSince;
      anchor += away;
      deadline += away;
      if (anySent) {
        addPause(away);
      }
      paused = false;
    }
    steps = paused ? Math.max(0, steps + orders.takeSteps()) : 0;
    waitsFor = deadline + heldBack;
  }

  private void change(Pace wanted, long now) {
    pace = wanted;
    lag.forget();
    heldBack = 0;
    long present = paused ? pausedSince : now;
    if (!timetable.hasDeadlines()) {
      anchor = present - timetable.sentDue();
    }
    long due = timetable.change(wanted);
    client.sender().setHasDeadlines(timetable.hasDeadlines());
    server.sender().setHasDeadlines(timetable.hasDeadlines());
    if (loaded) {
      // What would have been sent already at the new pace is not caught up with.
      anchor += Math.max(0, present - (anchor + due));
      deadline = anchor + due;
    }
  }

  /** Whether the current frame is to be handed over now. */
  private boolean isDue(long now) {
    if (!paused) {
      return deadline + heldBack - now <= 0;
    }
    if (steps == 0) {
      return false;
    }
    steps--;
    anchor += now - deadline;
    deadline = now;
    return true;
  }

  private void noteSent(long now) {
    if (awaitsPass) {
      awaitsPass = false;
    }
    if (!anySent) {
      firstDeadline = deadline;
      anySent = true;
    } else if (paused) {
      addPause(now - pausedSince);
    }
    if (paused) {
      pausedSince = now;
    }
  }

  /** There is one writer. */
  private void addPause(long nanos) {
    long before = pausedNanos;
    pausedNanos = before + nanos;
  }

  /** Frames that are due do not wait for a file to be read: only the first of a batch may. */
  private boolean isAtHand(int framesInBatch) {
    return framesInBatch == 0 || loaded || source.isNextBuffered();
  }

  /**
   * Makes the next frame that can be sent the current one, unless there is one already; false if
   * none was found, or not yet.
   */
  private boolean load() throws IOException {
    for (int skips = 0; !loaded && !atEnd && skips < MOST_SKIPS; skips++) {
      if (next()) {
        take();
      } else if (orders.flag().raised()) {
        return false;
      } else {
        beginPass();
      }
    }
    return loaded;
  }

  /** False also when the end was asked for meanwhile: then the frame counts as not read. */
  private boolean next() throws IOException {
    reading.setRelease(true);
    try {
      return !orders.flag().raised() && source.next() && !orders.flag().raised();
    } finally {
      reading.setRelease(false);
    }
  }

  /** Whether it is looking for the next frame, which may take long. Any thread may ask. */
  boolean reading() {
    return reading.getAcquire();
  }

  private void take() {
    if (source.beginsFile()) {
      timetable.beginFile();
    }
    frame = source.buffer();
    offset = source.offset();
    length = source.captureLength();
    cutShort = length < source.originalLength();
    outlet = client;
    if (!source.linkType().equals(LinkType.ETHERNET)) {
      skip(SkipReason.LINK_TYPE);
    } else if (length < ETHERNET_HEADER) {
      skip(SkipReason.SHORT);
    } else {
      if (looksInside) {
        copy();
      }
      Side side = sides.isEmpty() ? Side.CLIENT : sides.get().of(frame, offset, length);
      outlet = side == Side.CLIENT ? client : server;
      if (rewriter != null) {
        length = rewriter.rewrite(frame, offset, length, source.originalLength(), side, pass);
      }
      int fitting = outlet.sender().fit(frame, offset, length);
      if (fitting > 0) {
        place(fitting);
      } else {
        timetable.skip(source.timestampNanos());
        atEnd = outlet.sender().refusedLength().isPresent();
      }
    }
  }

  /** To where it may be changed, and where numbers are read as they are in frames. */
  private void copy() {
    length = Math.min(length, PcapFormat.LARGEST_CAPTURE_LENGTH);
    inside.put(0, frame, offset, length);
    frame = inside;
    offset = 0;
  }

  private void place(int fitting) {
    long sentDue = timetable.sentDue();
    long due = timetable.due(source.timestampNanos(), fitting);
    deadline = anchor + due;
    heldBack = lag.after(due - sentDue);
    loaded = true;
    placed++;
  }

  private void skip(SkipReason reason) {
    timetable.skip(source.timestampNanos());
    outlet.tally().addSkipped(reason);
  }

  /** Begins again with the first frame, unless that is not wanted, or of no use. */
  private void beginPass() throws IOException {
    long done = pass + 1;
    pass = done;
    // Where nothing could be sent once, nothing would be sent for ever.
    if (done == passes || placed == placedBeforePass) {
      atEnd = true;
      return;
    }
    placedBeforePass = placed;
    source.rewind();
    if (!timetable.hasDeadlines()) {
      // A delay between passes counts from now: where nothing is due, no time has passed.
      anchor = clock.nanoTime() - timetable.sentDue();
      lag.forget();
    }
    timetable.beginPass();
    awaitsPass = true;
  }

  private void stage() {
    if (!staged) {
      outlet.sender().stage(frame, offset, length, cutShort);
      staged = true;
    }
  }
}
