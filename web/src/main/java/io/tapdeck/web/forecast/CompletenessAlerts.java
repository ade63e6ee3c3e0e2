package io.tapdeck.web.forecast;

import io.tapdeck.web.mirror.Completeness;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Copies that were lost between a mirror and the disk, as they are seen from one look to the next.
 * Not for several threads at once.
 *
 * <p>Counters only rise, so of what a step had when it was looked at some seconds ago, whatever the
 * next step has not now is lost, also while traffic goes on. Once it pauses, all that is missing
 * is. What was lost is told for some time, and again when more is.
 */
public final class CompletenessAlerts {
  /** So long a copy is on its way at most, and counted where it comes to. */
  static final Duration ON_THE_WAY = Duration.ofSeconds(5);

  private final Map<Place, Seen> known = new HashMap<>();

  /** A step of a mirror. */
  private record Place(String mirror, String step) {}

  /** What a step should have had, at a time. */
  private record Reading(Instant at, long expected) {}

  /** What was seen of a step. */
  private static final class Seen {
    private final Deque<Reading> readings = new ArrayDeque<>();
    private long lost;
    private boolean isExact;
    private Instant grewAt = Instant.MIN;

    void look(Completeness.Step step, Instant now) {
      if (!readings.isEmpty() && step.expected() < readings.getLast().expected()) {
        // It is counted anew, as by another recorder: what was lost before is in its figures.
        readings.clear();
        lost = 0;
      }
      readings.removeIf(one -> one.at().isAfter(now));
      readings.addLast(new Reading(now, step.expected()));
      Instant come = now.minus(ON_THE_WAY);
      while (readings.size() > 1 && !second().at().isAfter(come)) {
        readings.removeFirst();
      }
      if (step.isSettled()) {
        found(step.missing(), since(step, now));
        lost = step.missing();
        isExact = true;
      } else if (!readings.getFirst().at().isAfter(come)) {
        found(readings.getFirst().expected() - step.count(), now);
      }
    }

    private Reading second() {
      return readings.stream().skip(1).findFirst().orElseThrow();
    }

    /** What nobody looked at was lost when the step before had its last, or earlier. */
    private static Instant since(Completeness.Step step, Instant now) {
      Double age = step.ageSeconds();
      return age == null ? now : now.minusSeconds(age.longValue());
    }

    private void found(long missing, Instant at) {
      if (missing > lost) {
        lost = missing;
        isExact = false;
        grewAt = at;
      }
    }
  }

  /**
   * Looks at all; what is on its way is not lost.
   *
   * @param now not before that of the last look, unless the clock was set
   */
  public List<Alert> look(List<Completeness> mirrors, Instant now) {
    List<Alert> alerts = new ArrayList<>();
    Set<Place> there = new HashSet<>();
    for (Completeness mirror : mirrors) {
      for (Completeness.Step step : mirror.steps()) {
        Place place = new Place(mirror.name(), step.step());
        there.add(place);
        Seen seen = known.computeIfAbsent(place, any -> new Seen());
        seen.look(step, now);
        if (seen.lost > 0 && seen.grewAt.plus(RecordingAlerts.LATELY).isAfter(now)) {
          alerts.add(alert(mirror.name(), step, seen));
        }
      }
    }
    known.keySet().retainAll(there);
    return alerts;
  }

  private static Alert alert(String name, Completeness.Step step, Seen seen) {
    String says =
        "Mirror '%s' is not complete: %s%d of %d copies were not %s, the last of them at %s"
            .formatted(
                name,
                seen.isExact ? "" : "at least ",
                seen.lost,
                step.expected(),
                step.step(),
                seen.grewAt.truncatedTo(ChronoUnit.SECONDS));
    String todo =
        switch (step.step()) {
          case "delivered" ->
              "They were lost between the hosts: look at the path of the tunnel and its MTU, and at"
                  + " the agents of both.";
          case "arrived", "received" ->
              "They were lost on this machine, before the recorder: look at its load, and at the"
                  + " drops of the tap NIC.";
          default ->
              "The recorder fell behind: record less, or give it a faster disk or processor.";
        };
    return Alert.warning(
        null, says + (step.said().isEmpty() ? "" : " (" + step.said() + ")"), todo);
  }
}
