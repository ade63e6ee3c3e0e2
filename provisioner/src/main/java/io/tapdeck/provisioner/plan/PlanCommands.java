package io.tapdeck.provisioner.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What would make a host's switch as planned, as commands that a person could type: ovs-vsctl(8),
 * ovs-ofctl(8), ip(8). NICs come first, then ports and Mirrors in one transaction, then flows in
 * one bundle: until those are there, {@code brtap} drops what it gets.
 */
public final class PlanCommands {
  /** A name that ovs-ofctl takes for one; others are numbered. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  private static final Set<String> RESERVED =
      Set.of(
          "in_port",
          "table",
          "normal",
          "flood",
          "all",
          "controller",
          "local",
          "any",
          "none",
          "unset",
          "drop");

  private static final String OFCTL = "ovs-ofctl -O OpenFlow14 ";

  /**
   * A host's switch as it is.
   *
   * @param flows the flows of {@code brtap}, as {@link BrtapFlow#text} writes them
   * @param meters its meters, as {@link PlannedMeter#text} writes them
   * @param nics tap NICs that are there and set right
   * @param neighbours tunnel endpoints that need not be looked for
   */
  public record There(
      SwitchView view,
      Set<String> flows,
      Set<String> meters,
      Set<TapNic> nics,
      Set<String> neighbours) {
    public There {
      flows = Set.copyOf(flows);
      meters = Set.copyOf(meters);
      nics = Set.copyOf(nics);
      neighbours = Set.copyOf(neighbours);
    }
  }

  private final HostPlan plan;
  private final There there;
  private final PortNumbers numbers;

  private PlanCommands(HostPlan plan, There there) {
    this.plan = plan;
    this.there = there;
    numbers = PortNumbers.of(plan, there.view());
  }

  /** What makes a switch as planned that has nothing but its bridges and the guests' ports. */
  public static List<String> fromNothing(HostPlan plan, Optional<String> anyBridge) {
    List<String> commands = new ArrayList<>();
    commands.add(brtap(datapathTypeOf(anyBridge)));
    commands.addAll(difference(HostPlans.none(), plan));
    return commands;
  }

  /** What makes a switch as planned that is as was planned before. */
  public static List<String> difference(HostPlan before, HostPlan after) {
    SwitchView view = HostPlans.carriedOut(before, after);
    PortNumbers numbers = PortNumbers.of(before, view);
    return difference(
        new There(
            view,
            before.flows().stream().map(flow -> flow.text(numbers)).collect(Collectors.toSet()),
            before.meters().stream().map(meter -> meter.text(numbers)).collect(Collectors.toSet()),
            Set.copyOf(before.nics()),
            before.neighbours()),
        after);
  }

  /** What makes a switch as planned; none if it is. */
  public static List<String> difference(There there, HostPlan plan) {
    return new PlanCommands(plan, there).commands();
  }

  /** What makes {@code brtap}. */
  public static String brtap(String datapathType) {
    return "ovs-vsctl -- add-br brtap \\\n  -- set Bridge brtap datapath_type="
        + datapathType
        + " fail_mode=secure other_config:disable-in-band=true external_ids:owner=tapdeck";
  }

  /** That of a bridge to be mirrored: patch ports join bridges of one kind only. */
  private static String datapathTypeOf(Optional<String> bridge) {
    return bridge
        .map(name -> "\"$(ovs-vsctl get Bridge " + ShellWord.of(name) + " datapath_type)\"")
        .orElse("\"$(test -e /sys/module/openvswitch && echo system || echo netdev)\"");
  }

  /** What keeps a plan from being made that no command of ours can change. */
  public static List<String> obstacles(HostPlan plan, SwitchView view) {
    List<String> obstacles = new ArrayList<>();
    for (PlannedPort port : plan.ports()) {
      if (view.port(port.name()).filter(known -> !known.isOurs()).isPresent()) {
        obstacles.add("port " + port.name() + " is there and not Tapdeck's: rename or remove it");
      }
    }
    for (PlannedMirror mirror : plan.mirrors()) {
      if (view.bridge(mirror.bridge()).isEmpty()) {
        obstacles.add("bridge " + mirror.bridge() + " is not there");
      }
      Set<String> selected = new TreeSet<>(mirror.received());
      selected.addAll(mirror.sent());
      for (String name : selected) {
        if (view.port(name).filter(port -> port.bridgeName().equals(mirror.bridge())).isEmpty()) {
          obstacles.add("port " + name + " is not on bridge " + mirror.bridge());
        }
      }
    }
    return obstacles;
  }

