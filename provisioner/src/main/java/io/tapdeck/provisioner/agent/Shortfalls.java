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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Of which flows not all copies came through whole. A flow is degraded from the moment that its
 * group's counter of copies that did not fit grows, or its service's of those that were too many,
 * and stays so until the flow or service is changed or the flow comes to another group. The numbers
 * told are those that are shown, since the group was made. An agent that starts goes on with what
 * the last one said.
 */
final class Shortfalls {
  private final Map<UUID, Watched> watched = new HashMap<>();

  /** What a flow and its service were, by which it is seen that they were changed. */
  private record Edition(long flow, long service, Set<Long> keys) {
    static Edition of(FlowReport report) {
      return new Edition(report.flowGeneration(), report.serviceGeneration(), report.keys());
    }
  }

  /** What the counters have to exceed: what they were when the edition was first seen. */
  private record Watched(Edition edition, long unfit, long limited) {}

  /** The reports, with those of degraded flows saying so. */
  List<FlowReport> judge(
      List<FlowReport> reports, HostPlan plan, MirrorView view, List<GroupCount> counts) {
    Map<Long, GroupCount> byKey =
        counts.stream().collect(Collectors.toMap(GroupCount::key, count -> count));
    watched.keySet().retainAll(reports.stream().map(FlowReport::flow).collect(Collectors.toSet()));
    return reports.stream().map(report -> judge(report, plan, view, byKey)).toList();
  }

  private FlowReport judge(
      FlowReport report, HostPlan plan, MirrorView view, Map<Long, GroupCount> counts) {
    Optional<TapFlow> flow = view.flow(report.flow());
    if (report.progress() != Progress.READY || flow.isEmpty()) {
      return report;
    }
    UUID service = flow.get().service();
    long unfit = report.keys().stream().mapToLong(key -> unfit(counts.get(key))).sum();
    long limited =
        plan.meters().stream()
            .filter(meter -> meter.use() == PlannedMeter.Use.LIMIT)
            .map(PlannedMeter::key)
            .filter(key -> isOf(service, key, view))
            .mapToLong(key -> limited(counts.get(key)))
            .sum();
    Edition edition = Edition.of(report);
    Watched known = watched.get(report.flow());
    if (known == null) {
      known = before(report, view, edition, unfit, limited);
    } else if (!known.edition().equals(edition)) {
      known = new Watched(edition, unfit, limited);
    }
    watched.put(report.flow(), known);
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

  private static long unfit(@Nullable GroupCount count) {
    return count == null ? 0 : count.unfit();
  }

  private static long limited(@Nullable GroupCount count) {
    return count == null ? 0 : count.limited();
  }

  private static Watched before(
      FlowReport report, MirrorView view, Edition edition, long unfit, long limited) {
    boolean wasDegraded =
        view.flowReport(report.flow(), report.host())
            .filter(said -> said.progress() == Progress.DEGRADED)
            .filter(said -> Edition.of(said).equals(edition))
            .isPresent();
    return wasDegraded ? new Watched(edition, 0, 0) : new Watched(edition, unfit, limited);
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
