package io.tapdeck.capture.find;

import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UnfinishedSegment;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A segment, or any capture file, that is searched.
 *
 * @param form what there is of it; of one that is being written, of what it will be
 * @param growing its name if it is being written
 * @param first no packet is earlier, in nanoseconds since 1970
 * @param last no packet is later
 */
public record SearchedSegment(
    SegmentForm form, Optional<SegmentName> growing, long first, long last) {
  /** In a data directory. */
  private static final String RECORDINGS = "recordings";

  /**
   * Looks for what there is to be searched.
   *
   * @param path a capture file; a directory of segments, also of those that are being written; or a
   *     data directory, with all of its recordings
   * @return none if it is a directory in which there is none
   * @throws IOException if it cannot be read
   */
  public static List<SearchedSegment> in(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(of(SegmentForm.of(path)));
    }
    Path recordings = path.resolve(RECORDINGS);
    if (!Files.isDirectory(recordings)) {
      return inDirectory(path);
    }
    List<SearchedSegment> all = new ArrayList<>();
    List<Path> directories;
    try (Stream<Path> entries = Files.list(recordings)) {
      directories = entries.filter(Files::isDirectory).sorted().toList();
    }
    for (Path directory : directories) {
      all.addAll(inDirectory(directory));
    }
    return List.copyOf(all);
  }

  private static List<SearchedSegment> inDirectory(Path directory) throws IOException {
    // First what is being written: what becomes complete meanwhile is seen then, not missed.
    List<SegmentName> growing = UnfinishedSegment.names(directory);
    List<SearchedSegment> all = new ArrayList<>();
    for (SegmentForm form : SegmentForm.in(directory)) {
      if (form.file().isPresent()) {
        all.add(of(form));
      }
    }
    for (SegmentName name : growing) {
      if (all.stream().noneMatch(complete -> complete.form().whole().equals(name.in(directory)))) {
        all.add(ofGrowing(directory, name));
      }
    }
    return all;
  }

  private static SearchedSegment of(SegmentForm form) {
    @Nullable Instant first = form.sidecar().map(Sidecar::first).orElse(null);
    @Nullable Instant last = form.sidecar().map(Sidecar::last).orElse(null);
    // Times of a file with microseconds are rounded down.
    long earliest = first == null ? Long.MIN_VALUE : UtcTime.toNanos(first) / 1000 * 1000;
    long latest = last == null ? Long.MAX_VALUE : UtcTime.toNanos(last);
    return new SearchedSegment(form, Optional.empty(), earliest, latest);
  }

  private static SearchedSegment ofGrowing(Path directory, SegmentName name) {
    SegmentForm form =
        new SegmentForm(
            name.in(directory), Optional.of(name.unfinishedIn(directory)), 0, Optional.empty());
    long earliest = UtcTime.toNanos(name.opened()) - SegmentName.SLACK_NANOS;
    return new SearchedSegment(form, Optional.of(name), earliest, Long.MAX_VALUE);
  }

  /** The directory that it is in. */
  Path directory() {
    return form.whole().toAbsolutePath().resolveSibling("");
  }
}
