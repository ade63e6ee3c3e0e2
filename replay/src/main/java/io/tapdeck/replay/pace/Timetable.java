package io.tapdeck.replay.pace;

import java.time.Duration;
import java.util.Optional;

/**
 * When each frame of a replay is due, in nanoseconds from the moment that its anchor names. Told
 * about each frame in order; what it answers never decreases, whatever the pace is changed to.
 *
 * <p>Every answer is computed from where the present pace began, so that rounding, to less than a
 * nanosecond, does not add up from frame to frame.
 *
 * <p>Not for use by two threads at once; allocates nothing but when the pace is changed.
 */
public final class Timetable {
  private static final long NONE = -1;

  private final Timeline timeline = new Timeline();
  private final long longestGap;
  private final long passDelay;

  private Pace pace;
  private Schedule schedule;

  /** Where the schedule begins. */
  private long base;

  // The frame that was sent last.
  private boolean anySent;
  private long sentDue;
  private long sentCaptured;
  private int sentLength;

  // The frame that is next.
  private boolean waiting;
  private boolean beginsPass;
  private long due;
  private long captured;
  private int length;

  /**
   * @param longestGap what captured gaps are shortened to, as they are played; see {@link
   *     Pace.Original}
   * @param passDelay the time between the last frame of a pass and the first of the next; if empty,
   *     the mean gap of the frames, or what the rate says. At a rate it is at least what the rate
   *     says.
   * @throws IllegalArgumentException if one of them is negative, or longer than 146 years
   */
  public Timetable(Pace pace, Optional<Duration> longestGap, Optional<Duration> passDelay) {
    this.pace = pace;
    this.schedule = Schedule.of(pace);
    this.longestGap = longestGap.map(Timetable::nanos).orElse(Schedule.LATEST);
    this.passDelay = passDelay.map(Timetable::nanos).orElse(NONE);
  }

  private static long nanos(Duration duration) {
    if (duration.isNegative() || duration.compareTo(Duration.ofNanos(Schedule.LATEST)) > 0) {
      throw new IllegalArgumentException("a delay is between 0 and 146 years, not " + duration);
    }
    return duration.toNanos();
  }

  /**
   * When the next frame is due that is to be sent.
   *
   * @param timestampNanos when it was captured, since 1970
   * @param frameLength bytes that will be sent of it
   * @return 0 to 146 years
   */
  public long due(long timestampNanos, int frameLength) {
    captured = timeline.place(timestampNanos);
    length = frameLength;
    waiting = true;
    return place();
  }

  /** The frame that {@link #due} was asked about last is sent, or on its way. */
  public void sent() {
    anySent = true;
    sentDue = due;
    sentCaptured = captured;
    sentLength = length;
    waiting = false;
    beginsPass = false;
  }

  /** When the frame that was sent last was due; 0 before the first. */
  public long sentDue() {
    return sentDue;
  }

  /** Takes note of a frame that was read and will not be sent: it takes its time all the same. */
  public void skip(long timestampNanos) {
    var _ = timeline.place(timestampNanos);
  }

  /** The next frame is the first of a file. */
  public void beginFile() {
    timeline.beginFile();
  }

  /** The next frame is the first of all again. */
  public void beginPass() {
    if (schedule.keepsGaps()) {
      long end = Math.max(sentDue, sum(base, schedule.due(timeline.latest(), 0)));
      schedule.begin(0);
      long gap = Math.min(longestGap, schedule.due(timeline.meanGap(), 0));
      base = sum(end, gap);
    }
    sentCaptured = -timeline.meanGap();
    timeline.reset();
    beginsPass = true;
  }

  /**
   * Goes on at another pace: the gap to the next frame is the first that is played so.
   *
   * @return when the frame is due now that {@link #due} was asked about, if it was not sent
   */
  public long change(Pace wanted) {
    pace = wanted;
    schedule = Schedule.of(wanted);
    base = sentDue;
    if (anySent) {
      schedule.follow(sentCaptured, sentLength);
    }
    return waiting ? place() : sentDue;
  }

  /** The pace that it has now. */
  public Pace pace() {
    return pace;
  }

  /** Nanoseconds between two frames of a pass; 0 if that differs from frame to frame. */
  public long evenGap() {
    return pace instanceof Pace.PacketsPerSecond packets ? packets.evenGap() : 0;
  }

  /** Whether frames have deadlines at all, so that being late means anything. */
  public boolean hasDeadlines() {
    return schedule.hasDeadlines();
  }

  private long place() {
    due = sum(base, schedule.due(captured, length));
    long wanted = due;
    if (beginsPass && passDelay != NONE) {
      long delayed = sum(sentDue, passDelay);
      wanted = schedule.keepsGaps() ? delayed : Math.max(due, delayed);
    } else if (anySent && schedule.keepsGaps() && due - sentDue > longestGap) {
      wanted = sentDue + longestGap;
    }
    if (wanted != due) {
      base = wanted;
      schedule.begin(captured);
      // So that the next is counted from this one.
      due = sum(base, schedule.due(captured, length));
    }
    return due;
  }

  private static long sum(long one, long other) {
    return Math.min(one + other, Schedule.LATEST);
  }
}
