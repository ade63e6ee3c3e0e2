package io.tapdeck.replay.pace;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The kernel's timer interrupt, which takes the processor from every thread some hundred times a
 * second, for 5 to 20 microseconds each. It comes at even intervals: 1, 4 or 10 ms, as the kernel
 * was built (CONFIG_HZ). Frames that are to be sent at even intervals too either never meet it, or
 * again and again; so where they begin is worth a choice.
 */
final class Tick {
  /**
   * Nanoseconds that divide all its intervals: it comes at one and the same place in these, if not
   * in each of them.
   */
  static final long INTERVAL = 1_000_000;

  /**
   * Nanoseconds between two places at which frames can be, seen from the tick, from which on it can
   * be kept clear of.
   */
  static final long ROOM = 50_000;

  /** Nanoseconds to look for it: seven of the usual ones. */
  private static final long WATCHED = 30_000_000;

  /** Nanoseconds without the processor that are noticed. */
  private static final long NOTICED = 1_500;

  /** Interruptions that are looked at; the rest would be another machine's load. */
  private static final int MOST = 64;

  /** Interruptions at the same place that are no chance. */
  private static final int LEAST = 4;

  /** Nanoseconds around the same place. */
  private static final long NEAR = 10_000;

  private static final long UNKNOWN = -1;

  private Tick() {}

  /**
   * The first moment to begin at so that the tick is kept clear of for good, as far as can be seen;
   * takes up to 30 ms.
   *
   * @param earliest the first moment that is wanted
   * @param gap nanoseconds between frames; 0 if that differs
   * @param clock nanoseconds
   * @return {@code earliest}, or later: by what looking took, and up to a millisecond
   */
  static long clear(long earliest, long gap, LongSupplier clock) {
    if (room(gap) < ROOM) {
      return earliest;
    }
    long begun = clock.getAsLong();
    long place = place(interruptions(clock));
    long after = earliest + clock.getAsLong() - begun;
    return place == UNKNOWN ? after : clear(after, gap, place);
  }

  /** The same, with the place of the tick known. */
  static long clear(long earliest, long gap, long place) {
    long room = room(gap);
    return earliest + Math.floorMod(place + room / 2 - earliest, room);
  }

  /** Of frames that are so far apart, nanoseconds between the places that they can have. */
  private static long room(long gap) {
    long one = INTERVAL;
    long other = gap;
    while (other != 0) {
      long rest = one % other;
      one = other;
      other = rest;
    }
    return gap == 0 ? 0 : one;
  }

  /** The places of what took the processor for a while, in the order in which they came. */
  private static long[] interruptions(LongSupplier clock) {
    long[] places = new long[MOST];
    int count = 0;
    long end = clock.getAsLong() + WATCHED;
    long before = clock.getAsLong();
    while (before - end < 0 && count < MOST) {
      long now = clock.getAsLong();
      if (now - before >= NOTICED) {
        places[count++] = Math.floorMod(before, INTERVAL);
      }
      before = now;
    }
    return Arrays.copyOf(places, count);
  }

  /**
   * The place with most interruptions: where the first of them is.
   *
   * @param places 0 to less than {@link #INTERVAL}
   * @return {@link #UNKNOWN} if none stands out
   */
  static long place(long[] places) {
    long best = UNKNOWN;
    long most = LEAST - 1;
    for (long place : places) {
      long near =
          Arrays.stream(places)
              .filter(other -> Math.floorMod(other - place, INTERVAL) <= NEAR)
              .count();
      if (near > most) {
        most = near;
        best = place;
      }
    }
    return best;
  }
}
