package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.GroupCount;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sums up what the switch counts for groups. The switch's counters are those of flows and meters,
 * and begin anew with each; the sums go on. Each counter's difference to its last reading is added
 * once, to the group that it counts for at this time. A counter that has fallen, or was gone
 * meanwhile, or is of another run of the switch, has begun anew; what it counted after its last
 * reading is unknown, and said to be so.
 */
final class CounterLedger {
  /** In a row's readings, what is owed to the copies delivered; see {@link Totals}. */
  private static final String OWED = "owed";

  /** What a counter counts. */
  enum What {
    MIRRORED,
    DELIVERED,
    REPEATED,
    UNFIT,
    LIMITED
  }

  /** What a counter counts, of which group. */
  record Counted(What what, long key) {}

  /**
   * What is to be read.
   *
   * @param sources by the name of a flow or meter, what it counts
   * @param local the groups whose copies go to a NIC of this host, without a flow that counts them
   * @param dropping the groups whose copies are dropped, not cut, where they are too long
   * @param sharing by the group that has what a service's limit dropped, all groups of this host
   *     that share the limit; one that is not here has it alone
   */
  record Sources(
      Map<String, Counted> sources,
      Set<Long> local,
      Set<Long> dropping,
      Map<Long, Set<Long>> sharing) {
    static final Sources NONE = new Sources(Map.of(), Set.of(), Set.of(), Map.of());

    Sources(Map<String, Counted> sources, Set<Long> local, Set<Long> dropping) {
      this(sources, local, dropping, Map.of());
    }

    Sources {
      sources = Map.copyOf(sources);
      local = Set.copyOf(local);
      dropping = Set.copyOf(dropping);
      sharing = Map.copyOf(sharing);
    }
  }

  /** A counter as it was read. */
  private record Reading(long counter, Counted counted, String switchRun) {}

  /** The sums of a group. */
  private static final class Totals {
    private final Map<What, Long> sums = new EnumMap<>(What.class);
    private long interruptions;

    /**
     * Of a group that is local: copies mirrored and not dropped that are not yet added to those
     * delivered. Below 0 when a drop was read earlier than the copy was; flows tell late, meters do
     * not.
     */
    private long owed;

    private Instant changed = Instant.EPOCH;

    long sum(What what) {
      return sums.getOrDefault(what, 0L);
    }

    void add(What what, long more) {
      sums.merge(what, more, Long::sum);
    }
  }

  private final Map<String, Reading> last = new HashMap<>();
  private final Map<Long, Totals> totals = new TreeMap<>();

  /** The counters of the switch as they were before the agent changed its flows. */
  private Map<String, Long> before = Map.of();

  private String beforeRun = "";

  /** Goes on where another agent ended, for groups that are new here. */
  void restore(Collection<GroupCount> rows) {
    // A counter that counts for one group may have counted for another before.
    for (GroupCount row : rows.stream().sorted(Comparator.comparing(GroupCount::read)).toList()) {
      if (totals.containsKey(row.key())) {
        continue;
      }
      Totals known = new Totals();
      known.add(What.MIRRORED, row.mirrored());
      known.add(What.DELIVERED, row.delivered());
      known.add(What.REPEATED, row.repeated());
      known.add(What.UNFIT, row.unfit());
      known.add(What.LIMITED, row.limited());
      known.interruptions = row.interruptions();
      known.changed = row.read();
      row.raw()
          .readings()
          .forEach((name, counter) -> {
            int blank = name.indexOf(' ');
            if (name.equals(OWED)) {
              known.owed = counter;
            } else if (blank > 0) {
              Counted counted = new Counted(What.valueOf(name.substring(0, blank)), row.key());
              last.put(
                  name.substring(blank + 1), new Reading(counter, counted, row.raw().switchRun()));
            }
          });
      totals.put(row.key(), known);
    }
  }

  /** Forgets the groups that are gone. Their readings stay: a counter may come to another group. */
  void retain(Set<Long> keys) {
    totals.keySet().retainAll(keys);
  }

  /**
   * The switch's flows are about to be changed; its counters have just been read. A flow that is
   * there already, and comes to count for a group only then, has counted something else until now.
   */
  void aboutToChange(String switchRun, Map<String, Long> counters) {
    before = Map.copyOf(counters);
    beforeRun = switchRun;
  }

  /**
   * A counter has just been read and is made anew, from 0. Nothing is lost but what is counted
   * between the two, which is no interruption.
   */
  void replaced(String name) {
    last.computeIfPresent(name, (any, known) -> new Reading(0, known.counted(), known.switchRun()));
    if (before.containsKey(name)) {
      Map<String, Long> others = new HashMap<>(before);
      others.remove(name);
      before = Map.copyOf(others);
    }
  }

