package io.tapdeck.web.job;

import java.io.IOException;
import java.time.Instant;

/** What becomes of a recording's course when one of its runs has ended. */
final class RunEnd {
  private RunEnd() {}

  /** The run ended with a report. */
  static Course inOrder(RecordingDocument document, Run run, RecorderWords report, Instant now) {
    Run.How how = report.failure().isEmpty() ? Run.How.DONE : Run.How.FAILED;
    Run over = run.ended(now, how, report.figures());
    Course ended = document.course().withLast(over).saying(report.failure());
    if (how == Run.How.FAILED) {
      return ended.withLast(over.because(report.failure())).interrupted();
    }
    if (RecorderLine.Left.of(document.with(ended), now).canHaveEnded()) {
      return ended.withLast(over.because("a limit was reached")).unwanted();
    }
    if (ended.wanted()) {
      // As a machine does that goes down.
      String why = "its recorder was ended by somebody else";
      return ended.withLast(over.because(why)).interrupted().saying(why);
    }
    return ended.withLast(over.because("it was stopped"));
  }

  /** The run ended without a word. */
  static Course killed(Course course, Run run, Figures last, String complaint) {
    String why = "its recorder was killed" + (complaint.isEmpty() ? "" : ": " + complaint);
    Run over = run.ended(Instant.now(), Run.How.KILLED, last).because(why);
    return course.withLast(over).interrupted().saying(why);
  }

  /**
   * The figures of a run that ended without a word: what reached its segments is known from them,
   * and the rest as it was last heard.
   *
   * @param numbers of the recording's directory, where all that was unfinished is finished
   */
  static Figures figuresOfKilled(Run run, SegmentNumbers numbers) throws IOException {
    SegmentNumbers.Sum sum = numbers.sumFrom(run.firstSegment());
    Figures heard = run.figures();
    // Some may have been removed, the last ones too: then they hold less than was written.
    int next = Math.max(numbers.next(), run.lastSegment() == null ? 0 : run.lastSegment() + 1);
    boolean complete = sum.segments() > 0 && sum.segments() == next - run.firstSegment();
    boolean known = complete || sum.packets() > heard.written();
    long written = known ? sum.packets() : heard.written();
    long received = Math.max(heard.received(), written + heard.droppedKernel());
    return new Figures(
        received,
        written,
        0,
        known ? sum.frameBytes() : heard.writtenBytes(),
        heard.droppedKernel(),
        heard.droppedInterface(),
        received - written - heard.droppedKernel());
  }
}
