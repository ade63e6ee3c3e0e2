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
 * is. What was lost is told for some time, and again when more is. A counter may lag: what comes
 * after all is told no more, and one whose agent is away tells nothing.
 */
public final class CompletenessAlerts {
  /** So long a copy is on its way at most, and counted where it comes to. */
  static final Duration ON_THE_WAY = Duration.ofSeconds(5);

  private final Map<Place, Seen> known = new HashMap<>();

  /** A step of a mirror. */
  private record Place(String mirror, String step) {}

  /** What a step should have had, at a time. */
  private record Reading(Instant at, long expected) {}

  /**
   * What was lost of a step's copies.
   *
   * @param isExact or there are at least so many
   * @param last when the last of them was, or it was seen
   */
  private record Loss(long copies, boolean isExact, Instant last) {
    static final Loss NONE = new Loss(0, true, Instant.MIN);
  }

  /** A mirror, and whether the agent of its destination tells what is delivered, now. */
  public record Watched(Completeness mirror, boolean isDestinationHeard) {
    private boolean isHeard(Completeness.Step step) {
      return isDestinationHeard || !step.step().equals("delivered");
    }
  }

  /** What was seen of a step. */
  private static final class Seen {
    private final Deque<Reading> readings = new ArrayDeque<>();
    private boolean wasUnheard;

    /** When traffic paused last. Only the next pause can show that it was not so. */
    private Loss settled = Loss.NONE;

    private Loss loss = Loss.NONE;

    /** Looks at it while nobody tells how it is. */
    void miss() {
      readings.clear();
      wasUnheard = true;
    }

    void look(Completeness.Step step, Instant now) {
      if (!readings.isEmpty() && step.expected() < readings.getLast().expected()) {
        // It is counted anew, as by another recorder: what was lost before is in its figures.
        readings.clear();
        settled = Loss.NONE;
        loss = Loss.NONE;
      }
      boolean isCome = add(new Reading(now, step.expected()));
      wasUnheard &= !isCome;
      if (step.isSettled()) {
        if (!wasUnheard) {
          settle(step, now);
        }
        return;
      }
      lower(step.missing());
      long missing = readings.getFirst().expected() - step.count();
      if (isCome && missing > loss.copies()) {
        loss = new Loss(missing, false, now);
      }
    }

    /** Returns whether all that was expected at the first reading has had the time to come. */
    private boolean add(Reading reading) {
      readings.removeIf(one -> one.at().isAfter(reading.at()));
      readings.addLast(reading);
      Instant come = reading.at().minus(ON_THE_WAY);
      while (readings.size() > 1 && !second().at().isAfter(come)) {
        readings.removeFirst();
      }
      return !readings.getFirst().at().isAfter(come);
    }

    private Reading second() {
      return readings.stream().skip(1).findFirst().orElseThrow();
    }

    private void settle(Completeness.Step step, Instant now) {
      long missing = step.missing();
      lower(missing);
      if (missing == 0) {
        loss = Loss.NONE;
      } else if (missing > loss.copies()) {
        loss = new Loss(missing, true, since(step, now));
      } else {
        loss = new Loss(missing, true, loss.last());
      }
      settled = loss;
    }

    /** No more can be lost than is missing. */
    private void lower(long missing) {
      if (missing <= settled.copies()) {
        loss = settled;
      } else if (missing < loss.copies()) {
        loss = new Loss(missing, false, loss.last());
      }
    }

    /** What nobody looked at was lost when the step before had its last, or earlier. */
    private static Instant since(Completeness.Step step, Instant now) {
      Double age = step.ageSeconds();
      return age == null ? now : now.minusSeconds(age.longValue());
    }

    boolean isTold(Instant now) {
      return loss.copies() > 0 && loss.last().plus(RecordingAlerts.LATELY).isAfter(now);
    }
  }

  /**
   * Looks at all; what is on its way is not lost.
   *
   * @param now not before that of the last look, unless the clock was set
   */
  public List<Alert> look(List<Watched> mirrors, Instant now) {
    List<Alert> alerts = new ArrayList<>();
    Set<Place> there = new HashSet<>();
    for (Watched watched : mirrors) {
      String name = watched.mirror().name();
      for (Completeness.Step step : watched.mirror().steps()) {
        Place place = new Place(name, step.step());
        there.add(place);
        Seen seen = known.computeIfAbsent(place, any -> new Seen());
        if (watched.isHeard(step)) {
          seen.look(step, now);
        } else {
          seen.miss();
        }
        if (seen.isTold(now)) {
          alerts.add(alert(name, step, seen.loss));
        }
      }
    }
    known.keySet().retainAll(there);
    return alerts;
  }

  private static Alert alert(String name, Completeness.Step step, Loss loss) {
    String says =
        "Mirror '%s' is not complete: %s%d of %d copies were not %s, the last of them at %s"
            .formatted(
                name,
                loss.isExact() ? "" : "at least ",
                loss.copies(),
                step.expected(),
                step.step(),
                loss.last().truncatedTo(ChronoUnit.SECONDS));
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
