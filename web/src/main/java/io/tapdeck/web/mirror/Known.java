package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.northbound.Northbound;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What is known of mirrors beside what the northbound tells unasked.
 *
 * @param away the hosts whose agents are not connected
 * @param counts what hosts have counted
 */
public record Known(Set<String> away, List<GroupCount> counts) {
  public Known {
    away = Set.copyOf(away);
    counts = List.copyOf(counts);
  }

  /** Asks the northbound. */
  public static Known of(Northbound northbound) throws IOException, InterruptedException {
    return new Known(northbound.hostsWithoutAgent(), northbound.counts());
  }
}
