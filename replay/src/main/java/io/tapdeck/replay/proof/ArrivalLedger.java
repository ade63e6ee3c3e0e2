package io.tapdeck.replay.proof;

import java.util.Arrays;

/**
 * Compares what arrives with what was sent, frame by frame, in a window of the frames sent last.
 * Most arrive in order, and take one comparison. For the others the frames of the window that did
 * not arrive so far are found by their fingerprint; of several that are the same, the one sent
 * first is taken.
 *
 * <p>A frame is out of order if one that was sent after it arrived before it (RFC 4737, section 3).
 *
 * <p>Not for use by two threads at once; allocates nothing.
 */
final class ArrivalLedger {
  private static final int NONE = -1;

  /** Fingerprints of arrivals that are remembered, to know what comes a second time. */
  private static final int REMEMBERED = 1 << 18;

  /** Parts of the window that the writer gets back at a time. */
  private static final int RETIREMENTS = 16;

  /** Nanoseconds: a call that goes on for longer is not one that sends. */
  private static final long LONGEST_HAND_OVER = 1_000_000_000;

  private final SentFrames sent;
  private final int mask;

  /** For each place in the window: whether its frame arrived, and is in a bucket. */
  private final byte[] states;

  private static final byte ARRIVED = 1;
  private static final byte LISTED = 2;

  /** Frames by their fingerprints: in each bucket in the order in which they were sent. */
  private final int[] first;

  private final int[] last;
  private final int[] following;

  private final long[] remembered = new long[REMEMBERED];

  /** The window's oldest frame, the one expected next, and the first that is in no bucket yet. */
  private long oldest;

  private long expected;
  private long unlisted;
  private long toldRetired;

  private long arrived;
  private long outOfOrder;
  private long gaps;
  private long duplicates;
  private long unrelated;

  ArrivalLedger(SentFrames sent) {
    this.sent = sent;
    int capacity = sent.capacity();
    mask = capacity - 1;
    states = new byte[capacity];
    first = new int[capacity];
    last = new int[capacity];
    following = new int[capacity];
    Arrays.fill(first, NONE);
  }

  /** Takes note of a frame that arrived. */
  void arrive(long fingerprint) {
    if (isExpected(fingerprint)) {
      advance(fingerprint);
      return;
    }
    awaitHandOver();
    if (isExpected(fingerprint)) {
      advance(fingerprint);
      return;
    }
    listAll();
    long number = find(fingerprint);
    if (number >= 0) {
      found(number, fingerprint);
    } else if (remembered[slot(fingerprint)] == fingerprint) {
      duplicates++;
    } else {
      unrelated++;
    }
  }

  /**
   * Nothing is waiting to be read: what was sent a long time ago will not come any more, and makes
   * room.
   */
  void nothingThere() {
    long published = sent.published();
    if (published - expected > sent.capacity() / 4) {
      // Listed, so that it is known if it comes after all.
      listAll();
      expected = published - sent.capacity() / 8;
      gaps++;
      retire();
    }
  }

  /** Frames that arrived, of those that were sent. */
  long arrived() {
    return arrived;
  }

  /** Of those, the ones that arrived after one that was sent after them. */
  long outOfOrder() {
    return outOfOrder;
  }

  /** How often frames were passed over that had not arrived. */
  long gaps() {
    return gaps;
  }

  /** Frames that arrived once more. */
  long duplicates() {
    return duplicates;
  }

  /** Frames that are none of those that were sent. */
  long unrelated() {
    return unrelated;
  }

  private boolean isExpected(long fingerprint) {
    return expected < sent.published() && sent.at(expected) == fingerprint;
  }

  private void advance(long fingerprint) {
    states[(int) expected & mask] |= ARRIVED;
    remembered[slot(fingerprint)] = fingerprint;
    arrived++;
    expected++;
    retire();
  }

  private void found(long number, long fingerprint) {
    states[(int) number & mask] |= ARRIVED;
    remembered[slot(fingerprint)] = fingerprint;
    arrived++;
    if (number < expected) {
      outOfOrder++;
      return;
    }
    if (number > expected) {
      gaps++;
    }
    expected = number + 1;
    retire();
  }

  /** A frame may arrive before the call that sends it has returned, and it is told of. */
  private void awaitHandOver() {
    long seen = sent.handovers();
    if ((seen & 1) != 0) {
      long until = System.nanoTime() + LONGEST_HAND_OVER;
      while (sent.handovers() == seen && System.nanoTime() - until < 0) {
        Thread.onSpinWait();
      }
    }
  }

  /** Half the window is for what was sent and not seen yet, half for what comes late. */
  private void retire() {
    long keptFrom = expected - sent.capacity() / 2;
    while (oldest < keptFrom) {
      int place = (int) oldest & mask;
      if ((states[place] & LISTED) != 0) {
        unlist(place);
      }
      states[place] = 0;
      oldest++;
    }
    if (oldest - toldRetired >= sent.capacity() / RETIREMENTS) {
      toldRetired = oldest;
      sent.retire(oldest);
    }
    unlisted = Math.max(unlisted, oldest);
  }

  /** Puts all frames that may still arrive into their buckets. */
  private void listAll() {
    long published = sent.published();
    for (long number = Math.max(unlisted, expected); number < published; number++) {
      int place = (int) number & mask;
      int bucket = bucket(sent.at(number));
      following[place] = NONE;
      if (first[bucket] == NONE) {
        first[bucket] = place;
      } else {
        following[last[bucket]] = place;
      }
      last[bucket] = place;
      states[place] |= LISTED;
    }
    unlisted = Math.max(unlisted, published);
  }

  /** The frame sent first that has a fingerprint and did not arrive; negative if there is none. */
  private long find(long fingerprint) {
    int bucket = bucket(fingerprint);
    int before = NONE;
    int place = first[bucket];
    while (place != NONE) {
      int next = following[place];
      if ((states[place] & ARRIVED) != 0) {
        remove(bucket, before, place);
      } else {
        if (fingerprintAt(place) == fingerprint) {
          remove(bucket, before, place);
          return numberAt(place);
        }
        before = place;
      }
      place = next;
    }
    return NONE;
  }

  /** Takes the window's oldest frame out of its bucket, where it is the first. */
  private void unlist(int place) {
    remove(bucket(fingerprintAt(place)), NONE, place);
  }

  private void remove(int bucket, int before, int place) {
    if (before == NONE) {
      first[bucket] = following[place];
    } else {
      following[before] = following[place];
    }
    if (last[bucket] == place) {
      last[bucket] = before;
    }
    states[place] &= ~LISTED;
  }

  private long numberAt(int place) {
    return oldest + ((place - oldest) & mask);
  }

  private long fingerprintAt(int place) {
    return sent.at(place);
  }

  private int bucket(long fingerprint) {
    return (int) (fingerprint >>> 32) & mask;
  }

  private static int slot(long fingerprint) {
    return (int) fingerprint & (REMEMBERED - 1);
  }
}
