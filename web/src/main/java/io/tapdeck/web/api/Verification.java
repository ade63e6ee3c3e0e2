package io.tapdeck.web.api;

import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentVerifier;
import io.tapdeck.capture.segment.SegmentVerifier.Verdict;
import io.tapdeck.web.http.EventStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A segment that is read again and compared with its sidecar, told as events while that goes on.
 */
final class Verification {
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

  private final EventStream events;
  private final long bytes;
  private long read;
  private long due = System.nanoTime();

  /**
   * Of one segment.
   *
   * @param bytes of its content
   */
  Verification(EventStream events, long bytes) {
    this.events = events;
    this.bytes = bytes;
  }

  /**
   * How far it is.
   *
   * @param read bytes of content, uncompressed
   * @param of so many
   */
  record Progress(long read, long of) {}

  /**
   * How the segment was found.
   *
   * @param state as {@code files verify} has it
   * @param reasons why it is not ok
   */
  record Outcome(String state, List<String> reasons) {}

  /**
   * Verifies it.
   *
   * @param file of the segment, in the recording's own directory
   * @throws io.tapdeck.web.http.EventStreamEndedException if nobody listens any more
   */
  void run(Path file) throws IOException {
    Optional<Verdict> verdict = new SegmentVerifier(this::read).verify(SegmentForm.of(file));
    events.send(
        "verdict",
        verdict
            .map(found -> outcome(found, file))
            .orElse(new Outcome("missing", List.of("it went before it was verified"))));
  }

  /** Where the files are on the server is nobody's business. */
  private static Outcome outcome(Verdict verdict, Path file) {
    String place = file.resolveSibling("").toString() + "/";
    return new Outcome(
        verdict.state().toString(),
        verdict.reasons().stream().map(reason -> reason.replace(place, "")).toList());
  }

  private void read(long more) {
    read += more;
    long now = System.nanoTime();
    if (now - due >= 0) {
      due = now + INTERVAL;
      events.send("progress", new Progress(Math.min(read, bytes), bytes));
    }
  }
}
