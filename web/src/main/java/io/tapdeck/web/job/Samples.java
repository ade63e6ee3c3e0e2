package io.tapdeck.web.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last readings of a recording's figures, so many at most; kept in memory alone. */
final class Samples {
  private static final int MOST = 600;

  private final Deque<Sample> readings = new ArrayDeque<>();

  synchronized void add(Sample reading) {
    if (readings.size() == MOST) {
      readings.removeFirst();
    }
    readings.addLast(reading);
  }

  /** Of another run nothing is compared with these. */
  synchronized void clear() {
    readings.clear();
  }

  /** In order of time. */
  synchronized List<Sample> all() {
    return List.copyOf(readings);
  }
}
