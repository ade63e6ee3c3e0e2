package io.tapdeck.web.job;

import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.SidecarFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a recording's segments, by their numbers.
 *
 * @param directory the recording's
 */
record SegmentNumbers(Path directory) {
  /** Any file that belongs to a segment, complete or not. */
  private static final Pattern OF_SEGMENT =
      Pattern.compile(
          "\\d{8}T\\d{6}\\.\\d{9}Z-(\\d{6,9})\\.pcap(?:ng)?"
              + "(?:\\.json\\.draft|(?:\\.json|\\.zst|\\.gz)?(?:\\.part)?)");

  private static final String SIDECAR = ".json";

  /** What segments hold together. */
  record Sum(long segments, long packets, long frameBytes) {}

  /** The lowest number that a new segment can have. */
  int next() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return 1 + files.flatMapToInt(file -> number(file).stream()).max().orElse(0);
    }
  }

  /** What the complete segments from a number on hold. */
  Sum sumFrom(int first) throws IOException {
    long segments = 0;
    long packets = 0;
    long frameBytes = 0;
    for (Path file : all()) {
      if (number(file).orElse(0) >= first && file.toString().endsWith(SIDECAR)) {
        Optional<Sidecar> sidecar = SidecarFile.read(file);
        if (sidecar.isPresent()) {
          segments++;
          packets += sidecar.get().packets();
          frameBytes += sidecar.get().frameBytes();
        }
      }
    }
    return new Sum(segments, packets, frameBytes);
  }

  /** Whether retention, and so others, must leave one of them. */
  boolean hasProtected() throws IOException {
    for (Path file : all()) {
      if (file.toString().endsWith(SIDECAR)
          && SidecarFile.read(file).filter(Sidecar::isProtected).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The complete segments of these numbers.
   *
   * @param numbers null for all
   * @throws JobRefusal if there are none, too many, or some of them are not there
   */
  SegmentChoice choose(String recordingName, @Nullable List<Integer> numbers) throws IOException {
    Map<Integer, Path> found = new TreeMap<>();
    for (Path file : all()) {
      complete(file)
          .flatMap(name -> name.findIn(directory))
          .ifPresent(there -> found.put(number(there).orElseThrow(), there));
    }
    if (numbers != null) {
      for (int wanted : numbers) {
        if (!found.containsKey(wanted)) {
          throw new JobRefusal(
              JobRefusal.Kind.IMPOSSIBLE, "there is no segment " + wanted + " any more");
        }
      }
      found.keySet().retainAll(Set.copyOf(numbers));
    }
    if (found.isEmpty() || found.size() > ReplayRequest.MOST_SEGMENTS) {
      throw new JobRefusal(
          JobRefusal.Kind.IMPOSSIBLE,
          found.isEmpty()
              ? "there is no complete segment to play yet"
              : "there are "
                  + found.size()
                  + " segments, and a replay has at most "
                  + ReplayRequest.MOST_SEGMENTS
                  + ": choose some of them");
    }
    long packets = 0;
    for (Path file : found.values()) {
      Path sidecar = complete(file).orElseThrow().sidecarIn(directory);
      packets += SidecarFile.read(sidecar).map(Sidecar::packets).orElse(0L);
    }
    return new SegmentChoice(
        recordingName, List.copyOf(found.keySet()), List.copyOf(found.values()), packets);
  }

  /** Every file of a segment. */
  List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> number(file).isPresent()).toList();
    }
  }

  private static Optional<SegmentName> complete(Path file) {
    return SegmentName.ofComplete(file.getFileName().toString());
  }

  private static OptionalInt number(Path file) {
    Matcher form = OF_SEGMENT.matcher(file.getFileName().toString());
    return form.matches() ? OptionalInt.of(Integer.parseInt(form.group(1))) : OptionalInt.empty();
  }
}
