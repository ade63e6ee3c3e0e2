package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.Part;
import io.tapdeck.provisioner.plan.PlannedMirror;
import io.tapdeck.provisioner.plan.PlannedPort;
import io.tapdeck.provisioner.plan.PortKind;
import io.tapdeck.provisioner.plan.PortNumbers;
import io.tapdeck.provisioner.plan.SwitchDiff;
import io.tapdeck.provisioner.plan.SwitchView;
import io.tapdeck.provisioner.plan.TapNic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hops of a flow's copies through this host, each looked at as it is now: by what the database
 * holds, and by what Open vSwitch says it would do with a frame. No frame is sent.
 */
final class FlowCheckHops {
  /** A locally administered address for who talks with the guest. */
  private static final String PEER = "02:74:61:70:64:6b";

  private static final String LOCAL = "LOCAL";

  private final String host;
  private final MirrorView view;
  private final HostPlan plan;
  private final OpenVswitch ovs;
  private final SwitchView there;
  private final SwitchDiff.Difference difference;
  private final List<Hop> hops = new ArrayList<>();

  FlowCheckHops(String host, MirrorView view, HostPlan plan, OpenVswitch ovs) {
    this.host = host;
    this.view = view;
    this.plan = plan;
    this.ovs = ovs;
    there = ovs.view();
    difference = SwitchDiff.of(plan, PortNumbers.of(plan, there), there);
  }

  /** The hops through this host, in the order in which a copy takes them. */
  List<Hop> of(UUID id) throws IOException, InterruptedException {
    Part part = plan.flowParts().get(id);
    Optional<TapFlow> flow = view.flow(id);
    Optional<TapService> service = flow.flatMap(known -> view.service(known.service()));
    if (part instanceof Part.Blocked(var ignored, String reason)) {
      return List.of(Hop.failed("plan", reason));
    }
    if (!(part instanceof Part.Needs) || flow.isEmpty() || service.isEmpty()) {
      return List.of(Hop.failed("plan", "nothing of it is planned on this host now"));
    }
    Optional<TapNic> nic = plan.nicOf(service.get().id());
    for (SourcePlace place : view.sources(flow.get())) {
      Optional<TapGroup> group = view.group(GroupIdentity.of(flow.get(), place));
      if (group.isEmpty()) {
        hops.add(Hop.failed("plan", "its group has no key yet"));
      } else if (place.host().equals(host)) {
        source(flow.get(), place, group.get(), service.get(), nic);
      } else if (nic.isPresent()) {
        arrival(place.host(), group.get(), nic.get());
      }
    }
    if (nic.isPresent()) {
      nic(nic.get());
    }
    return hops;
  }

  private void source(
      TapFlow flow, SourcePlace place, TapGroup group, TapService service, Optional<TapNic> nic)
      throws IOException, InterruptedException {
    Optional<PlannedMirror> mirror =
        plan.mirrors().stream()
            .filter(one -> Long.toString(group.key()).equals(one.externalIds().get("tapdeck-key")))
            .findFirst();
    if (mirror.isEmpty()) {
      hops.add(Hop.failed("plan", "the Mirror of group " + group.key() + " is not planned"));
      return;
    }
    String out = mirror.get().output();
    String tap = peer(out);
    sourcePort(place);
    mirror(mirror.get());
    patch(out, tap);
    long tapNumber = number(tap);
    taken(flow, place, tap, tapNumber);
    forwarded(flow, place, group, service, nic, tap, tapNumber);
  }

  private String peer(String port) {
    return plan.ports().stream()
        .filter(one -> one.name().equals(port))
        .map(PlannedPort::kind)
        .map(kind -> kind instanceof PortKind.Patch(String peer) ? peer : "")
        .findFirst()
        .orElse("");
  }

  private long number(String port) {
    return there
        .port(port)
        .flatMap(SwitchView.BridgePort::only)
        .map(row -> row.whole("ofport"))
        .orElse(0L);
  }

