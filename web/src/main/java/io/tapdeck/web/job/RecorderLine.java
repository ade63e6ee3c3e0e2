package io.tapdeck.web.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The options that a recorder is started with. */
final class RecorderLine {
  private static final int RECORD_HEADER = 16;
  private static final int FILE_HEADER = 24;

  /** A size limit ends a recording before the frame that would exceed it. */
  private static final long LONGEST_FRAME = 1 << 18;

  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

  private RecorderLine() {}

  /**
   * What is left of the limits. They count from when somebody last wanted the recording, over all
   * its runs since.
   *
   * @param bytes of segments' files
   */
  record Left(Optional<Duration> time, Optional<Long> bytes, Optional<Long> packets) {
    static Left of(RecordingDocument document, Instant now) {
      RecordingRequest request = document.request();
      Figures done = document.course().sinceWanted();
      return new Left(
          Bounds.maybe(request.stopAfterTime())
              .map(limit -> limit.minus(Duration.between(document.course().since(), now))),
          Bounds.maybe(request.stopAfterBytes()).map(limit -> limit - fileBytes(done)),
          Bounds.maybe(request.stopAfterPackets()).map(limit -> limit - done.written()));
    }

    private static long fileBytes(Figures done) {
      return done.writtenBytes() + RECORD_HEADER * done.written();
    }

    /** Whether nothing more can be recorded. */
    boolean isNothing() {
      return time.filter(left -> left.compareTo(Duration.ofMillis(1)) < 0).isPresent()
          || bytes.filter(left -> left <= FILE_HEADER + RECORD_HEADER).isPresent()
          || packets.filter(left -> left < 1).isPresent();
    }

    /** Whether it can be what ended a recorder that ended in order. */
    boolean canHaveEnded() {
      return time.filter(left -> left.compareTo(CLOCKS_DIFFER) < 0).isPresent()
          || bytes.filter(left -> left < LONGEST_FRAME).isPresent()
          || packets.filter(left -> left < 1).isPresent();
    }
  }

  static List<String> of(RecordingDocument document, String interfaceName, Left left) {
    RecordingRequest request = document.request();
    List<String> words = new ArrayList<>();
    words.add("--interface=" + interfaceName);
    Bounds.maybe(document.source().netns()).ifPresent(name -> words.add("--netns=" + name));
    if (!request.filter().isBlank()) {
      words.add("--filter=" + request.filter());
    }
    words.add("--direction=" + request.direction());
    words.add("--snaplen=" + request.snaplen());
    words.add("--rotate-size=" + request.rotateSize());
    Bounds.maybe(request.rotateEvery())
        .ifPresent(time -> words.add("--rotate-every=" + Bounds.seconds(time)));
    Bounds.maybe(request.keepBytes()).ifPresent(bytes -> words.add("--keep-bytes=" + bytes));
    Bounds.maybe(request.keepFiles()).ifPresent(files -> words.add("--keep-files=" + files));
    Bounds.maybe(request.keepAge())
        .ifPresent(time -> words.add("--keep-age=" + Bounds.seconds(time)));
    Bounds.maybe(request.keepFree())
        .ifPresent(percent -> words.add("--keep-free=" + percent + "%"));
    left.time().ifPresent(time -> words.add("--stop-after=" + Bounds.seconds(time)));
    left.bytes().ifPresent(bytes -> words.add("--stop-after=" + bytes + "B"));
    left.packets().ifPresent(packets -> words.add("--stop-after=" + packets + "p"));
    return words;
  }
}
