package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Wire;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** What would be wanted, and what the hosts would then agree on, if something were asked for. */
public final class Forecast {
  private Forecast() {}

  /**
   * What is asked for: ids of services and flows.
   *
   * @param enable wanted from now on
   * @param disable wanted no longer
   * @param delete not there any more
   */
  public record Wish(Set<UUID> enable, Set<UUID> disable, Set<UUID> delete) {
    public Wish {
      enable = Set.copyOf(enable);
      disable = Set.copyOf(disable);
      delete = Set.copyOf(delete);
    }
  }

  /** The view as it would be with the wish fulfilled, before any host has done anything. */
  public static MirrorView with(Wish wish, MirrorView view) {
    List<TapService> services = new ArrayList<>();
    for (TapService one : view.services()) {
      if (!wish.delete().contains(one.id())) {
        services.add(
            new TapService(
                one.id(),
                one.name(),
                one.target(),
                one.maxRate(),
                isEnabled(wish, one.id(), one.enabled()),
                one.generation()));
      }
    }
    List<TapFlow> flows = new ArrayList<>();
    for (TapFlow one : view.flows()) {
      if (!wish.delete().contains(one.id())) {
        flows.add(
            new TapFlow(
                one.id(),
                one.name(),
                one.service(),
                one.source(),
                one.direction(),
                one.treatment(),
                one.end(),
                isEnabled(wish, one.id(), one.enabled()),
                one.generation()));
      }
    }
    return with(view, services, flows, view.groups());
  }

  /** The view as it would be with that service, in the place of the one of its id. */
  public static MirrorView with(TapService service, MirrorView view) {
    List<TapService> services = new ArrayList<>(view.services());
    services.removeIf(known -> known.id().equals(service.id()));
    services.add(service);
    return with(view, services, view.flows(), view.groups());
  }

  /** The view as it would be with that flow, in the place of the one of its id. */
  public static MirrorView with(TapFlow flow, MirrorView view) {
    List<TapFlow> flows = new ArrayList<>(view.flows());
    flows.removeIf(known -> known.id().equals(flow.id()));
    flows.add(flow);
    return with(view, view.services(), flows, view.groups());
  }

  private static boolean isEnabled(Wish wish, UUID id, boolean now) {
    return wish.enable().contains(id) || (now && !wish.disable().contains(id));
  }

  private static MirrorView with(
      MirrorView view, List<TapService> services, List<TapFlow> flows, List<TapGroup> groups) {
    return new MirrorView(
        view.inventory(),
        services,
        flows,
        groups,
        view.serviceReports(),
        view.flowReports(),
        view.at());
  }

  /**
   * The view as it will be once every host has a key for each group of its own, and none for
   * others. The id of a new group is made up.
   *
   * @param nextKey the first key that is given
   */
  public static MirrorView settled(MirrorView view, long nextKey) {
    List<TapGroup> groups = new ArrayList<>(view.groups());
    Set<GroupIdentity> asked = new LinkedHashSet<>();
    Set<TapGroup> old = new HashSet<>();
    view.hosts().stream()
        .sorted(Comparator.comparing(Host::name))
        .forEach(host -> {
          HostPlan plan = Planner.plan(view, host, Map.of());
          plan.newGroups().stream()
              .sorted(Comparator.comparing(GroupIdentity::toString))
              .forEach(asked::add);
          old.addAll(plan.oldGroups());
        });
    groups.removeAll(old);
    long key = nextKey;
    for (GroupIdentity identity : asked) {
      groups.add(new TapGroup(new UUID(0, key), identity, key));
      key++;
    }
    return with(view, view.services(), view.flows(), groups);
  }

  /** Whether the group's id is made up, since it is not there yet. */
  public static boolean isNew(TapGroup group) {
    return group.id().getMostSignificantBits() == 0;
  }

  /** Of which frames two copies may arrive at a service, a sentence each. */
  public static List<String> repetitions(HostPlan plan, MirrorView view) {
    List<String> sentences = new ArrayList<>();
    for (Repetition one : plan.repetitions()) {
      sentences.add(
          "tap flows "
              + names(one.earlier(), view)
              + " and "
              + names(one.later(), view)
              + ": "
              + one.why());
    }
    return sentences;
  }

  private static String names(long key, MirrorView view) {
    Set<String> names = new TreeSet<>();
    for (TapFlow flow : view.flows()) {
      for (SourcePlace place : view.sources(flow)) {
        boolean of =
            view.isOn(flow)
                && view.group(GroupIdentity.of(flow, place))
                    .filter(group -> group.key() == key)
                    .isPresent();
        if (of) {
          names.add(flow.name());
        }
      }
    }
    return String.join(", ", names);
  }

  /**
   * Services that get copies from several hosts, from several bridges of a host, or from several
   * uplinks of a bridge in both directions, a sentence each.
   */
  public static List<String> severalPlaces(MirrorView view) {
    List<String> sentences = new ArrayList<>();
    view.services().stream()
        .filter(TapService::enabled)
        .sorted(Comparator.comparing(TapService::name))
        .forEach(service -> {
          List<TapFlow> flows =
              view.flows().stream()
                  .filter(flow -> flow.service().equals(service.id()) && view.isOn(flow))
                  .toList();
          Stream.of(severalHosts(flows, view), severalUplinks(flows, view))
              .flatMap(List::stream)
              .forEach(what -> sentences.add("tap service " + service.name() + ": " + what));
        });
    return sentences;
  }

  private static List<String> severalHosts(List<TapFlow> flows, MirrorView view) {
    Map<String, Set<String>> bridges = new TreeMap<>();
    flows.stream()
        .flatMap(flow -> view.sources(flow).stream())
        .forEach(place ->
            bridges.computeIfAbsent(place.host(), any -> new TreeSet<>()).add(place.bridge()));
    List<String> sentences = new ArrayList<>();
    if (bridges.size() > 1) {
      sentences.add(
          "a frame that passes several of the hosts "
              + String.join(", ", bridges.keySet())
              + " is copied on each of them");
    }
    bridges.forEach((host, some) -> {
      if (some.size() > 1) {
        sentences.add(
            "a frame that passes several of the bridges "
                + String.join(", ", some)
                + " of host "
                + host
                + ", as by patch ports, is copied on each of them");
      }
    });
    return sentences;
  }

  private static List<String> severalUplinks(List<TapFlow> flows, MirrorView view) {
    Set<String> sentences = new TreeSet<>();
    for (TapFlow in : flows) {
      for (TapFlow out : flows) {
        boolean both =
            in.direction() == Direction.IN
                && out.direction() == Direction.OUT
                && in.source() instanceof Source.Vswitch one
                && out.source() instanceof Source.Vswitch other
                && (one.vlan().isEmpty()
                    || other.vlan().isEmpty()
                    || one.vlan().equals(other.vlan()));
        if (both) {
          Set<SourcePlace> places = new HashSet<>(view.sources(in));
          places.retainAll(view.sources(out));
          for (SourcePlace place : places) {
            if (place instanceof Wire wire && wire.uplinks().size() > 1) {
              sentences.add(
                  "a frame that comes by one of the uplinks "
                      + String.join(", ", new TreeSet<>(wire.uplinks()))
                      + " of bridge "
                      + wire.bridge()
                      + " of host "
                      + wire.host()
                      + " and leaves by another is copied as IN and as OUT");
            }
          }
        }
      }
    }
    return List.copyOf(sentences);
  }
}
