package io.tapdeck.replay.input;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What could not be read of the files, a line each, each once. Any thread may ask. */
final class Damages {
  /** With more, nobody reads them. */
  private static final int MOST = 1_000;

  private final CopyOnWriteArrayList<String> lines = new CopyOnWriteArrayList<>();

  void add(String line) {
    if (lines.size() < MOST) {
      boolean _ = lines.addIfAbsent(line);
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
