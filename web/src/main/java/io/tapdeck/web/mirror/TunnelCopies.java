package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was counted of the copies that go from one host to another, since their groups were made.
 *
 * @param mirrored copies that were taken for it and passed the filter
 * @param delivered copies that came out of it and were sent to a tap NIC
 */
public record TunnelCopies(String from, String to, long mirrored, long delivered) {
  /** Those of every pair of hosts that have some group of copies between them, by their names. */
  public static List<TunnelCopies> of(MirrorView view, List<GroupCount> counts) {
    List<TunnelCopies> tunnels = new ArrayList<>();
    for (TapGroup group : view.groups()) {
      String from = group.identity().host();
      Optional<String> to =
          view.service(group.identity().service())
              .flatMap(view::destination)
              .map(Host::name)
              .filter(host -> !host.equals(from));
      if (to.isPresent()) {
        tunnels.add(
            new TunnelCopies(
                from,
                to.get(),
                row(counts, group, from).map(GroupCount::mirrored).orElse(0L),
                row(counts, group, to.get()).map(GroupCount::delivered).orElse(0L)));
      }
    }
    return sums(tunnels);
  }

  private static Optional<GroupCount> row(List<GroupCount> counts, TapGroup group, String host) {
    return counts.stream()
        .filter(count -> count.key() == group.key() && count.host().equals(host))
        .findFirst();
  }

  private static List<TunnelCopies> sums(List<TunnelCopies> groups) {
    List<TunnelCopies> sums = new ArrayList<>();
    groups.stream()
        .sorted(Comparator.comparing(TunnelCopies::from).thenComparing(TunnelCopies::to))
        .forEach(one -> {
          TunnelCopies last = sums.isEmpty() ? one : sums.getLast();
          if (!sums.isEmpty() && last.from().equals(one.from()) && last.to().equals(one.to())) {
            sums.set(
                sums.size() - 1,
                new TunnelCopies(
                    one.from(),
                    one.to(),
                    last.mirrored() + one.mirrored(),
                    last.delivered() + one.delivered()));
          } else {
            sums.add(one);
          }
        });
    return sums;
  }
}