  private List<String> commands() {
    List<String> commands = new ArrayList<>();
    Set<TapNic> newNics = new TreeSet<>(java.util.Comparator.comparing(TapNic::port));
    newNics.addAll(plan.nics());
    newNics.removeAll(there.nics());
    Set<TapNic> oldNics = new TreeSet<>(java.util.Comparator.comparing(TapNic::port));
    oldNics.addAll(there.nics());
    plan.nics().forEach(oldNics::remove);
    VsctlScript.Lines lines =
        VsctlScript.of(SwitchDiff.of(plan, numbers, there.view()).operations(), plan, there.view());
    newNics.forEach(nic -> commands.addAll(NicCommands.before(nic)));
    lines.change().ifPresent(commands::add);
    newNics.forEach(nic -> commands.addAll(NicCommands.after(nic)));
    Map<String, String> oldMeters = byNumber(there.meters());
    Map<String, String> newMeters =
        byNumber(
            plan.meters().stream().map(meter -> meter.text(numbers)).collect(Collectors.toSet()));
    newMeters.forEach((number, text) -> {
      String old = oldMeters.get(number);
      if (!text.equals(old)) {
        commands.add(
            OFCTL + (old == null ? "add-meter" : "mod-meter") + " brtap " + ShellWord.of(text));
      }
    });
    commands.addAll(flows());
    oldMeters.keySet().stream()
        .filter(number -> !newMeters.containsKey(number))
        .forEach(number -> commands.add(OFCTL + "del-meters brtap meter=" + number));
    lines.drop().ifPresent(commands::add);
    oldNics.forEach(nic -> commands.addAll(NicCommands.gone(nic)));
    new TreeSet<>(plan.neighbours())
        .stream()
            .filter(ip -> !there.neighbours().contains(ip))
            .forEach(
                ip -> commands.add("# the next hop to " + ip + " must be known: ping -c 1 " + ip));
    return commands;
  }

  private static Map<String, String> byNumber(Set<String> meters) {
    Map<String, String> byNumber =
        new TreeMap<>(java.util.Comparator.comparingInt(Integer::parseInt));
    for (String meter : meters) {
      byNumber.put(meter.substring(meter.indexOf('=') + 1, meter.indexOf(' ')), meter);
    }
    return byNumber;
  }

  /** One bundle: all of them, or none. */
  private List<String> flows() {
    Map<String, String> wanted = new LinkedHashMap<>();
    plan.flows().forEach(flow -> wanted.put(flow.text(numbers), named(flow)));
    Set<String> kept = new TreeSet<>();
    wanted.values().forEach(flow -> kept.add(match(flow)));
    List<String> lines = new ArrayList<>();
    Map<String, String> names = names();
    for (String flow : new TreeSet<>(there.flows())) {
      String named = named(match(flow), names);
      // One that matches the same is replaced.
      if (!wanted.containsKey(flow) && !kept.contains(named)) {
        lines.add("delete_strict " + named);
      }
    }
    wanted.forEach((flow, named) -> {
      if (!there.flows().contains(flow)) {
        lines.add("add " + named);
      }
    });
    if (lines.isEmpty()) {
      return List.of();
    }
    return List.of(
        OFCTL
            + "--names --bundle add-flows brtap - <<'EOF'\n"
            + lines.stream().map(ShellWord::comment).collect(Collectors.joining("\n"))
            + "\nEOF");
  }

  private static String match(String flow) {
    return flow.substring(0, flow.indexOf(",actions="));
  }

  private String named(BrtapFlow flow) {
    return flow.text(numbers, this::name);
  }

  private String name(String port) {
    return NAME.matcher(port).matches()
            && !RESERVED.contains(port.toLowerCase(java.util.Locale.ROOT))
        ? port
        : Integer.toString(numbers.number(port));
  }

  /** By number, the names of the ports there are and will be. */
  private Map<String, String> names() {
    Map<String, String> names = new TreeMap<>();
    PortNumbers.of(plan, there.view())
        .numbers()
        .forEach((name, number) -> names.put(Integer.toString(number), name(name)));
    return names;
  }

  /** What matches on a port, by the port's name. */
  private static String named(String match, Map<String, String> names) {
    int at = match.indexOf("in_port=");
    if (at < 0) {
      return match;
    }
    int start = at + "in_port=".length();
    int comma = match.indexOf(',', start);
    int end = comma < 0 ? match.length() : comma;
    String number = match.substring(start, end);
    return match.substring(0, start) + names.getOrDefault(number, number) + match.substring(end);
  }
}
