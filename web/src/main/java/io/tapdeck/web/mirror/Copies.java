package io.tapdeck.web.mirror;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What was counted of a flow's or service's copies, by its groups and since they were made. Flows
 * that share a group share its figures.
 *
 * @param mirrored copies that were taken and passed the filter
 * @param delivered copies sent to the tap NIC
 * @param unfit of those mirrored, too long for their way: cut, or dropped if the flow says so
 * @param limited dropped because of the service's rate limit
 * @param repeated not sent, because another flow of the service had sent the same frame
 * @param interruptions how often a switch's counters began anew; what was counted just before is
 *     unknown
 * @param shared whether some of this is also other flows'
 */
@JsonPropertyOrder({
  "mirrored",
  "delivered",
  "unfit",
  "limited",
  "repeated",
  "interruptions",
  "shared"
})
public record Copies(
    long mirrored,
    long delivered,
    long unfit,
    long limited,
    long repeated,
    long interruptions,
    boolean shared) {
  /** The copies of a flow. */
  public static Copies of(TapFlow flow, MirrorView view, List<GroupCount> counts) {
    Set<Long> keys = keys(flow, view);
    boolean shared =
        view.flows().stream()
            .filter(other -> !other.id().equals(flow.id()) && view.isOn(other))
            .anyMatch(other -> keys(other, view).stream().anyMatch(keys::contains));
    return sum(Counts.of(keys, view, counts), shared);
  }

  /** All copies for a service. */
  public static Copies of(TapService service, MirrorView view, List<GroupCount> counts) {
    return sum(Counts.of(keys(service, view), view, counts), false);
  }

  private static Copies sum(Counts counts, boolean shared) {
    return new Copies(
        counts.taken().mapToLong(GroupCount::mirrored).sum(),
        counts.given().mapToLong(GroupCount::delivered).sum(),
        counts.taken().mapToLong(GroupCount::unfit).sum(),
        counts.taken().mapToLong(GroupCount::limited).sum(),
        counts.taken().mapToLong(GroupCount::repeated).sum(),
        counts.all().mapToLong(GroupCount::interruptions).sum(),
        shared);
  }

  /** The keys of the groups that a flow is in. */
  static Set<Long> keys(TapFlow flow, MirrorView view) {
    Set<Long> keys = new HashSet<>();
    view.sources(flow)
        .forEach(place ->
            view.group(GroupIdentity.of(flow, place)).ifPresent(group -> keys.add(group.key())));
    return keys;
  }

  /** The keys of a service's groups. */
  static Set<Long> keys(TapService service, MirrorView view) {
    Set<Long> keys = new HashSet<>();
    for (TapGroup group : view.groups()) {
      if (group.identity().service().equals(service.id())) {
        keys.add(group.key());
      }
    }
    return keys;
  }

  /** For people: how many of how many were delivered, and what became of the others. */
  @Override
  public String toString() {
    return delivered
        + " of "
        + mirrored
        + " delivered"
        + and(limited, " over the rate limit")
        + and(unfit, " too long")
        + and(repeated, " repeated")
        + and(interruptions, interruptions == 1 ? " interruption" : " interruptions")
        + (shared ? " (shared)" : "");
  }

  private static String and(long number, String what) {
    return number == 0 ? "" : ", " + number + what;
  }

  /** The rows of some groups: of the hosts that their copies are taken on, and given on. */
  record Counts(List<Of> groups) {
    /** Copies are given on the destination, and were on others if it has moved. */
    private record Of(Optional<GroupCount> taken, List<GroupCount> given) {}

    static Counts of(Set<Long> keys, MirrorView view, List<GroupCount> counts) {
      return new Counts(
          view.groups().stream()
              .filter(group -> keys.contains(group.key()))
              .map(group -> {
                Optional<String> destination =
                    view.service(group.identity().service())
                        .flatMap(view::destination)
                        .map(Host::name);
                return new Of(
                    row(counts, group.key(), Optional.of(group.identity().host())),
                    counts.stream()
                        .filter(count -> count.key() == group.key())
                        .filter(count ->
                            count.delivered() > 0
                                || destination.filter(count.host()::equals).isPresent())
                        .toList());
              })
              .toList());
    }

    private static Optional<GroupCount> row(
        List<GroupCount> counts, long key, Optional<String> host) {
      return counts.stream()
          .filter(count -> count.key() == key && host.filter(count.host()::equals).isPresent())
          .findFirst();
    }

    Stream<GroupCount> taken() {
      return groups.stream().flatMap(group -> group.taken().stream());
    }

    Stream<GroupCount> given() {
      return groups.stream().flatMap(group -> group.given().stream());
    }

    Stream<GroupCount> all() {
      return Stream.concat(taken(), given()).distinct();
    }
  }
}
