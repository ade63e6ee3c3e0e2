package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.PlanDifference;
import io.tapdeck.provisioner.plan.Planner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a change would do on each host, as the hosts' plans before and after it differ.
 *
 * @param hosts those on which something would change
 * @param mayArriveTwice of which frames two copies might arrive that do not now
 * @param remarks what keeps it from being done, or from being done at once
 */
public record ChangePlan(
    List<HostChange> hosts, List<String> mayArriveTwice, List<String> remarks) {
  /**
   * A host's part.
   *
   * @param added in words, by what it is: nic, port, tunnel, mirror, meter or flow
   * @param commands what a person would type
   */
  public record HostChange(
      String host,
      Map<String, List<String>> added,
      Map<String, List<String>> changed,
      Map<String, List<String>> removed,
      List<String> commands) {}

  public ChangePlan {
    hosts = List.copyOf(hosts);
    mayArriveTwice = List.copyOf(mayArriveTwice);
    remarks = List.copyOf(remarks);
  }

  /**
   * Plans a change.
   *
   * @param nextKey the next tunnel key of the northbound
   * @param change makes the view as it would be
   * @param standing how what is changed stands in a view; nothing if it is gone there
   * @param away the hosts whose agents are not connected
   */
  public static ChangePlan of(
      MirrorView view,
      long nextKey,
      UnaryOperator<MirrorView> change,
      Function<MirrorView, Optional<Standing>> standing,
      Set<String> away) {
    MirrorView before = Forecast.settled(view, nextKey);
    long freeKey =
        before.groups().stream().mapToLong(group -> group.key() + 1).reduce(nextKey, Math::max);
    MirrorView after = Forecast.settled(change.apply(before), freeKey);
    List<HostChange> hosts = new ArrayList<>();
    Set<String> repetitions = new TreeSet<>(Forecast.severalPlaces(after));
    repetitions.removeAll(Forecast.severalPlaces(before));
    for (Host host : view.hosts().stream().sorted(Comparator.comparing(Host::name)).toList()) {
      HostPlan now = Planner.plan(before, host, Map.of());
      HostPlan then = Planner.plan(after, host, Map.of());
      Set<String> later = new TreeSet<>(Forecast.repetitions(then, after));
      later.removeAll(Forecast.repetitions(now, before));
      repetitions.addAll(later);
      PlanDifference difference = PlanDifference.of(now, then);
      if (!difference.isNone()) {
        hosts.add(
            new HostChange(
                host.name(),
                words(difference.added()),
                words(difference.changed()),
                words(difference.removed()),
                PlanCommands.difference(now, then)));
      }
    }
    return new ChangePlan(
        hosts, List.copyOf(repetitions), remarks(hosts, standing.apply(after), away));
  }

  private static Map<String, List<String>> words(Map<PlanDifference.Kind, List<String>> parts) {
    Map<String, List<String>> words = new TreeMap<>();
    parts.forEach((kind, some) -> words.put(kind.name().toLowerCase(Locale.ROOT), some));
    return words;
  }

  private static List<String> remarks(
      List<HostChange> hosts, Optional<Standing> standing, Set<String> away) {
    List<String> remarks = new ArrayList<>();
    standing
        .filter(then ->
            then.state() == State.DISABLED
                || then.state() == State.WAITING
                || then.state() == State.ERROR)
        .ifPresent(then ->
            remarks.add(
                "it would be "
                    + then.state().word()
                    + (then.reason().isEmpty() ? "" : ": " + then.reason())));
    for (HostChange host : hosts) {
      if (away.contains(host.host())) {
        remarks.add("host " + host.host() + "'s agent is away: it does its part when it is back");
      }
    }
    return remarks;
  }
}