  private void sourcePort(SourcePlace place) {
    switch (place) {
      case Nic nic -> {
        boolean is =
            there.port(nic.port()).filter(one -> one.bridgeName().equals(nic.bridge())).isPresent();
        String what = "port " + nic.port() + " on bridge " + nic.bridge();
        long number = number(nic.port());
        hops.add(
            is && number > 0
                ? Hop.ok("source", what)
                : Hop.failed(
                    "source", what + (is ? " is not in use by Open vSwitch" : " is not there")));
      }
      case Wire wire ->
          hops.add(
              there.bridge(wire.bridge()).isPresent()
                  ? Hop.ok("source", "bridge " + wire.bridge())
                  : Hop.failed("source", "bridge " + wire.bridge() + " is not there"));
    }
  }

  private void mirror(PlannedMirror mirror) {
    String what = "Mirror " + mirror.name() + " on bridge " + mirror.bridge();
    boolean is =
        there.mirrors().stream()
            .anyMatch(one ->
                one.isOurs()
                    && one.bridge().text("name").equals(mirror.bridge())
                    && one.mirror().text("name").equals(mirror.name()));
    if (!is) {
      hops.add(Hop.failed("mirror", what + " is not there"));
    } else if (difference.amiss().contains(mirror.name())) {
      hops.add(Hop.failed("mirror", what + " does not select or output what it should"));
    } else {
      hops.add(Hop.ok("mirror", what + " to " + mirror.output()));
    }
  }

  private void patch(String out, String tap) {
    List<String> faults = new ArrayList<>();
    for (String name : List.of(out, tap)) {
      portFault(name).ifPresent(faults::add);
    }
    hops.add(
        faults.isEmpty()
            ? Hop.ok("patch", out + " to " + tap)
            : Hop.failed("patch", String.join("; ", faults)));
  }

  private Optional<String> portFault(String name) {
    Optional<SwitchView.BridgePort> port = there.port(name);
    if (port.isEmpty()) {
      return Optional.of("port " + name + " is not there");
    }
    Optional<String> error = port.get().only().flatMap(row -> row.optionalText("error"));
    if (error.isPresent()) {
      return Optional.of("port " + name + ": " + error.get());
    }
    if (difference.amiss().contains(name)) {
      return Optional.of(
          "port "
              + name
              + " is not as planned: "
              + port.get().only().map(FlowCheckHops::options).orElse("it has several interfaces"));
    }
    return number(name) > 0
        ? Optional.empty()
        : Optional.of("port " + name + " is not in use by Open vSwitch");
  }

  private static String options(io.tapdeck.provisioner.ovsdb.Row row) {
    return "type "
        + row.text("type")
        + " with options "
        + new java.util.TreeMap<>(row.map("options"));
  }

  private Trace trace(String bridge, String frame) throws IOException, InterruptedException {
    return new Trace(ovs.ask("ofproto/trace", bridge, frame));
  }

  /** A frame that the source sends, and one that it receives, come to brtap. */
  private void taken(TapFlow flow, SourcePlace place, String tap, long tapNumber)
      throws IOException, InterruptedException {
    switch (place) {
      case Nic nic -> {
        String from = Long.toString(number(nic.port()));
        if (flow.direction().sends()) {
          String vlan =
              nic.someTag()
                  .filter(tag -> nic.accessTag().isEmpty())
                  .map(tag -> "dl_vlan=" + tag + ",")
                  .orElse("");
          taken("copy of sent", nic.bridge(), frame(from, nic.mac(), PEER, vlan), tap, tapNumber);
        }
        if (flow.direction().receives()) {
          String vlan = nic.someTag().map(tag -> "dl_vlan=" + tag + ",").orElse("");
          Trace trace = trace(nic.bridge(), frame(LOCAL, PEER, nic.mac(), vlan));
          Optional<Integer> port = datapathPort(nic.port());
          if (!trace.reaches(HostPlan.BRTAP, tapNumber) && port.filter(trace::sendsTo).isEmpty()) {
            hops.add(
                Hop.ok(
                    "copy of received",
                    "not traced: bridge "
                        + nic.bridge()
                        + " carries no test frame from itself to "
                        + nic.port()));
          } else {
            taken("copy of received", trace, tap, tapNumber);
          }
        }
      }
      case Wire wire -> {
        String from =
            flow.direction() == Direction.IN
                ? new TreeSet<>(wire.uplinks())
                    .stream().findFirst().map(port -> Long.toString(number(port))).orElse(LOCAL)
                : LOCAL;
        String vlan =
            flow.source() instanceof Source.Vswitch of
                ? of.vlan().filter(tag -> tag > 0).map(tag -> "dl_vlan=" + tag + ",").orElse("")
                : "";
        taken("copy", wire.bridge(), frame(from, PEER, "ff:ff:ff:ff:ff:ff", vlan), tap, tapNumber);
      }
    }
  }

