package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.agent.CounterLedger.Counted;
import io.tapdeck.provisioner.agent.CounterLedger.Sources;
import io.tapdeck.provisioner.agent.CounterLedger.What;
import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.plan.BrtapFlow;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlannedMeter;
import io.tapdeck.provisioner.plan.PortNumbers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the switch counts of copies, and has it written to the northbound: at most about once
 * a second, and not at all where nothing is planned.
 */
final class Counters {
  private static final Logger LOG = LoggerFactory.getLogger(Counters.class);

  /**
   * How old a reading is before the next: an agent looks at its host twice within this time, and
   * the second look is about a second after the last reading.
   */
  private static final Duration PACE = Duration.ofMillis(750);

  private final CounterLedger ledger = new CounterLedger();
  private final Shortfalls shortfalls = new Shortfalls();
  private final Troubles troubles = new Troubles(LOG);

  /** What was read last, and is still to be when flows are about to change. */
  private Sources sources = Sources.NONE;

  private boolean hasMeters;
  private long readAt = System.nanoTime() - PACE.toNanos();

  /** The session whose rows are known, and they. */
  private @Nullable Northbound known;

  private List<GroupCount> rows = List.of();

  /**
   * With a new session: what the northbound has of this host is where its groups go on from. What
   * they come to now is read before anything is changed.
   */
  void begin(Northbound northbound, HostPlan plan, MirrorView view, String host, OpenVswitch ovs)
      throws InterruptedException {
    if (known == northbound) {
      return;
    }
    String what = "reading what was counted before";
    try {
      rows = northbound.counts(host);
      ledger.restore(rows);
      shortfalls.begin(rows);
      known = northbound;
      read(plan, view, host, ovs);
      troubles.over(what);
    } catch (IOException failed) {
      troubles.met(what, String.valueOf(failed.getMessage()));
    }
  }

  /** Reads, if it is time to. What cannot be read now is read later, and is not lost by that. */
  void read(HostPlan plan, MirrorView view, String host, OpenVswitch ovs)
      throws InterruptedException {
    if (known == null) {
      // What the northbound knows of these counters is not known yet.
      return;
    }
    Sources planned = sources(plan, view, host, PortNumbers.of(plan, ovs.view()));
    boolean isNew = !planned.equals(sources);
    if (!isNew && System.nanoTime() - readAt < PACE.toNanos()) {
      return;
    }
    sources = planned;
    hasMeters = !plan.meters().isEmpty();
    if (!sources.sources().isEmpty()) {
      take(ovs);
    }
    readAt = System.nanoTime();
    ledger.retain(keys(view, planned));
  }

  /** Those of the groups that this host counts. One that is planned no more is kept while it is. */
  private static Set<Long> keys(MirrorView view, Sources planned) {
    Set<Long> there = view.groups().stream().map(TapGroup::key).collect(Collectors.toSet());
    planned.sources().values().stream().map(Counted::key).forEach(there::add);
    return there;
  }

  /**
   * Reads what would be lost by the change.
   *
   * @return whether it could be read
   */
  boolean readBeforeChange(OpenVswitch ovs) throws InterruptedException {
    if (sources.sources().isEmpty()) {
      return false;
    }
    Optional<Taken> read = take(ovs);
    read.ifPresent(taken -> ledger.aboutToChange(taken.run(), taken.counters()));
    return read.isPresent();
  }

  /** A counter has been made anew since {@link #readBeforeChange}. */
  void replaced(String name) {
    ledger.replaced(name);
  }

  private record Taken(String run, Map<String, Long> counters) {}

  private Optional<Taken> take(OpenVswitch ovs) throws InterruptedException {
    String what = "reading the counters of brtap";
    try {
      String run = ovs.run();
      // Flows tell late and are read first: a drop may be known before its copy, never after it.
      Map<String, Long> counters = new HashMap<>(ovs.flowCounters());
      if (hasMeters) {
        counters.putAll(ovs.meterCounters());
      }
      if (!ovs.run().equals(run)) {
        throw new IOException("ovs-vswitchd has started anew meanwhile");
      }
      ledger.read(sources, run, counters, Instant.now());
      troubles.over(what);
      return Optional.of(new Taken(run, counters));
    } catch (IOException failed) {
      troubles.met(what, String.valueOf(failed.getMessage()));
      return Optional.empty();
    }
  }

  private static Sources sources(HostPlan plan, MirrorView view, String host, PortNumbers numbers) {
    Map<String, Counted> sources = new HashMap<>();
    for (BrtapFlow flow : plan.flows()) {
      flow.counts()
          .ifPresent(counted -> {
            String text = flow.text(numbers);
            What what =
                switch (counted.what()) {
                  case MIRRORED -> What.MIRRORED;
                  case DELIVERED -> What.DELIVERED;
                  case REPEATED -> What.REPEATED;
                };
            sources.put(
                text.substring(0, text.indexOf(",actions=")), new Counted(what, counted.key()));
          });
    }
    for (PlannedMeter meter : plan.meters()) {
      int number = numbers.meter(meter.use(), meter.port());
      switch (meter.use()) {
        case UNFIT -> sources.put("meter=" + number, new Counted(What.UNFIT, meter.key()));
        case LIMIT -> sources.put("band=" + number, new Counted(What.LIMITED, meter.key()));
      }
    }
    Set<Long> local = new HashSet<>();
    Set<Long> dropping = new HashSet<>();
    Map<UUID, Set<Long>> ofServices = new HashMap<>();
    for (TapGroup group : view.groups()) {
      if (group.identity().host().equals(host)) {
        if (!group.identity().fit()) {
          dropping.add(group.key());
        }
        view.service(group.identity().service())
            .flatMap(view::destination)
            .map(Host::name)
            .filter(host::equals)
            .ifPresent(here -> {
              local.add(group.key());
              ofServices
                  .computeIfAbsent(group.identity().service(), any -> new HashSet<>())
                  .add(group.key());
            });
      }
    }
    Map<Long, Set<Long>> sharing = new HashMap<>();
    for (Set<Long> keys : ofServices.values()) {
      plan.meters().stream()
          .filter(meter -> meter.use() == PlannedMeter.Use.LIMIT && keys.contains(meter.key()))
          .forEach(meter -> sharing.put(meter.key(), keys));
    }
    return new Sources(sources, local, dropping, sharing);
  }

  /** Says of the flows of which not all copies came through whole that it is so. */
  List<FlowReport> judge(List<FlowReport> reports, HostPlan plan, MirrorView view) {
    // Before it is known what was counted earlier, nothing can be told apart from it.
    return known == null ? reports : shortfalls.judge(reports, plan, view, ledger.counts(""));
  }

  /** Writes what has changed. */
  void write(HostReports reports, String host) throws IOException, InterruptedException {
    List<GroupCount> now = ledger.counts(host);
    if (known != null && !now.equals(rows)) {
      reports.count(rows, now);
      rows = now;
    }
  }
}
