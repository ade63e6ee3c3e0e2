package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a recording until now.
 *
 * @param wanted whether it should be recording
 * @param since when somebody last wanted it: limits count from here
 * @param endedAt when it came to its end, null before
 * @param lastWords why it ended, or does not go on; empty if there is nothing to say
 * @param interruptions how often it stood still without being told to
 * @param runs in order; the oldest of very many are one
 */
record Course(
    boolean wanted,
    Instant since,
    @Nullable Instant endedAt,
    String lastWords,
    long interruptions,
    List<Run> runs) {
  private static final int MOST_RUNS = 100;
  private static final int LONGEST_WORDS = 4000;

  Course {
    Bounds.given("since", since);
    Bounds.given("lastWords", lastWords);
    lastWords = lastWords.substring(0, Math.min(LONGEST_WORDS, lastWords.length()));
    runs = List.copyOf(Bounds.given("runs", runs));
    if (interruptions < 0) {
      throw new IllegalArgumentException("interruptions are counted from 0");
    }
    if (runs.stream().limit(Math.max(0, runs.size() - 1)).anyMatch(Run::isOpen)) {
      throw new IllegalArgumentException("a run that is not the last one goes on");
    }
  }

  static Course wantedFrom(Instant at) {
    return new Course(true, at, null, "", 0, List.of());
  }

  /** The run that goes on, or of which nobody knows yet how it ended. */
  @JsonIgnore
  Optional<Run> openRun() {
    return runs.isEmpty() || !runs.getLast().isOpen()
        ? Optional.empty()
        : Optional.of(runs.getLast());
  }

  /** The figures of all runs, the open one's as they were last heard. */
  @JsonIgnore
  Figures total() {
    return sum(runs);
  }

  /** What was recorded since somebody last wanted it. */
  @JsonIgnore
  Figures sinceWanted() {
    return sum(runs.stream().filter(run -> !run.startedAt().isBefore(since)).toList());
  }

  private static Figures sum(List<Run> some) {
    return some.stream().map(Run::figures).reduce(Figures.NONE, Figures::plus);
  }

  Course unwanted() {
    return new Course(false, since, endedAt, lastWords, interruptions, runs);
  }

  Course wantedAgain(Instant at) {
    return new Course(true, at, null, "", interruptions, runs);
  }

  Course ended(Instant at) {
    return new Course(false, since, at, lastWords, interruptions, runs);
  }

  Course saying(String words) {
    return new Course(wanted, since, endedAt, words, interruptions, runs);
  }

  Course interrupted() {
    return new Course(wanted, since, endedAt, lastWords, interruptions + 1, runs);
  }

  Course begun(Run run) {
    List<Run> all = new ArrayList<>(runs);
    if (all.size() >= MOST_RUNS) {
      all.set(1, all.get(0).joined(all.get(1)));
      all.removeFirst();
    }
    all.add(run);
    return with(all);
  }

  Course withLast(Run run) {
    List<Run> all = new ArrayList<>(runs);
    all.set(all.size() - 1, run);
    return with(all);
  }

  /** Without the last run, which never began. */
  Course withoutLast() {
    return with(runs.subList(0, runs.size() - 1));
  }

  private Course with(List<Run> others) {
    return new Course(wanted, since, endedAt, lastWords, interruptions, others);
  }
}
