package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.Part;
import io.tapdeck.provisioner.plan.PlannedMeter;
import io.tapdeck.provisioner.plan.PlannedMirror;
import io.tapdeck.provisioner.plan.PlannedPort;
import io.tapdeck.provisioner.plan.PortNumbers;
import io.tapdeck.provisioner.plan.SwitchDiff;
import io.tapdeck.provisioner.plan.SwitchView;
import io.tapdeck.provisioner.plan.TapNic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a host as planned and reads it back. What is right is not touched. First comes what adds to
 * what is copied, in one transaction, then the flows, at once, then what takes away: no copy of a
 * flow that goes on is dropped because another one has taken it that has not yet, or no longer.
 */
final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  /** What Bridge's {@code datapath_type} says; the empty string is the kernel's too. */
  private static final String USER_SPACE = "netdev";

  private static final String KERNEL = "system";

  /** Stands for what should have been removed and is still there. */
  private static final TapNic NOT_GONE =
      new TapNic(TapNic.Kind.INTERNAL, new UUID(0, 0), "", "", Optional.empty());

  private final TapNics tapNics;
  private final Neighbours neighbours = new Neighbours();
  private final Troubles troubles = new Troubles(LOG);

  /** The NICs of the last round, if what is not one of them is gone; absent before the first. */
  private Optional<Set<TapNic>> lastNics = Optional.empty();

  /** What was planned in the last round for {@code brtap}. */
  private Set<String> lastFlows = Set.of();

  private final Runnable progress;
  private final Revalidation revalidation = new Revalidation();

  /** Whether there may be meters of ours, perhaps of an agent before this one. */
  private boolean hasMeters = true;

  private final Counters counters;

  /**
   * @param progress called, on any thread, when another round has more to report
   */
  Reconciler(TapNics tapNics, Counters counters, Runnable progress) {
    this.progress = progress;
    this.tapNics = tapNics;
    this.counters = counters;
  }

  /**
   * What was found after a round.
   *
   * @param amiss planned ports and Mirrors that are not as planned, and why
   * @param nicTrouble ports of tap NICs that are not set right, and why
   * @param unreachable tunnel endpoints that cannot be sent to, and why
   * @param leftover whether something of ours is there that should not
   * @param trouble what kept the whole round from being done
   * @param changes the number of the last change before this was found, see {@link #isFollowed}
   */
  record Findings(
      Map<String, String> amiss,
      Map<String, String> nicTrouble,
      Map<String, String> unreachable,
      boolean leftover,
      Optional<String> trouble,
      long changes) {
    /** Whether the host is as planned, as far as it lies with this host. */
    boolean isClean() {
      return amiss.isEmpty() && nicTrouble.isEmpty() && !leftover && trouble.isEmpty();
    }
  }

  /** Whether packets follow what was found, so that it can be told. */
  boolean isFollowed(Findings findings) {
    return findings.changes() <= revalidation.followed();
  }

  /** Tells what was read of the host, by which it shows that somebody has changed a tap NIC. */
  void compare(HostLinks links) throws InterruptedException {
    tapNics.compare(links);
  }

  /** One round. */
  Findings reconcile(HostPlan plan, OpenVswitch ovs) throws InterruptedException {
    String what = "making the switch as planned";
    try {
      Findings findings = apply(plan, ovs);
      troubles.over(what);
      revalidation.pursue(ovs, progress);
      return findings;
    } catch (IOException failed) {
      String reason = String.valueOf(failed.getMessage());
      troubles.met(what, reason);
      return new Findings(Map.of(), Map.of(), Map.of(), true, Optional.of(reason), 0);
    }
  }

  private Findings apply(HostPlan plan, OpenVswitch ovs) throws IOException, InterruptedException {
    ensureBrtap(ovs);
    Map<String, String> nicTrouble = new HashMap<>();
    Set<TapNic> planned = Set.copyOf(plan.nics());
    for (TapNic nic : plan.nics()) {
      Optional<SwitchView.BridgePort> port = ovs.view().port(nic.port());
      boolean isPort = port.filter(SwitchView.BridgePort::isOurs).isPresent();
      if (isPort && isDown(nic, port.flatMap(SwitchView.BridgePort::only))) {
        tapNics.doubt(nic);
      }
      if (port.isEmpty() || isPort) {
        attempt(nic, nicTrouble, () -> tapNics.prepare(nic, isPort));
      }
    }
    PortNumbers numbers = PortNumbers.of(plan, ovs.view());
    Map<String, PlannedMeter> meters = meters(plan, numbers);
    MissingMeters missing = makeMeters(meters, numbers, ovs);
    Set<String> flows =
        plan.flows().stream()
            .map(flow -> missing.without(flow).text(numbers))
            .collect(Collectors.toSet());
    HostPlan allowed = without(nicTrouble.keySet(), plan, ovs.view());
    configure(SwitchDiff.growth(allowed, numbers, ovs.view()), ovs);
    // Where others are planned now there is no need to look first.
    Set<String> foundFlows = flows.equals(lastFlows) ? ovs.flows() : Set.of();
    if (!foundFlows.equals(flows)) {
      revalidation.change();
      counters.readBeforeChange(ovs);
      ovs.replaceFlows(flows);
      foundFlows = ovs.flows();
    }
    lastFlows = flows;
    removeMeters(meters.keySet(), ovs);
    configure(SwitchDiff.of(allowed, numbers, ovs.view()).operations(), ovs);
    for (TapNic nic : plan.nics()) {
      Optional<SwitchView.BridgePort> port =
          ovs.view()
              .port(nic.port())
              .filter(known -> known.isOurs() && known.bridgeName().equals(HostPlan.BRTAP));
      if (port.isPresent() && !nicTrouble.containsKey(nic.port())) {
        long ifindex =
            nic.kind() == TapNic.Kind.INTERNAL
                ? port.get().only().map(row -> row.whole("ifindex")).orElse(0L)
                : 0;
        attempt(nic, nicTrouble, () -> tapNics.ensure(nic, ifindex));
      }
    }
    boolean othersAreGone = lastNics.filter(planned::equals).isPresent();
    if (!othersAreGone) {
      othersAreGone =
          tapNics.removeOthers(
              plan.nics(),
              lastNics.isEmpty() ? namespaces(ovs.view()) : Set.of(),
              foreignDevices(ovs.view()));
      lastNics = Optional.of(othersAreGone ? planned : Set.of(NOT_GONE));
    }
    Map<String, String> unreachable =
        isUserSpace(ovs) ? neighbours.ensure(plan.neighbours(), ovs) : Map.of();
    ovs.awaitCarriedOut();
    Findings findings =
        readBack(
            plan,
            numbers,
            foundFlows.equals(flows),
            ovs.view(),
            missing.amiss(plan.flows()),
            nicTrouble,
            unreachable,
            revalidation.changes());
    return othersAreGone
        ? findings
        : new Findings(
            findings.amiss(),
            findings.nicTrouble(),
            findings.unreachable(),
            true,
            findings.trouble(),
            findings.changes());
  }

  /** The plan without new ports for NICs that cannot have them: a NIC in use would be cut off. */
  private static HostPlan without(Set<String> troubled, HostPlan plan, SwitchView there) {
    Set<String> refused = new HashSet<>(troubled);
    refused.removeIf(name -> there.port(name).isPresent());
    if (refused.isEmpty()) {
      return plan;
    }
    return plan.withPorts(
        plan.ports().stream().filter(port -> !refused.contains(port.name())).toList());
  }

  /**
   * Whether Open vSwitch sees a NIC down, which it tells at once. A physical one may have no cable.
   */
  private static boolean isDown(TapNic nic, Optional<Row> row) {
    return row.filter(of ->
            of.text("admin_state").equals("down")
                || (nic.kind() != TapNic.Kind.PHYSICAL && of.text("link_state").equals("down")))
        .isPresent();
  }

  private void configure(List<Operation> changes, OpenVswitch ovs)
      throws IOException, InterruptedException {
    if (!changes.isEmpty()) {
      revalidation.change();
      ovs.configure(changes);
    }
  }

  /** By number, the meters that should be there. */
  private static Map<String, PlannedMeter> meters(HostPlan plan, PortNumbers numbers) {
    Map<String, PlannedMeter> meters = new HashMap<>();
    for (PlannedMeter meter : plan.meters()) {
      meters.put(Integer.toString(numbers.meter(meter.use(), meter.port())), meter);
    }
    return meters;
  }

  /** A flow can name a meter only once it is there. What keeps one does not keep the others. */
  private MissingMeters makeMeters(
      Map<String, PlannedMeter> wanted, PortNumbers numbers, OpenVswitch ovs)
      throws IOException, InterruptedException {
    Map<PlannedMeter, String> missing = new HashMap<>();
    Map<String, String> there = wanted.isEmpty() ? Map.of() : byNumber(ovs.meters());
    Map<String, PlannedMeter> changed = new HashMap<>(wanted);
    changed
        .entrySet()
        .removeIf(meter -> meter.getValue().text(numbers).equals(there.get(meter.getKey())));
    // A meter that is changed counts anew.
    boolean isRead =
        changed.keySet().stream().anyMatch(there::containsKey) && counters.readBeforeChange(ovs);
    for (Map.Entry<String, PlannedMeter> meter : changed.entrySet()) {
      boolean isNew = !there.containsKey(meter.getKey());
      String text = meter.getValue().text(numbers);
      String what = "making " + text;
      revalidation.change();
      hasMeters = true;
      try {
        ovs.setMeter(text, isNew);
        troubles.over(what);
        if (!isNew && isRead) {
          counters.replaced("meter=" + meter.getKey());
          counters.replaced("band=" + meter.getKey());
        }
      } catch (IOException failed) {
        String reason = String.valueOf(failed.getMessage());
        troubles.met(what, reason);
        missing.put(meter.getValue(), reason);
      }
    }
    return new MissingMeters(missing);
  }

  private void removeMeters(Set<String> wanted, OpenVswitch ovs)
      throws IOException, InterruptedException {
    if (wanted.isEmpty() && !hasMeters) {
      return;
    }
    for (String number : byNumber(ovs.meters()).keySet()) {
      if (!wanted.contains(number)) {
        ovs.removeMeter("meter=" + number);
      }
    }
    hasMeters = !wanted.isEmpty();
  }

  private static Map<String, String> byNumber(Set<String> meters) {
    Map<String, String> byNumber = new HashMap<>();
    for (String meter : meters) {
      byNumber.put(meter.substring(meter.indexOf('=') + 1, meter.indexOf(' ')), meter);
    }
    return byNumber;
  }

  /** The guests of this host that are network namespaces. */
  private static Set<String> namespaces(SwitchView there) {
    return Ports.nics(there, "").stream()
        .flatMap(nic -> nic.netns().stream())
        .collect(Collectors.toSet());
  }

  /** The interfaces that others have on bridges. */
  private static Set<String> foreignDevices(SwitchView there) {
    return there.ports().values().stream()
        .filter(port -> !port.isOurs())
        .flatMap(port -> port.interfaces().stream())
        .map(row -> row.text("name"))
        .collect(Collectors.toSet());
  }

  /** Something done to a NIC, whose failure is that NIC's alone. */
  private interface NicStep {
    void run() throws IOException, InterruptedException;
  }

  private static void attempt(TapNic nic, Map<String, String> trouble, NicStep step)
      throws InterruptedException {
    try {
      step.run();
    } catch (IOException failed) {
      trouble.put(nic.port(), String.valueOf(failed.getMessage()));
    }
  }

  private static Findings readBack(
      HostPlan plan,
      PortNumbers numbers,
      boolean flowsAreRight,
      SwitchView there,
      Map<String, String> withoutMeters,
      Map<String, String> nicTrouble,
      Map<String, String> unreachable,
      long changes) {
    SwitchDiff.Difference difference = SwitchDiff.of(plan, numbers, there);
    Map<String, String> amiss = new HashMap<>(withoutMeters);
    for (String name : difference.amiss()) {
      boolean taken = there.port(name).filter(port -> !port.isOurs()).isPresent();
      amiss.put(
          name, taken ? "is there and not Tapdeck's: rename or remove it" : "is not as planned");
    }
    for (PlannedMirror mirror : plan.mirrors()) {
      strange(mirror.bridge(), there).ifPresent(fault -> amiss.put(mirror.name(), fault));
    }
    for (PlannedPort port : plan.ports()) {
      there
          .port(port.name())
          .filter(SwitchView.BridgePort::isOurs)
          .flatMap(SwitchView.BridgePort::only)
          .flatMap(row -> fault(row, port.bridge(), numbers))
          .ifPresent(fault -> amiss.put(port.name(), fault));
    }
    Optional<String> trouble =
        flowsAreRight ? Optional.empty() : Optional.of("the flows of brtap are not as planned");
    return new Findings(amiss, nicTrouble, unreachable, difference.leftover(), trouble, changes);
  }

  private static Optional<String> fault(Row row, String bridge, PortNumbers numbers) {
    Optional<String> error = row.optionalText("error");
    long number = row.whole("ofport");
    if (error.isPresent()) {
      return error;
    }
    if (number <= 0) {
      return Optional.of("is not in use by Open vSwitch");
    }
    return bridge.equals(HostPlan.BRTAP) && number != numbers.number(row.text("name"))
        ? Optional.of("has OpenFlow number " + number + ", not the one asked for")
        : Optional.empty();
  }

  /** Patch ports join bridges of one datapath only. */
  private static Optional<String> strange(String bridge, SwitchView there) {
    String ours = there.bridge(HostPlan.BRTAP).map(Reconciler::datapathType).orElse("");
    return there
        .bridge(bridge)
        .map(Reconciler::datapathType)
        .filter(type -> !type.equals(ours))
        .map(type ->
            "cannot copy: bridge "
                + bridge
                + " is of datapath type "
                + type
                + " and brtap of "
                + ours
                + "; one host's bridges must be of one");
  }

  private void ensureBrtap(OpenVswitch ovs) throws IOException, InterruptedException {
    Optional<Row> brtap = ovs.view().bridge(HostPlan.BRTAP);
    String type = wantedDatapathType(ovs.view());
    if (brtap.isEmpty()) {
      ovs.configure(SwitchDiff.brtap(type));
    } else if (!SwitchView.isOurBridge(brtap.get())) {
      throw new IOException("bridge brtap is there and not Tapdeck's: rename or remove it");
    } else {
      List<Operation> changes = SwitchDiff.brtap(brtap.get(), type);
      if (!changes.isEmpty()) {
        revalidation.change();
        ovs.configure(changes);
      }
    }
  }

  /** That of the other bridges; where they do not agree, brtap stays as it is. */
  static String wantedDatapathType(SwitchView there) {
    Set<String> others =
        there.bridges().stream()
            .filter(bridge -> !bridge.text("name").equals(HostPlan.BRTAP))
            .map(Reconciler::datapathType)
            .collect(Collectors.toSet());
    boolean kernel = Files.exists(Path.of("/sys/module/openvswitch"));
    if (others.size() == 1 && (kernel || others.contains(USER_SPACE))) {
      return others.iterator().next();
    }
    return there
        .bridge(HostPlan.BRTAP)
        .map(Reconciler::datapathType)
        .orElse(others.contains(USER_SPACE) || !kernel ? USER_SPACE : KERNEL);
  }

  private static String datapathType(Row bridge) {
    return bridge.text("datapath_type").equals(USER_SPACE) ? USER_SPACE : KERNEL;
  }

  static boolean isUserSpace(OpenVswitch ovs) {
    return ovs.view()
        .bridge(HostPlan.BRTAP)
        .filter(brtap -> datapathType(brtap).equals(USER_SPACE))
        .isPresent();
  }

  /** What is to be said of the services, after a round. */
  static List<ServiceReport> serviceReports(
      HostPlan plan, MirrorView view, String host, Findings findings) {
    List<ServiceReport> reports = new ArrayList<>();
    for (TapService service : view.services()) {
      verdict(plan.serviceParts().get(service.id()), findings)
          .ifPresent(verdict ->
              reports.add(
                  new ServiceReport(
                      service.id(),
                      host,
                      service.generation(),
                      verdict.progress(),
                      verdict.reason(),
                      verdict.progress() == Progress.READY
                          ? plan.nicOf(service.id()).map(TapNic::name).orElse("")
                          : "")));
    }
    return reports;
  }

  /** What is to be said of the flows, after a round. */
  static List<FlowReport> flowReports(
      HostPlan plan, MirrorView view, String host, Findings findings) {
    List<FlowReport> reports = new ArrayList<>();
    for (TapFlow flow : view.flows()) {
      Part part = plan.flowParts().get(flow.id());
      Set<Long> keys = part instanceof Part.Needs needs ? needs.keys() : Set.of();
      long serviceGeneration = view.service(flow.service()).map(TapService::generation).orElse(0L);
      verdict(part, findings)
          .ifPresent(verdict ->
              reports.add(
                  new FlowReport(
                      flow.id(),
                      host,
                      flow.generation(),
                      serviceGeneration,
                      keys,
                      verdict.progress(),
                      verdict.reason())));
    }
    return reports;
  }

  private record Verdict(Progress progress, String reason) {}

  private static Optional<Verdict> verdict(
      @org.jspecify.annotations.Nullable Part part, Findings findings) {
    return switch (part) {
      case null -> Optional.empty();
      case Part.NotYet ignored -> Optional.empty();
      case Part.Blocked(Progress progress, String reason) ->
          Optional.of(new Verdict(progress, reason));
      case Part.Gone ignored -> {
        if (findings.trouble().isPresent()) {
          yield findings.trouble().map(trouble -> new Verdict(Progress.ERROR, trouble));
        }
        yield findings.leftover() ? Optional.empty() : Optional.of(new Verdict(Progress.GONE, ""));
      }
      case Part.Needs needs -> Optional.of(verdict(needs, findings));
    };
  }

  private static Verdict verdict(Part.Needs needs, Findings findings) {
    if (findings.trouble().isPresent()) {
      return new Verdict(Progress.ERROR, findings.trouble().get());
    }
    // A device that could not be made is why its port is not right.
    for (String port : needs.nics()) {
      String fault = findings.nicTrouble().get(port);
      if (fault != null) {
        return new Verdict(Progress.ERROR, fault);
      }
    }
    Set<String> things = new HashSet<>(needs.ports());
    things.addAll(needs.mirrors());
    for (String name : things) {
      String fault = findings.amiss().get(name);
      if (fault != null) {
        return new Verdict(Progress.ERROR, name + " " + fault);
      }
    }
    for (String endpoint : needs.neighbours()) {
      String reason = findings.unreachable().get(endpoint);
      if (reason != null) {
        return new Verdict(Progress.WAITING, reason);
      }
    }
    return new Verdict(Progress.READY, "");
  }
}
