package io.tapdeck.capture.find;

import io.tapdeck.capture.index.Chapter;
import io.tapdeck.capture.index.IndexFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds out which parts of a segment are to be read. */
final class Stretches {
  private final Question question;
  private final List<Stretch> stretches = new ArrayList<>();

  private Stretches(Question question) {
    this.question = question;
  }

  /** All of it. */
  static List<Stretch> all(SearchedSegment segment) {
    return List.of(new Stretch(Stretch.FRONT, Stretch.END, segment.first()));
  }

  /**
   * What an index leaves of it.
   *
   * @param index of the segment; of one that is being written, of its first part
   */
  static List<Stretch> of(SearchedSegment segment, Question question, IndexFile index)
      throws IOException {
    if (index.isComplete() && !mayHold(question, index)) {
      return List.of();
    }
    Stretches found = new Stretches(question);
    long end = Stretch.FRONT;
    for (Chapter chapter : index.chapters()) {
      found.add(chapter);
      end = chapter.end();
    }
    if (!index.isComplete() || end < index.contentLength()) {
      found.add(new Stretch(end, Stretch.END, segment.first()));
    }
    return found.stretches;
  }

  private static boolean mayHold(Question question, IndexFile index) throws IOException {
    return question.overlaps(index.first(), index.last())
        && Narrowing.mayHold(question.terms(), index);
  }

  private void add(Chapter chapter) throws IOException {
    if (!question.overlaps(chapter.first(), chapter.last())) {
      return;
    }
    long blocks = 0;
    for (int i = 0; i < chapter.blocks(); i++) {
      if (question.overlaps(chapter.blockFirst(i), chapter.blockLast(i))) {
        blocks |= 1L << i;
      }
    }
    if (blocks != 0) {
      blocks &= Narrowing.blocks(question.terms(), chapter);
    }
    for (int i = 0; i < chapter.blocks(); i++) {
      if (((blocks >>> i) & 1) != 0) {
        add(new Stretch(chapter.blockStart(i), chapter.blockEnd(i), chapter.blockFirst(i)));
      }
    }
  }

  private void add(Stretch next) {
    if (next.to() > next.from()) {
      stretches.add(next);
    }
  }
}
