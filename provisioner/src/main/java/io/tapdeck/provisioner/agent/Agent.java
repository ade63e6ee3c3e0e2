package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.Planner;
import io.tapdeck.provisioner.plan.TunnelAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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

  private static final String MACHINE = Machine.bootId();

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofMillis(500);

  /** A server notices within this time that a session's other end is gone. */
  private static final Duration OTHERS_END = Duration.ofSeconds(12);

  private final AgentSettings settings;
  private final Semaphore wakeUp = new Semaphore(0);
  private final Retry northboundRetry = new Retry();
  private final Retry ovsRetry = new Retry();
  private final Counters counters = new Counters();
  private final Reconciler reconciler;
  private volatile boolean stopped;
  private final Troubles troubles = new Troubles(LOG);
  private final FlowCheckAnswers flowChecks = new FlowCheckAnswers();
  private final Survey survey = new Survey(troubles);
  private boolean inStep;

  /** Whether this round is for something that has just changed. */
  private boolean isHurried;

  private @Nullable Identity identity;
  private boolean isIdentityChecked;
  private @Nullable Northbound northbound;
  private @Nullable CompletableFuture<Northbound> opening;
  private @Nullable OpenVswitch ovs;
  private @Nullable MirrorView wanted;

  private @Nullable Published published;

  /** A round that is not told yet. */
  private @Nullable Round untold;

  /** An agent, not yet at work. */
  public Agent(AgentSettings settings) throws InterruptedException {
    this.settings = settings;
    reconciler = new Reconciler(new TapNics(), counters, wakeUp::release);
  }

  /**
   * Works until {@link #stop}.
   *
   * @throws Refusal if it must not, or cannot be told apart from other hosts
   */
  public void run() throws InterruptedException {
    try {
      while (!stopped) {
        try {
          round();
          troubles.over("a round");
        } catch (Refusal refusal) {
          throw refusal;
        } catch (RuntimeException broken) {
          // What one round cannot cope with must not end what the others keep.
          LOG.debug("a round", broken);
          troubles.met("a round", broken.toString());
        }
        isHurried = wakeUp.tryAcquire(rest().toMillis(), TimeUnit.MILLISECONDS);
        var _ = wakeUp.drainPermits();
      }
    } finally {
      disconnect();
    }
  }

  /** How long there is nothing to do, if nothing changes: until flows are compared, or one ends. */
  private Duration rest() {
    Instant now = Instant.now();
    return wanted == null
        ? TICK
        : wanted.flows().stream()
            .flatMap(flow -> flow.end().stream())
            .filter(now::isBefore)
            // Not before it has come.
            .map(end -> Duration.between(now, end).plusMillis(1))
            .filter(left -> left.compareTo(TICK) < 0)
            .min(Comparator.naturalOrder())
            .orElse(TICK);
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
    if (opening != null) {
      var _ = opening.thenAccept(Northbound::close);
    }
    if (ovs != null) {
      ovs.close();
    }
  }

  private void round() throws InterruptedException {
    OpenVswitch local = ovs();
    if (local == null) {
      sayThatItIsAway();
      return;
    }
    Identity itself = identity(local);
    if (itself == null) {
      return;
    }
    Optional<HostLinks> links = survey.links(isHurried);
    if (links.isEmpty()) {
      return;
    }
    reconciler.compare(links.get());
    Northbound shared = northbound(itself);
    if (shared != null) {
      round(local, itself, shared, links.get());
    } else if (wanted != null) {
      Survey.Found found =
          survey.find(itself.name(), itself.tunnelIp(), wanted, local.view(), links.get());
      MirrorView view = here(wanted.at(Instant.now()), itself, found.inventory());
      HostPlan plan =
          Planner.plan(view, itself.in(view, found), Ports.foreignMirrors(local.view()));
      var _ = reconciler.reconcile(plan, local);
      counters.read(plan, view, itself.name(), local);
    }
  }

  private void sayThatItIsAway() throws InterruptedException {
    if (identity == null || northbound == null || northbound.ended().isDone()) {
      return;
    }
    String name = identity.name();
    Absence absence =
        new Absence(
            northbound.view(), name, "the Open vSwitch at " + settings.ovs() + " does not answer");
    try {
      new HostReports(northbound, name).report(absence.serviceReports(), absence.flowReports());
    } catch (IOException refused) {
      troubles.met("writing to the northbound", String.valueOf(refused.getMessage()));
    }
  }

  /** What cannot be written to the northbound does not keep this host from its work. */
  private void round(OpenVswitch local, Identity itself, Northbound shared, HostLinks links)
      throws InterruptedException {
    HostReports reports = new HostReports(shared, itself.name());
    String writing = "writing to the northbound";
    boolean written = true;
    Survey.Found found =
        survey.find(itself.name(), itself.tunnelIp(), shared.view(), local.view(), links);
    try {
      publish(itself.in(shared.view(), found), found.inventory(), shared, reports);
    } catch (IOException refused) {
      troubles.met(writing, "this host's NICs: " + refused.getMessage());
      written = false;
    }
    MirrorView view = seen(shared, itself, found.inventory(), written);
    HostPlan plan = Planner.plan(view, itself.in(view, found), Ports.foreignMirrors(local.view()));
    if (!plan.newGroups().isEmpty() || !plan.oldGroups().isEmpty()) {
      try {
        reports.allot(plan.newGroups(), plan.oldGroups());
        view = seen(shared, itself, found.inventory(), written);
        plan = Planner.plan(view, itself.in(view, found), Ports.foreignMirrors(local.view()));
      } catch (IOException refused) {
        troubles.met(writing, "this host's groups: " + refused.getMessage());
        written = false;
      }
    }
    wanted = view;
    counters.begin(shared, plan, view, itself.name(), local);
    Reconciler.Findings findings = reconciler.reconcile(plan, local);
    try {
      counters.read(plan, view, itself.name(), local);
      report(new Round(plan, view, findings), itself, reports);
      counters.write(reports, itself.name());
      if (written) {
        troubles.over(writing);
      }
    } catch (IOException refused) {
      troubles.met(writing, "how far this host is: " + refused.getMessage());
      written = false;
    }
    flowChecks.answer(shared.flowChecks(), itself.name(), view, plan, local);
    if (!inStep && written && findings.isClean()) {
      inStep = true;
      LOG.info("host {} is in step with {}", itself.name(), settings.northbound());
    }
  }

  /** With a thousand NICs it takes longer to see that nothing has changed than all the rest. */
  private void publish(Host itself, Inventory found, Northbound shared, HostReports reports)
      throws IOException, InterruptedException {
    Published now = new Published(shared.view().inventory(), itself, found);
    if (!now.isSame(published)) {
      reports.publish(itself, found);
      published = now;
    }
  }

  /** What the northbound held, and what was found and has been written to it. */
  private record Published(Inventory held, Host itself, Inventory found) {
    @SuppressWarnings("ReferenceEquality") // to compare all of them is what takes long
    boolean isSame(@Nullable Published other) {
      return other != null
          && held == other.held
          && found == other.found
          && itself.equals(other.itself);
    }
  }

  /** What was found in a round. */
  private record Round(HostPlan plan, MirrorView view, Reconciler.Findings findings) {}

  /**
   * Tells what packets follow. While one change comes after another that is an earlier round,
   * rather than none.
   */
  private void report(Round round, Identity itself, HostReports reports)
      throws IOException, InterruptedException {
    Round told = round;
    Round before = untold;
    if (reconciler.isFollowed(round.findings())) {
      untold = null;
    } else if (before == null) {
      untold = round;
      return;
    } else if (reconciler.isFollowed(before.findings())) {
      untold = round;
      told = before;
    } else {
      return;
    }
    reports.report(
        Reconciler.serviceReports(told.plan(), told.view(), itself.name(), told.findings()),
        counters.judge(
            Reconciler.flowReports(told.plan(), told.view(), itself.name(), told.findings()),
            told.plan(),
            told.view()));
  }

  private static MirrorView seen(
      Northbound shared, Identity itself, Inventory found, boolean published) {
    return published ? shared.view() : here(shared.view(), itself, found);
  }

  /** What was last wanted, with this host's NICs as they are now. */
  private static MirrorView here(MirrorView view, Identity identity, Inventory found) {
    String host = identity.name();
    return view.with(
        new Inventory(
            view.hosts(),
            replaced(view.nics(), Nic::host, host, found.nics()),
            replaced(view.inventory().hostNics(), HostNic::host, host, found.hostNics()),
            replaced(view.inventory().wires(), Wire::host, host, found.wires())));
  }

  private static <T> List<T> replaced(
      List<T> published, Function<T, String> hostOf, String host, List<T> found) {
    List<T> all = new ArrayList<>(published);
    all.removeIf(one -> hostOf.apply(one).equals(host));
    all.addAll(found);
    return all;
  }

  private @Nullable OpenVswitch ovs() throws InterruptedException {
    if (ovs != null && ovs.isOpen()) {
      return ovs;
    }
    boolean first = ovs == null;
    if (ovsRetry.isDue()) {
      try {
        OpenVswitch opened = OpenVswitch.open(settings.ovs(), wakeUp::release);
        boolean ours = false;
        try {
          ours = opened.claim(OTHERS_END);
        } finally {
          // Left open, it could get the lock later and keep it from the next session.
          if (!ours) {
            opened.close();
          }
        }
        if (!ours) {
          if (first) {
            throw new Refusal(
                "the Open vSwitch at " + settings.ovs() + " has an agent already: stop that one");
          }
          throw new IOException("another agent has taken over this Open vSwitch");
        }
        ovsRetry.reset("Open vSwitch");
        ovs = opened;
        isIdentityChecked = false;
        return opened;
      } catch (IOException absent) {
        ovsRetry.failed("Open vSwitch", absent);
      }
    }
    return null;
  }

  private @Nullable Northbound northbound(Identity itself) {
    if (northbound != null && !northbound.ended().isDone()) {
      return northbound;
    }
    boolean first = northbound == null;
    if (opening == null && northboundRetry.isDue()) {
      opening = opened(itself.name(), first);
    }
    if (opening == null || !opening.isDone()) {
      return null;
    }
    CompletableFuture<Northbound> done = opening;
    opening = null;
    if (done.state() == Future.State.SUCCESS) {
      northboundRetry.reset("the northbound");
      northbound = done.resultNow();
      inStep = false;
      return northbound;
    }
    switch (done.exceptionNow()) {
      case Refusal refusal -> throw refusal;
      case IOException absent -> northboundRetry.failed("the northbound", absent);
      case Throwable broken -> northboundRetry.failed("the northbound", new IOException(broken));
    }
    return null;
  }

  /** Opens it beside the rounds, which a northbound that does not answer must not hold up. */
  private CompletableFuture<Northbound> opened(String host, boolean first) {
    CompletableFuture<Northbound> begun = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("northbound-open")
        .start(() -> {
          try {
            begun.complete(open(host, first));
          } catch (IOException | RuntimeException | InterruptedException failed) {
            begun.completeExceptionally(failed);
          }
          wakeUp.release();
        });
    return begun;
  }

  private Northbound open(String host, boolean first) throws IOException, InterruptedException {
    Northbound opened = Northbound.open(settings.northbound(), CONNECT, wakeUp::release);
    boolean ours = false;
    try {
      ours = opened.speakFor(host, OTHERS_END);
    } finally {
      if (!ours) {
        opened.close();
      }
    }
    if (ours) {
      return opened;
    }
    if (first) {
      throw new Refusal(
          "host " + host + " has an agent already: stop that one, or give this one another --host");
    }
    throw new IOException("another agent speaks for host " + host);
  }

  /** Who this host is to the others. */
  private record Identity(String name, String tunnelIp) {
    Host in(MirrorView view, Survey.Found found) {
      return new Host(
          view.host(name).map(Host::id).orElse(new UUID(0, 0)),
          name,
          tunnelIp,
          found.tunnelMtu(),
          MACHINE);
    }
  }

  /**
   * Who this host is: found once, and looked at again with each session. A host in service does not
   * change its name or address, whatever is written into Open vSwitch meanwhile.
   *
   * @return null while Open vSwitch is not set up
   */
  private @Nullable Identity identity(OpenVswitch local) {
    String what = "this host's name and tunnel address";
    Identity known = identity;
    if (known != null && isIdentityChecked) {
      return known;
    }
    Optional<Row> root = local.view().root();
    if (root.isEmpty()) {
      troubles.met(what, "the Open vSwitch at " + settings.ovs() + " is not set up yet");
      return known;
    }
    isIdentityChecked = true;
    Identity found;
    try {
      found = read(root.get().map("external_ids"));
    } catch (Refusal missing) {
      if (known == null) {
        throw missing;
      }
      troubles.met(what, String.valueOf(missing.getMessage()));
      return known;
    }
    if (known != null && !known.equals(found)) {
      troubles.met(
          what,
          "Open vSwitch says "
              + found.name()
              + " and "
              + found.tunnelIp()
              + " now: start this agent anew for that");
      return known;
    }
    troubles.over(what);
    identity = found;
    return found;
  }

  private Identity read(Map<String, String> ids) {
    String name =
        settings
            .host()
            .or(() -> Optional.ofNullable(ids.get("hostname")))
            .or(() -> Optional.ofNullable(ids.get("system-id")))
            .orElseGet(Agent::systemName);
    if (name.isBlank()) {
      throw new Refusal("the host's name is empty: give --host a name");
    }
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
    return new Identity(
        name,
        TunnelAddress.canonical(tunnelIp)
            .orElseThrow(() ->
                new Refusal(
                    "'"
                        + tunnelIp
                        + "' is no address that other hosts can send copies to: give --tunnel-ip"
                        + " an IP address of this host, without a scope")));
  }

  private static String systemName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      throw new Refusal("this host has no name: give --host", nameless);
    }
  }

  /** When to try again something that failed: later each time, up to a limit. */
  private final class Retry {
    private Duration delay = FIRST_RETRY;
    private long due = System.nanoTime();

    boolean isDue() {
      return System.nanoTime() - due >= 0;
    }

    void reset(String what) {
      troubles.over(what);
      delay = FIRST_RETRY;
      due = System.nanoTime();
    }

    void failed(String what, IOException reason) {
      troubles.met(what, "away: " + reason.getMessage());
      due = System.nanoTime() + delay.toNanos();
      delay = delay.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? delay.multipliedBy(2) : LAST_RETRY;
    }
  }
}
