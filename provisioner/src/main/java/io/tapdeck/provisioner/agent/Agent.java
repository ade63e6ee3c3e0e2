package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.Planner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of a host. It looks at what is wanted and at what is there, each time either changes
 * and several times a second besides, and makes one like the other; it remembers nothing that it
 * could not find again. While the northbound is away it keeps what was last wanted; when it ends,
 * it leaves everything as it is.
 */
public final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /** How often flows are compared, whose loss nobody tells. */
  private static final Duration TICK = Duration.ofMillis(400);

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  /** A server notices within this time that a session's other end is gone. */
  private static final Duration OTHERS_END = Duration.ofSeconds(12);

  private final AgentSettings settings;
  private final Semaphore wakeUp = new Semaphore(0);
  private final Retry northboundRetry = new Retry();
  private final Retry ovsRetry = new Retry();
  private final Reconciler reconciler;
  private volatile boolean stopped;
  private boolean inStep;
  private @Nullable Northbound northbound;
  private @Nullable OpenVswitch ovs;
  private @Nullable MirrorView wanted;

  /** An agent, not yet at work. */
  public Agent(AgentSettings settings) throws InterruptedException {
    this.settings = settings;
    reconciler = new Reconciler(new TapNics());
  }

  /**
   * Works until {@link #stop}.
   *
   * @throws Refusal if it must not, or cannot be told apart from other hosts
   */
  public void run() throws InterruptedException {
    try {
      while (!stopped) {
        round();
        var _ = wakeUp.tryAcquire(TICK.toMillis(), TimeUnit.MILLISECONDS);
        var _ = wakeUp.drainPermits();
      }
    } finally {
      disconnect();
    }
  }

  /** Ends the work soon, from any thread. Nothing on the host is changed. */
  public void stop() {
    stopped = true;
    wakeUp.release();
  }

  private void disconnect() {
    if (northbound != null) {
      northbound.close();
    }
    if (ovs != null) {
      ovs.close();
    }
  }

  private void round() throws InterruptedException {
    OpenVswitch local = ovs();
    if (local == null) {
      return;
    }
    Identity identity = identity(local);
    Northbound shared = northbound(identity);
    try {
      if (shared != null) {
        round(local, identity, shared);
      } else if (wanted != null) {
        MirrorView view = here(wanted, identity, local);
        var _ = reconciler.reconcile(Planner.plan(view, identity.in(view)), local);
      }
    } catch (IOException failed) {
      LOG.warn("the northbound did not take a report: {}", failed.getMessage());
    }
  }

  private void round(OpenVswitch local, Identity identity, Northbound shared)
      throws IOException, InterruptedException {
    HostReports reports = new HostReports(shared, identity.name());
    reports.publish(identity.tunnelIp(), Inventory.nics(local.view(), identity.name()));
    MirrorView view = shared.view();
    HostPlan plan = Planner.plan(view, identity.in(view));
    if (!plan.newGroups().isEmpty() || !plan.oldGroups().isEmpty()) {
      reports.allot(plan.newGroups(), plan.oldGroups());
      view = shared.view();
      plan = Planner.plan(view, identity.in(view));
    }
    wanted = view;
    Reconciler.Findings findings = reconciler.reconcile(plan, local);
    reports.report(
        Reconciler.serviceReports(plan, view, identity.name(), findings),
        Reconciler.flowReports(plan, view, identity.name(), findings));
    if (!inStep && findings.isClean()) {
      inStep = true;
      LOG.info("host {} is in step with {}", identity.name(), settings.northbound());
    }
  }

  /** What was last wanted, with this host's NICs as they are now. */
  private static MirrorView here(MirrorView view, Identity identity, OpenVswitch local) {
    List<Nic> nics =
        new java.util.ArrayList<>(
            view.nics().stream().filter(nic -> !nic.host().equals(identity.name())).toList());
    nics.addAll(Inventory.nics(local.view(), identity.name()));
    return new MirrorView(
        view.hosts(),
        nics,
        view.services(),
        view.flows(),
        view.groups(),
        view.serviceReports(),
        view.flowReports());
  }

  private @Nullable OpenVswitch ovs() throws InterruptedException {
    if (ovs != null && ovs.isOpen()) {
      return ovs;
    }
    boolean first = ovs == null;
    if (ovsRetry.isDue()) {
      try {
        OpenVswitch opened = OpenVswitch.open(settings.ovs(), wakeUp::release);
        if (!opened.claim(OTHERS_END)) {
          opened.close();
          if (first) {
            throw new Refusal(
                "the Open vSwitch at " + settings.ovs() + " has an agent already: stop that one");
          }
          throw new IOException("another agent has taken over this Open vSwitch");
        }
        ovsRetry.reset();
        ovs = opened;
        return opened;
      } catch (IOException absent) {
        ovsRetry.failed("Open vSwitch", absent);
      }
    }
    return null;
  }

  private @Nullable Northbound northbound(Identity identity) throws InterruptedException {
    if (northbound != null && !northbound.ended().isDone()) {
      return northbound;
    }
    boolean first = northbound == null;
    if (northboundRetry.isDue()) {
      try {
        Northbound opened = Northbound.open(settings.northbound(), CONNECT, wakeUp::release);
        if (!opened.speakFor(identity.name(), OTHERS_END)) {
          opened.close();
          if (first) {
            throw new Refusal(
                "host "
                    + identity.name()
                    + " has an agent already: stop that one, or give this one another --host");
          }
          throw new IOException("another agent speaks for host " + identity.name());
        }
        northboundRetry.reset();
        northbound = opened;
        inStep = false;
        return opened;
      } catch (IOException absent) {
        northboundRetry.failed("the northbound", absent);
      }
    }
    return null;
  }

  /** Who this host is to the others. */
  private record Identity(String name, String tunnelIp) {
    Host in(MirrorView view) {
      return view.host(name).orElseGet(() -> new Host(new UUID(0, 0), name, tunnelIp));
    }
  }

  private Identity identity(OpenVswitch local) {
    Map<String, String> ids =
        local.view().root().map(row -> row.map("external_ids")).orElse(Map.of());
    String name =
        settings
            .host()
            .or(() -> Optional.ofNullable(ids.get("hostname")))
            .or(() -> Optional.ofNullable(ids.get("system-id")))
            .orElseGet(Agent::systemName);
    String tunnelIp =
        settings
            .tunnelIp()
            .or(() -> Optional.ofNullable(ids.get("tapdeck-tunnel-ip")))
            .or(() -> Optional.ofNullable(ids.get("ovn-encap-ip")))
            .orElseThrow(() ->
                new Refusal(
                    "the address that other hosts send copies to is not known: give"
                        + " --tunnel-ip, or set external_ids:tapdeck-tunnel-ip of"
                        + " Open_vSwitch"));
    return new Identity(name, tunnelIp);
  }

  private static String systemName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      throw new Refusal("this host has no name: give --host", nameless);
    }
  }

  /** When to try again something that failed: later each time, up to a limit. */
  private static final class Retry {
    private Duration delay = FIRST_RETRY;
    private long due = System.nanoTime();

    boolean isDue() {
      return System.nanoTime() - due >= 0;
    }

    void reset() {
      delay = FIRST_RETRY;
      due = System.nanoTime();
    }

    void failed(String what, IOException reason) {
      LOG.warn("{} is away: {}", what, reason.getMessage());
      due = System.nanoTime() + delay.toNanos();
      delay = delay.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? delay.multipliedBy(2) : LAST_RETRY;
    }
  }
}