  /**
   * Adds a reading.
   *
   * @param switchRun which run of the switch it is of
   * @param counters by the name of a flow or meter; also of those that are not asked for
   */
  void read(Sources wanted, String switchRun, Map<String, Long> counters, Instant at) {
    Set<Long> interrupted = new HashSet<>();
    Set<Counted> replaced = new HashSet<>();
    last.entrySet()
        .removeIf(entry -> {
          Reading reading = entry.getValue();
          Long counter = counters.get(entry.getKey());
          boolean goesOn =
              counter != null
                  && counter >= reading.counter()
                  && reading.switchRun().equals(switchRun);
          if (!goesOn) {
            if (counter == null && !wanted.sources().containsKey(entry.getKey())) {
              replaced.add(reading.counted());
            } else {
              interrupted.add(reading.counted().key());
            }
          }
          return !goesOn;
        });
    wanted
        .sources()
        .forEach((name, counted) -> {
          if (counters.containsKey(name) && !last.containsKey(name) && replaced.contains(counted)) {
            interrupted.add(counted.key());
          }
        });
    for (long key : interrupted) {
      Totals group = totals.get(key);
      if (group != null) {
        group.interruptions++;
        // Copies whose drop was known ahead may never be counted; what is read now is.
        group.owed = 0;
        group.changed = at;
      }
    }
    wanted
        .sources()
        .forEach((name, counted) -> {
          Long counter = counters.get(name);
          if (counter != null) {
            Reading known = last.get(name);
            long from = known == null ? from(name, switchRun, counter) : known.counter();
            add(counted, counter - from, wanted.dropping().contains(counted.key()), at);
            last.put(name, new Reading(counter, counted, switchRun));
          }
        });
    before = Map.of();
    settle(wanted);
  }

  /** A flow that was there, for something else, before a group came to use it, has counted that. */
  private long from(String name, String switchRun, long counter) {
    long counted = switchRun.equals(beforeRun) ? before.getOrDefault(name, 0L) : 0;
    return counted <= counter ? counted : 0;
  }

  private void add(Counted counted, long more, boolean dropsUnfit, Instant at) {
    Totals group = totals.computeIfAbsent(counted.key(), any -> new Totals());
    group.add(counted.what(), more);
    if (more > 0) {
      group.changed = at;
    }
    switch (counted.what()) {
      case MIRRORED -> group.owed += more;
      case LIMITED -> group.owed -= more;
      case UNFIT -> group.owed -= dropsUnfit ? more : 0;
      case DELIVERED, REPEATED -> {
        // Counted where it is delivered; never counted as mirrored.
      }
    }
  }

  /**
   * What a limit dropped is taken off what is outstanding of the groups that share it, in
   * proportion and never more than that. What is dropped before any copy is seen stays with the
   * limit's group.
   */
  private void share(Set<Long> sharing, long limiting) {
    Totals first = totals.get(limiting);
    if (first == null || first.owed >= 0) {
      return;
    }
    List<Totals> others =
        sharing.stream()
            .filter(key -> key != limiting)
            .sorted()
            .map(totals::get)
            .filter(other -> other != null && other.owed > 0)
            .toList();
    long outstanding = others.stream().mapToLong(other -> other.owed).sum();
    long dropped = Math.min(-first.owed, outstanding);
    first.owed += dropped;
    for (Totals other : others) {
      // So each has its part of what is left, and the last all of it.
      long part = Math.ceilDiv(Math.multiplyExact(dropped, other.owed), outstanding);
      outstanding -= other.owed;
      dropped -= part;
      other.owed -= part;
    }
  }

  private void settle(Sources wanted) {
    wanted.sharing().forEach((limiting, sharing) -> share(sharing, limiting));
    totals.forEach((key, group) -> {
      if (!wanted.local().contains(key)) {
        group.owed = 0;
      } else if (group.owed > 0) {
        group.add(What.DELIVERED, group.owed);
        group.owed = 0;
      }
    });
  }

  /** What all groups come to. */
  List<GroupCount> counts(String host) {
    Map<Long, Map<String, Long>> readings = new HashMap<>();
    Map<Long, String> runs = new HashMap<>();
    last.forEach((name, reading) -> {
      long key = reading.counted().key();
      readings
          .computeIfAbsent(key, any -> new HashMap<>())
          .put(reading.counted().what() + " " + name, reading.counter());
      runs.put(key, reading.switchRun());
    });
    return totals.entrySet().stream()
        .map(entry -> {
          long key = entry.getKey();
          Totals group = entry.getValue();
          Map<String, Long> raw = new HashMap<>(readings.getOrDefault(key, Map.of()));
          if (group.owed != 0) {
            raw.put(OWED, group.owed);
          }
          return new GroupCount(
              host,
              key,
              group.sum(What.MIRRORED),
              group.sum(What.DELIVERED),
              group.sum(What.UNFIT),
              group.sum(What.LIMITED),
              group.sum(What.REPEATED),
              group.interruptions,
              group.changed,
              new GroupCount.Raw(raw, runs.getOrDefault(key, "")));
        })
        .toList();
  }
}
