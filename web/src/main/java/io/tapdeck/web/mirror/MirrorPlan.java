package io.tapdeck.web.mirror;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.Planner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What makes each host as planned, as commands that a person could type.
 *
 * @param hosts by name
 * @param mayArriveTwice frames that are copied in several places, a sentence each
 * @param remarks what is to be known before the commands are used
 */
@JsonPropertyOrder({"hosts", "mayArriveTwice", "remarks"})
public record MirrorPlan(List<OfHost> hosts, List<String> mayArriveTwice, List<String> remarks) {
  public MirrorPlan {
    hosts = List.copyOf(hosts);
    mayArriveTwice = List.copyOf(mayArriveTwice);
    remarks = List.copyOf(remarks);
  }

  /**
   * A host's part.
   *
   * @param obstacles what keeps the host from being as planned
   * @param mayArriveTwice which frames of this host, a sentence each
   */
  @JsonPropertyOrder({"host", "commands", "obstacles", "mayArriveTwice"})
  public record OfHost(
      String host, List<String> commands, List<String> obstacles, List<String> mayArriveTwice) {
    public OfHost {
      commands = List.copyOf(commands);
      obstacles = List.copyOf(obstacles);
      mayArriveTwice = List.copyOf(mayArriveTwice);
    }
  }

  /**
   * What is asked: with none of the lists, all that makes the hosts as they are to be; else only
   * what those changes would do. Services and flows, and the host, by id or name.
   *
   * @param host only this one; all if absent
   */
  public record Asked(
      Optional<String> host, List<String> enable, List<String> disable, List<String> delete) {
    public Asked {
      enable = List.copyOf(enable);
      disable = List.copyOf(disable);
      delete = List.copyOf(delete);
    }

    private boolean isAll() {
      return enable.isEmpty() && disable.isEmpty() && delete.isEmpty();
    }
  }

  /**
   * From what is planned alone.
   *
   * @throws Refusal if what is asked for is unknown, or contradicts itself
   */
  public static MirrorPlan of(Asked asked, Northbound northbound) {
    Change change = Change.of(asked, northbound);
    List<OfHost> hosts = new ArrayList<>();
    for (Host one : hosts(asked.host(), northbound.view())) {
      hosts.add(ofHost(one, change, asked.isAll()));
    }
    List<String> remarks = new ArrayList<>(remarks(change.after()));
    remarks.add(
        "ports and meters are numbered as on a new brtap; before pasting on a host that has one,"
            + " see what --host and --ovs print there");
    return new MirrorPlan(hosts, Forecast.severalPlaces(change.after()), remarks);
  }

  /** How a host's plan is compared with what is there. */
  public interface Comparison {
    /** What there is to be done on that host. */
    OfHost of(Host host, MirrorView after) throws InterruptedException;
  }

  /**
   * Compared with what is there.
   *
   * @throws Refusal if what is asked for is unknown, or contradicts itself
   */
  public static MirrorPlan compared(Asked asked, Northbound northbound, Comparison comparison)
      throws InterruptedException {
    Change change = Change.of(asked, northbound);
    List<OfHost> hosts = new ArrayList<>();
    for (Host one : hosts(asked.host(), northbound.view())) {
      hosts.add(comparison.of(one, change.after()));
    }
    return new MirrorPlan(hosts, Forecast.severalPlaces(change.after()), remarks(change.after()));
  }

  private record Change(MirrorView before, MirrorView after) {
    static Change of(Asked asked, Northbound northbound) {
      MirrorView view = northbound.view();
      long nextKey = northbound.nextKey().orElse(1L);
      Forecast.Wish wish =
          new Forecast.Wish(
              ids(asked.enable(), view), ids(asked.disable(), view), ids(asked.delete(), view));
      refuseContradictions(wish, view);
      MirrorView before = Forecast.settled(view, nextKey);
      // The next key after those that the forecast has given.
      long freeKey =
          before.groups().stream().mapToLong(group -> group.key() + 1).reduce(nextKey, Math::max);
      return new Change(before, Forecast.settled(Forecast.with(wish, before), freeKey));
    }
  }

  private static Set<UUID> ids(List<String> asked, MirrorView view) {
    Set<UUID> ids = new HashSet<>();
    for (String one : asked) {
      List<UUID> meant =
          Stream.concat(
                  view.services().stream()
                      .filter(tap -> is(one, tap.id(), tap.name()))
                      .map(TapService::id),
                  view.flows().stream()
                      .filter(flow -> is(one, flow.id(), flow.name()))
                      .map(TapFlow::id))
              .toList();
      switch (meant.size()) {
        case 0 ->
            throw new Refusal(
                one
                    + " is no tap service and no tap flow: see 'tapdeck tap-service-list' and"
                    + " 'tapdeck tap-flow-list'");
        case 1 -> ids.addAll(meant);
        default ->
            throw new Refusal(
                "a tap service and a tap flow are named " + one + ": give the id of the one");
      }
    }
    return ids;
  }

  private static boolean is(String asked, UUID id, String name) {
    return name.equals(asked) || id.toString().equalsIgnoreCase(asked);
  }

  private static void refuseContradictions(Forecast.Wish wish, MirrorView view) {
    for (UUID id : wish.enable()) {
      if (wish.disable().contains(id) || wish.delete().contains(id)) {
        throw new Refusal(id + " cannot be enabled and disabled or deleted: give one of them");
      }
    }
    for (TapFlow flow :
        view.flows().stream().sorted(Comparator.comparing(TapFlow::name)).toList()) {
      if (wish.delete().contains(flow.service()) && !wish.delete().contains(flow.id())) {
        String tap = view.service(flow.service()).map(TapService::name).orElse("");
        throw new Refusal(
            "tap service "
                + tap
                + " still has tap flow "
                + flow.name()
                + ": give --delete for that too");
      }
    }
  }

  private static List<Host> hosts(Optional<String> asked, MirrorView view) {
    List<Host> hosts =
        view.hosts().stream()
            .filter(one -> asked.filter(host -> !is(host, one.id(), one.name())).isEmpty())
            .sorted(Comparator.comparing(Host::name))
            .toList();
    if (hosts.isEmpty() && asked.isPresent()) {
      throw new Refusal(
          "host " + asked.get() + " is unknown: start its agent, or see 'tapdeck host-list'");
    }
    return hosts;
  }

  private static OfHost ofHost(Host host, Change change, boolean fromNothing) {
    HostPlan plan = Planner.plan(change.after(), host, Map.of());
    return new OfHost(
        host.name(),
        fromNothing
            ? PlanCommands.fromNothing(plan, anyBridge(change.after(), host))
            : PlanCommands.difference(Planner.plan(change.before(), host, Map.of()), plan),
        List.of(),
        Forecast.repetitions(plan, change.after()));
  }

  private static Optional<String> anyBridge(MirrorView view, Host host) {
    return Stream.concat(
            view.nics().stream().filter(nic -> nic.host().equals(host.name())).map(Nic::bridge),
            view.inventory().wires().stream()
                .filter(wire -> wire.host().equals(host.name()))
                .map(Wire::bridge))
        .min(Comparator.naturalOrder());
  }

  private static List<String> remarks(MirrorView after) {
    return after.groups().stream()
        .filter(Forecast::isNew)
        .map(TapGroup::key)
        .min(Comparator.naturalOrder())
        .map(key ->
            "keys from "
                + key
                + " up are as they would be given now; the ids of those groups are made up")
        .stream()
        .toList();
  }
}
