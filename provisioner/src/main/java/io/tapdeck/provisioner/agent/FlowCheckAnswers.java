package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.FlowCheck;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.northbound.FlowChecks;
import io.tapdeck.provisioner.plan.HostPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about flows: each once, and only a few in a round, so that they do not keep the
 * host from its work. What was not taken back in time is removed.
 */
final class FlowCheckAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(FlowCheckAnswers.class);

  /** How many are answered in a round. */
  private static final int MOST_A_ROUND = 2;

  /** Of how many any notice is taken: the oldest. */
  private static final int MOST = 16;

  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** What a question may outlive its time, before others remove it. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** When a question was first seen, by a clock of this process; other clocks may differ. */
  private final Map<UUID, Long> seen = new HashMap<>();

  private final Set<UUID> answered = new HashSet<>();

  void answer(FlowChecks checks, String host, MirrorView view, HostPlan plan, OpenVswitch ovs)
      throws InterruptedException {
    List<FlowCheck> all = checks.all();
    Set<UUID> there = new HashSet<>();
    all.forEach(check -> there.add(check.id()));
    seen.keySet().retainAll(there);
    answered.retainAll(there);
    int done = 0;
    try {
      for (FlowCheck check : all.subList(0, Math.min(MOST, all.size()))) {
        if (isOver(check)) {
          checks.remove(check.id());
        } else if (done < MOST_A_ROUND
            && plan.flowParts().containsKey(check.flow())
            && !check.answers().containsKey(host)
            && answered.add(check.id())) {
          done++;
          List<Hop> hops = hops(check.flow(), host, view, plan, ovs);
          try {
            checks.answer(check.id(), host, hops);
          } catch (IOException failed) {
            // It still waits for an answer.
            answered.remove(check.id());
            throw failed;
          }
        }
      }
    } catch (IOException failed) {
      LOG.debug("answering questions about flows", failed);
    }
  }

  private boolean isOver(FlowCheck check) {
    long since = seen.computeIfAbsent(check.id(), any -> System.nanoTime());
    Duration lifetime = check.lifetime().compareTo(LONGEST) < 0 ? check.lifetime() : LONGEST;
    return System.nanoTime() - since > lifetime.plus(GRACE).toNanos();
  }

  private static List<Hop> hops(
      UUID flow, String host, MirrorView view, HostPlan plan, OpenVswitch ovs)
      throws InterruptedException {
    try {
      return new FlowCheckHops(host, view, plan, ovs).of(flow);
    } catch (IOException | RuntimeException failed) {
      return List.of(Hop.failed("switch", "cannot be asked: " + failed.getMessage()));
    }
  }
}