  private static String frame(String port, String from, String to, String vlan) {
    return "in_port="
        + port
        + ",dl_src="
        + from
        + ",dl_dst="
        + to
        + ","
        + vlan
        + TestPacket.TEST_TYPE;
  }

  private void taken(String name, String bridge, String frame, String tap, long tapNumber)
      throws IOException, InterruptedException {
    taken(name, trace(bridge, frame), tap, tapNumber);
  }

  private void taken(String name, Trace trace, String tap, long tapNumber) {
    hops.add(
        trace.reaches(HostPlan.BRTAP, tapNumber)
            ? Hop.ok(name, "a test frame comes to brtap by " + tap)
            : Hop.failed(
                name,
                "a test frame does not come to brtap by "
                    + tap
                    + "; the datapath does: "
                    + trace.actions()));
  }

  private Optional<Integer> datapathPort(String port) throws IOException, InterruptedException {
    Matcher matcher =
        Pattern.compile("(?m)^ +\"?" + Pattern.quote(port) + "\"? \\d+/(\\d+): ")
            .matcher(ovs.ask("dpif/show"));
    return matcher.find() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
  }

  /** What comes to brtap goes to the tap NIC or, under its key, into the tunnel. */
  private void forwarded(
      TapFlow flow,
      SourcePlace place,
      TapGroup group,
      TapService service,
      Optional<TapNic> nic,
      String tap,
      long tapNumber)
      throws IOException, InterruptedException {
    String name = "brtap";
    Optional<TestPacket> packet = TestPacket.of(flow.treatment().filter(), flow.direction());
    Optional<PlannedPort> tunnel =
        nic.isPresent() ? Optional.empty() : view.destination(service).flatMap(this::tunnelTo);
    if (packet.isEmpty()) {
      hops.add(Hop.ok(name, "not traced: no test packet passes its filter"));
      tunnel
          .flatMap(port -> portFault(port.name()))
          .ifPresent(fault -> hops.add(Hop.failed("tunnel", fault)));
      return;
    }
    Trace trace = trace(HostPlan.BRTAP, carrying(packet.get(), flow, place, tapNumber));
    String visit = trace.visits(HostPlan.BRTAP).stream().findFirst().orElse("");
    String said = filterNote(flow);
    if (isRepeated(visit)) {
      hops.add(
          Hop.ok(name, "an earlier group of tap service " + service.name() + " has such frames"));
      return;
    }
    if (nic.isPresent()) {
      delivered(name, trace, visit, nic.get(), tap, said);
      return;
    }
    if (tunnel.isEmpty()) {
      hops.add(Hop.failed("tunnel", "there is none to the service's host"));
      return;
    }
    String port = tunnel.get().name();
    if (!Trace.outputs(visit, number(port))) {
      hops.add(
          Hop.failed(name, tap + " does not lead to tunnel " + port + ": " + Trace.last(visit)));
    } else if (!Trace.isUnderKey(visit, group.key())) {
      hops.add(
          Hop.failed(
              name,
              tap
                  + " leads to tunnel "
                  + port
                  + ", but not under key "
                  + group.key()
                  + ": "
                  + Trace.last(visit)));
    } else {
      hops.add(Hop.ok(name, tap + " to tunnel " + port + " under key " + group.key() + said));
    }
    tunnel(tunnel.get(), trace);
  }

  private static boolean isRepeated(String visit) {
    return Pattern.compile("(?m)^ *5\\. reg1=0x1,in_port=\\d+, priority 110\\s+drop")
        .matcher(visit)
        .find();
  }

