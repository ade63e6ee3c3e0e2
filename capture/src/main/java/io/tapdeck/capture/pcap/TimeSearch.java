package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Finds where in a capture file to begin reading for what was captured from some time on, without
 * reading all that is before: by bisection.
 *
 * <p>It relies on one thing, that no packet of the file is older than any before it by more than
 * {@link #DISORDER}, and is exact then: nothing is passed over that is to be found. Where it sees
 * that this is not so, nothing is passed over at all.
 *
 * <p>Somewhere in the middle of a file nothing tells where a record begins, and frames may hold
 * what looks like records, such as the pieces of a capture file that somebody has copied over the
 * network. So it does not look for a place that seems right, it rules out all that are wrong. From
 * a stretch as long as the longest record, in which one must begin, every place is followed that
 * could be a record's, from there to where the next record would be, and so on, until all the ways
 * that are left meet in one place. The true way is among them, since every true record could be
 * one; so that place is a true record's. Where ways stay apart, such as those of a second chain of
 * records that somebody has woven into the frames, the place is not used.
 */
final class TimeSearch {
  /**
   * In nanoseconds: how much older than any before it a packet may be. Several processors, queues
   * and interfaces put packets out of order by much less; a clock that is set back does so by more.
   */
  static final long DISORDER = 1_000_000_000L;

  /** What a stretch is read for, in longest records: finding one, and following the ways. */
  private static final int STRETCH = 4;

  /** The most that one read asks for. */
  private static final int READ_LENGTH = 1 << 17;

  /** Places evenly over the file that are looked at first: they show a clock that was set back. */
  private static final int SAMPLES = 8;

  /** Records in a row that all must be before the time: one may have a wrong one. */
  private static final int RECORDS = 8;

  private static final long NOWHERE = -1;

  private final FileWindow window;
  private final PacketCursor form;
  private final int longest;
  private final int alignment;
  private final ByteBuffer stretch;
  private final BitSet ways;

  /** Where in the file the stretch begins, how much of it is there, and if the file ends then. */
  private long stretchStart;

  private int loaded;
  private boolean atEnd;

  /** Of the place that was looked at last: the first time, and the latest of some records. */
  private long placeTime;

  private long placeLatest;

  /** What was seen of the order of time: the last place before the time, and the first after. */
  private long timeBefore;

  private long earliest = Long.MIN_VALUE;

  /** Whether there is so much that a search is worth its while. */
  static boolean isWorthwhile(FileWindow window, PacketCursor form, long start) throws IOException {
    return window.fileLength() - start > 2 * least(window, form);
  }

  /** Bytes that are rather read through than searched. */
  private static long least(FileWindow window, PacketCursor form) {
    return Math.max((long) STRETCH * form.longestRecord(), window.grain());
  }

  /** Takes four times the longest record of memory. */
  TimeSearch(FileWindow window, PacketCursor form) {
    this.window = window;
    this.form = form;
    this.longest = form.longestRecord();
    this.alignment = form.alignment();
    this.stretch = ByteBuffer.allocateDirect(STRETCH * longest).order(window.bytes().order());
    this.ways = new BitSet(stretch.capacity() + 1);
  }

  /**
   * Looks for a record before which there is nothing of the time, or of later.
   *
   * @param start where a record begins in the file
   * @param time in nanoseconds since 1970
   * @return where such a record begins: {@code start}, or further on
   */
  long find(long start, long time) throws IOException {
    long end = window.fileLength();
    long least = least(window, form);
    if (!look(start)) {
      return start;
    }
    earliest = placeTime - DISORDER;
    timeBefore = placeTime;
    if (placeLatest >= time - DISORDER) {
      return start;
    }
    long from = start;
    long to = end;
    long samples = Math.min(SAMPLES, (end - start) / least);
    long timeAfter = Long.MAX_VALUE;
    long seen = placeTime;
    for (int sample = 1; sample < samples; sample++) {
      long place = synchronise(start + (end - start) / samples * sample);
      if (place == NOWHERE) {
        continue;
      }
      if (placeTime < seen - DISORDER) {
        return start;
      }
      seen = Math.max(seen, placeTime);
      if (isBefore(time) && timeAfter == Long.MAX_VALUE) {
        from = place;
        timeBefore = placeTime;
      } else if (timeAfter == Long.MAX_VALUE) {
        to = place;
        timeAfter = placeTime;
      }
    }
    while (to - from > least) {
      long middle = from + (to - from) / 2;
      long place = synchronise(middle);
      if (place == NOWHERE) {
        to = middle;
        continue;
      }
      if (placeTime < timeBefore - DISORDER || placeTime - DISORDER > timeAfter) {
        return start;
      }
      if (isBefore(time)) {
        from = place;
        timeBefore = placeTime;
      } else {
        to = middle;
        timeAfter = placeTime;
      }
    }
    return from;
  }

  /** Whether all that is before the place that was looked at last is before the time. */
  private boolean isBefore(long time) {
    return placeLatest < time - DISORDER;
  }

  /**
   * Finds a record not far after a place.
   *
   * @return where it begins; {@link #NOWHERE} if it is not certain that any does
   */
  private long synchronise(long from) throws IOException {
    // Of blocks that are aligned, none begins between.
    long aligned = (from + alignment - 1) / alignment * alignment;
    begin(aligned);
    ways.clear();
    boolean lost = false;
    for (int at = 0; at < longest; at += alignment) {
      if (!load(at + form.longestHeader())) {
        // So near to the end there may be no record that begins.
        return NOWHERE;
      }
      long next = next(at);
      if (next >= longest) {
        if (next > stretch.capacity()) {
          lost = true;
        } else {
          ways.set((int) next);
        }
      }
    }
    int at = ways.nextSetBit(longest);
    while (at >= 0 && !lost) {
      int other = ways.nextSetBit(at + 1);
      if (other < 0) {
        long place = stretchStart + at;
        return look(place) ? place : NOWHERE;
      }
      if (load(at + form.longestHeader())) {
        long next = next(at);
        if (next > stretch.capacity()) {
          lost = true;
        } else if (next >= 0) {
          ways.set((int) next);
          other = Math.min(other, (int) next);
        }
      } else {
        // It may well be one, of a file that ends here, or of a way that is longer than this.
        lost = true;
      }
      at = other;
    }
    return NOWHERE;
  }

  /** Where the record after one that begins here would; negative if none can begin here. */
  private long next(int at) throws IOException {
    long length = form.recordLength(stretch, at);
    if (length < 0) {
      return NOWHERE;
    }
    long time = form.recordTime(stretch, at);
    if (time != PacketCursor.NO_TIME && time < earliest) {
      return NOWHERE;
    }
    long next = at + length;
    boolean ends =
        !form.hasTrailer()
            || next > stretch.capacity()
            || !load((int) next)
            || form.recordEnds(stretch, at, length);
    return ends ? next : NOWHERE;
  }

  /**
   * Takes the times of the record that begins at a place in the file, and of some after it.
   *
   * @return false if they are none
   */
  private boolean look(long place) throws IOException {
    if (loaded == 0 || place < stretchStart || place >= stretchStart + loaded) {
      begin(place);
    }
    long at = place - stretchStart;
    placeTime = PacketCursor.NO_TIME;
    placeLatest = PacketCursor.NO_TIME;
    for (int records = 0; records < RECORDS; records++) {
      if (at > stretch.capacity() || !load((int) at + form.longestHeader())) {
        break;
      }
      long next = next((int) at);
      if (next < 0) {
        // Where the file is damaged it may be that no true record is near, and a false one alone.
        return false;
      }
      long time = form.recordTime(stretch, (int) at);
      if (time != PacketCursor.NO_TIME) {
        placeTime = placeTime == PacketCursor.NO_TIME ? time : placeTime;
        placeLatest = Math.max(placeLatest, time);
      }
      at = next;
    }
    return placeTime != PacketCursor.NO_TIME;
  }

  private void begin(long place) {
    stretchStart = place;
    loaded = 0;
    atEnd = false;
  }

  /** Whether so much of the stretch is, or now came, into memory. */
  private boolean load(int length) throws IOException {
    while (loaded < length && length <= stretch.capacity() && !atEnd) {
      stretch.limit(Math.min(stretch.capacity(), Math.max(length, loaded + READ_LENGTH)));
      stretch.position(loaded);
      atEnd = !window.readAt(stretchStart + loaded, stretch);
      loaded = stretch.position();
      stretch.clear();
    }
    return loaded >= length;
  }
}
