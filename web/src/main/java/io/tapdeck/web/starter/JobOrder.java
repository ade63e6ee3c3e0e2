package io.tapdeck.web.starter;

import io.tapdeck.capture.segment.SegmentName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A recorder or player that is to be started, and nothing else that could be: which job of the data
 * directory it works for, and the options that say how. The words of its command line are made
 * here, from these, and none is taken over as it is.
 *
 * @param id of the recording or replay
 * @param options each {@code --name} or {@code --name=value}
 * @param source the recording that a player plays; none for a recorder
 * @param segments names of that recording's files, in order; none for a recorder
 */
public record JobOrder(
    JobKind kind, UUID id, List<String> options, Optional<UUID> source, List<String> segments) {
  private static final int MOST_OPTIONS = 2048;
  private static final int MOST_SEGMENTS = 4096;

  /**
   * @throws IllegalArgumentException if it is none that an appliance could give
   */
  public JobOrder {
    options = List.copyOf(options);
    segments = List.copyOf(segments);
    boolean isReplay = kind == JobKind.REPLAY;
    if (source.isPresent() != isReplay || segments.isEmpty() == isReplay) {
      throw new IllegalArgumentException("a player, and only that, plays segments of a recording");
    }
    if (options.size() > MOST_OPTIONS || segments.size() > MOST_SEGMENTS) {
      throw new IllegalArgumentException("it has too many words");
    }
    parse(kind, options);
    for (String segment : segments) {
      if (SegmentName.ofComplete(segment).isEmpty()) {
        throw new IllegalArgumentException("that is no name of a segment");
      }
    }
  }

  private static List<JobOption> parse(JobKind kind, List<String> options) {
    List<JobOption> all = options.stream().map(word -> JobOption.parse(kind, word)).toList();
    if (all.stream().filter(option -> option.name().equals("interface")).count() != 1
        || all.stream().filter(option -> option.name().equals("netns")).count() > 1) {
      throw new IllegalArgumentException("it needs one --interface, and no more than one --netns");
    }
    return all;
  }

  /** A recorder. */
  public static JobOrder record(UUID recording, List<String> options) {
    return new JobOrder(JobKind.RECORD, recording, options, Optional.empty(), List.of());
  }

  /** A player. */
  public static JobOrder replay(
      UUID replay, List<String> options, UUID source, List<String> segments) {
    return new JobOrder(JobKind.REPLAY, replay, options, Optional.of(source), segments);
  }

  /** The value of an option that it has once at most. */
  public Optional<String> option(String name) {
    return parse(kind, options).stream()
        .filter(option -> option.name().equals(name))
        .findFirst()
        .map(JobOption::value);
  }

  /** The job's own directory. */
  public Path directory(Path data) {
    return kind.directory(data, id);
  }

  /** The command and its options. */
  public List<String> words(Path data) {
    List<String> words = new ArrayList<>(List.of(kind.command(), "--json", "--quiet"));
    words.add("--control=" + directory(data).resolve(JobKind.SOCKET));
    if (kind == JobKind.RECORD) {
      words.add("--recording=" + id);
      words.add("--output=" + directory(data));
    } else {
      words.add("--no-keys");
    }
    parse(kind, options).forEach(option -> words.add(option.word()));
    source.ifPresent(recording -> {
      words.add("--");
      Path there = JobKind.RECORD.directory(data, recording);
      segments.forEach(name -> words.add(there.resolve(name).toString()));
    });
    return words;
  }
}