  private void delivered(
      String name, Trace trace, String visit, TapNic nic, String from, String said) {
    boolean is = Trace.outputs(visit, number(nic.port())) && !trace.actions().equals("drop");
    hops.add(
        is
            ? Hop.ok(name, from + " to " + nic.port() + said)
            : Hop.failed(
                name, from + " does not lead to " + nic.port() + ": " + Trace.last(visit)));
  }

  private Optional<PlannedPort> tunnelTo(Host other) {
    return plan.ports().stream()
        .filter(port ->
            port.kind() instanceof PortKind.Gre
                && other.name().equals(port.externalIds().get("tapdeck-host")))
        .findFirst();
  }

  private void tunnel(PlannedPort port, Trace trace) {
    String remote = port.kind() instanceof PortKind.Gre(String ip, String ignored) ? ip : "";
    Optional<String> fault = portFault(port.name());
    if (fault.isPresent()) {
      hops.add(Hop.failed("tunnel", fault.get()));
    } else if (!Reconciler.isUserSpace(ovs)) {
      hops.add(Hop.ok("tunnel", port.name() + " to " + remote));
    } else if (trace.remark("tunneling from").isPresent()) {
      hops.add(Hop.ok("tunnel", port.name() + ": " + trace.remark("tunneling from").get()));
    } else {
      hops.add(
          Hop.failed(
              "tunnel",
              port.name()
                  + " to "
                  + remote
                  + ": "
                  + trace
                      .remark("neighbor cache miss")
                      .or(() -> trace.remark("unneling"))
                      .or(() -> trace.remark("tunnel"))
                      .orElse("nothing goes into it")));
    }
  }

  private void arrival(String source, TapGroup group, TapNic nic)
      throws IOException, InterruptedException {
    Optional<PlannedPort> tunnel = view.host(source).flatMap(this::tunnelTo);
    if (tunnel.isEmpty()) {
      hops.add(Hop.failed("tunnel", "there is none from host " + source));
      return;
    }
    String port = tunnel.get().name();
    Optional<String> fault = portFault(port);
    hops.add(
        fault
            .map(why -> Hop.failed("tunnel", why))
            .orElseGet(() -> Hop.ok("tunnel", port + " from host " + source)));
    Trace trace =
        trace(
            HostPlan.BRTAP,
            "tun_id=0x"
                + Long.toHexString(group.key())
                + ","
                + frame(Long.toString(number(port)), PEER, "ff:ff:ff:ff:ff:ff", ""));
    String visit = trace.visits(HostPlan.BRTAP).stream().findFirst().orElse("");
    delivered("brtap", trace, visit, nic, "key " + group.key() + " from " + port, "");
  }

  private void nic(TapNic nic) throws IOException, InterruptedException {
    String what =
        nic.name() + nic.netns().map(netns -> " in network namespace " + netns).orElse("");
    Optional<String> fault = portFault(nic.port());
    if (fault.isPresent()) {
      hops.add(Hop.failed("tap NIC", fault.get()));
    } else if (new TapNics().isRight(nic)) {
      hops.add(Hop.ok("tap NIC", what + " is up, deaf and mute"));
    } else {
      hops.add(Hop.failed("tap NIC", what + " is not there, not up, or not deaf and mute"));
    }
  }

  private static String filterNote(TapFlow flow) {
    return flow.treatment().filter().isAll() ? "" : ", for what its filter accepts";
  }

  /** A frame of the source that carries such a packet. */
  private static String carrying(
      TestPacket packet, TapFlow flow, SourcePlace place, long tapNumber) {
    boolean sends = packet.sent();
    String mac = place instanceof Nic nic ? nic.mac() : PEER;
    String ends =
        "in_port="
            + tapNumber
            + ",dl_src="
            + (sends ? mac : PEER)
            + ",dl_dst="
            + (sends ? PEER : mac);
    String vlan =
        switch (place) {
          case Nic nic -> nic.someTag().map(tag -> ",dl_vlan=" + tag).orElse("");
          case Wire ignored ->
              flow.source() instanceof Source.Vswitch of
                  ? of.vlan().filter(tag -> tag > 0).map(tag -> ",dl_vlan=" + tag).orElse("")
                  : "";
        };
    return ends + vlan + "," + packet.text();
  }
}
