package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlannedMeter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Of which flows not all copies came through whole. A flow is degraded from the moment that its
 * group's counter of copies that did not fit grows, or its service's of those that were too many,
 * and stays so until the flow or service is changed or the flow comes to another group. The numbers
 * told are those that are shown, since the group was made. An agent that starts goes on with what
 * the last one said, and counted.
 */
final class Shortfalls {
  private final Map<UUID, Watched> watched = new HashMap<>();

  /** What groups came to when the last agent counted. */
  private final Map<Long, GroupCount> begun = new HashMap<>();

  /** The groups that were there at the last look. */
  private final Set<Long> seen = new HashSet<>();

  /** What a flow and its service were, by which it is seen that they were changed. */
  private record Edition(long flow, long service, Set<Long> keys) {
    static Edition of(FlowReport report) {
      return new Edition(report.flowGeneration(), report.serviceGeneration(), report.keys());
    }
  }

  /**
   * What the counters have to exceed: what they were when the edition began, which is nothing for a
   * group that was made for it.
   */
  private record Watched(Edition edition, long unfit, long limited) {}

  /** Goes on where another agent ended, for groups that are new here. */
  void begin(List<GroupCount> rows) {
    for (GroupCount row : rows) {
      if (seen.add(row.key())) {
        begun.put(row.key(), row);
      }
    }
  }

  /** The reports, with those of degraded flows saying so. */
  List<FlowReport> judge(
      List<FlowReport> reports, HostPlan plan, MirrorView view, List<GroupCount> counts) {
    Map<Long, GroupCount> byKey =
        counts.stream().collect(Collectors.toMap(GroupCount::key, count -> count));
    watched.keySet().retainAll(view.flows().stream().map(TapFlow::id).collect(Collectors.toSet()));
    List<FlowReport> judged =
        reports.stream().map(report -> judge(report, plan, view, byKey)).toList();
    seen.clear();
    seen.addAll(byKey.keySet());
    return judged;
  }

  private FlowReport judge(
      FlowReport report, HostPlan plan, MirrorView view, Map<Long, GroupCount> counts) {
    Optional<TapFlow> flow = view.flow(report.flow());
    if (flow.isEmpty()) {
      return report;
    }
    UUID service = flow.get().service();
    Set<Long> limiting =
        plan.meters().stream()
            .filter(meter -> meter.use() == PlannedMeter.Use.LIMIT)
            .map(PlannedMeter::key)
            .filter(key -> isOf(service, key, view))
            .collect(Collectors.toSet());
    long unfit = sum(report.keys(), counts, GroupCount::unfit);
    long limited = sum(limiting, counts, GroupCount::limited);
    Edition edition = Edition.of(report);
    Watched known = watched.get(report.flow());
    if (known == null || !known.edition().equals(edition)) {
      Optional<FlowReport> said = view.flowReport(report.flow(), report.host());
      known =
          known == null && said.filter(before -> isDegraded(before, edition)).isPresent()
              ? new Watched(edition, 0, 0)
              : begin(edition, limiting, known == null && said.isPresent() ? begun : counts);
    }
    watched.put(report.flow(), known);
    if (report.progress() != Progress.READY) {
      return report;
    }
    List<String> said = new ArrayList<>();
    if (unfit > known.unfit()) {
      said.add(
          copies(unfit, "longer than " + way(report, plan, view) + ending(unfit, report, view)));
    }
    if (limited > known.limited()) {
      said.add(copies(limited, "dropped, as more came than the --max-rate of its tap service"));
    }
    return said.isEmpty()
        ? report
        : new FlowReport(
            report.flow(),
            report.host(),
            report.flowGeneration(),
            report.serviceGeneration(),
            report.keys(),
            Progress.DEGRADED,
            String.join("; ", said));
  }

  private static long sum(
      Set<Long> keys, Map<Long, GroupCount> counts, ToLongFunction<GroupCount> figure) {
    return counts.values().stream()
        .filter(count -> keys.contains(count.key()))
        .mapToLong(figure)
        .sum();
  }

  private Watched begin(Edition edition, Set<Long> limiting, Map<Long, GroupCount> counts) {
    Map<Long, GroupCount> old = new HashMap<>(counts);
    old.keySet().retainAll(seen);
    return new Watched(
        edition,
        sum(edition.keys(), old, GroupCount::unfit),
        sum(limiting, old, GroupCount::limited));
  }

  private static boolean isDegraded(FlowReport said, Edition edition) {
    return said.progress() == Progress.DEGRADED && Edition.of(said).equals(edition);
  }

  private static boolean isOf(UUID service, long key, MirrorView view) {
    return group(key, view).filter(of -> of.service().equals(service)).isPresent();
  }

  private static Optional<GroupIdentity> group(long key, MirrorView view) {
    return view.groups().stream()
        .filter(group -> group.key() == key)
        .map(TapGroup::identity)
        .findFirst();
  }

  private static String copies(long number, String what) {
    return number + (number == 1 ? " copy was " : " copies were ") + what;
  }

  private static String way(FlowReport report, HostPlan plan, MirrorView view) {
    Optional<TapService> service =
        view.flow(report.flow()).flatMap(flow -> view.service(flow.service()));
    String host = service.flatMap(view::destination).map(Host::name).orElse("its destination");
    boolean isHere = host.equals(report.host());
    String way =
        isHere && service.map(TapService::target).orElseThrow() instanceof Target.ByHostNic
            ? "NIC "
                + service.flatMap(known -> plan.nicOf(known.id())).map(nic -> nic.name()).orElse("")
            : "the way to " + host;
    return way
        + " takes"
        + plan.meters().stream()
            .filter(meter -> report.keys().contains(meter.key()))
            .flatMap(meter -> meter.longest().stream())
            .findFirst()
            .map(bytes -> " (" + bytes + " bytes)")
            .orElse("");
  }

  private static String ending(long number, FlowReport report, MirrorView view) {
    boolean fit = view.flow(report.flow()).map(flow -> flow.treatment().fit()).orElse(true);
    return (number == 1 ? " and was " : " and were ")
        + (fit ? "cut to fit" : "dropped, as told by --no-fit");
  }
}
