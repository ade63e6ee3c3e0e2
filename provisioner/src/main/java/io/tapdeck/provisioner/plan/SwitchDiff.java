package io.tapdeck.provisioner.plan;

import static io.tapdeck.provisioner.plan.HostPlan.BRTAP;
import static java.util.stream.Collectors.toSet;

import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView.BridgeMirror;
import io.tapdeck.provisioner.plan.SwitchView.BridgePort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How a switch's database differs from what is planned. Whatever is not ours is left alone; a
 * planned port whose name is taken by something else is left out.
 */
public final class SwitchDiff {
  /** The longest IP packet that an internal port takes: a copy is as long as what was sent. */
  private static final long LONGEST_INTERNAL = 65_521;

  private static final String MIRROR = "Mirror";
  private static final int LAST_VLAN = 4094;

  /**
   * The difference.
   *
   * @param operations make the database as planned; none if it is so already
   * @param amiss names of planned ports and Mirrors that are missing or not as planned
   * @param leftover whether something of ours is there that is not planned
   */
  public record Difference(List<Operation> operations, Set<String> amiss, boolean leftover) {
    public Difference {
      operations = List.copyOf(operations);
      amiss = Set.copyOf(amiss);
    }
  }

  private final HostPlan plan;
  private final PortNumbers numbers;
  private final SwitchView there;

  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, Atom> portRefs = new HashMap<>();
  private final Map<UUID, Set<Atom>> addedPorts = new TreeMap<>();
  private final Map<UUID, Set<Atom>> droppedPorts = new TreeMap<>();
  private final Set<String> amiss = new HashSet<>();
  private boolean leftover;
  private boolean changesMirrors;

  /** Whether nothing that is copied now is to be taken away. */
  private final boolean growing;

  private SwitchDiff(HostPlan plan, PortNumbers numbers, SwitchView there, boolean growing) {
    this.plan = plan;
    this.numbers = numbers;
    this.there = there;
    this.growing = growing;
  }

  /** The difference between the switch and the plan. */
  public static Difference of(HostPlan plan, PortNumbers numbers, SwitchView there) {
    return new SwitchDiff(plan, numbers, there, false).difference();
  }

  /**
   * What of the difference adds to what is copied: ports and Mirrors that are missing, and what a
   * Mirror is to select beside what it does.
   */
  public static List<Operation> growth(HostPlan plan, PortNumbers numbers, SwitchView there) {
    return new SwitchDiff(plan, numbers, there, true).difference().operations();
  }

  /** The operations that set right what was changed of {@code brtap} itself. */
  public static List<Operation> brtap(Row existing, String datapathType) {
    Map<String, Value> changes = new HashMap<>();
    brtapSettings(datapathType)
        .forEach((column, value) -> {
          if (!existing.value(column).same(value)) {
            changes.put(column, value);
          }
        });
    return changes.isEmpty()
        ? List.of()
        : List.of(new Operation.Update("Bridge", List.of(Condition.is(existing.uuid())), changes));
  }

  private static Map<String, Value> brtapSettings(String datapathType) {
    return Map.of("datapath_type", Value.of(datapathType), "fail_mode", Value.of("secure"));
  }

  /** The operations that make {@code brtap}. */
  public static List<Operation> brtap(String datapathType) {
    Map<String, Value> bridge = new HashMap<>(brtapSettings(datapathType));
    bridge.put("name", Value.of(BRTAP));
    bridge.put("other_config", Value.texts(Map.of("disable-in-band", "true")));
    bridge.put("external_ids", Value.texts(Map.of(HostPlan.OWNER, HostPlan.TAPDECK)));
    bridge.put("ports", new Atom.NamedRef("port"));
    return List.of(
        Operation.insert(
            "Interface",
            "interface",
            Map.of("name", Value.of(BRTAP), "type", Value.of("internal"))),
        Operation.insert(
            "Port",
            "port",
            Map.of("name", Value.of(BRTAP), "interfaces", new Atom.NamedRef("interface"))),
        Operation.insert("Bridge", "bridge", bridge),
        new Operation.Mutate(
            "Open_vSwitch",
            List.of(),
            List.of(Mutation.insert("bridges", new Atom.NamedRef("bridge")))));
  }

  private Difference difference() {
    Set<String> wantedPorts = new HashSet<>();
    for (PlannedPort port : plan.ports()) {
      wantedPorts.add(port.name());
      there
          .bridge(port.bridge())
          .ifPresentOrElse(bridge -> plan(port, bridge), () -> amiss.add(port.name()));
    }
    Set<String> wantedMirrors = new HashSet<>();
    for (PlannedMirror mirror : plan.mirrors()) {
      wantedMirrors.add(mirror.name());
      there
          .bridge(mirror.bridge())
          .ifPresentOrElse(bridge -> plan(mirror, bridge), () -> amiss.add(mirror.name()));
    }
    for (BridgeMirror mirror : there.mirrors()) {
      if (mirror.isOurs() && !wantedMirrors.contains(mirror.mirror().text("name"))) {
        drop(mirror);
      }
    }
    for (BridgePort port : there.ports().values()) {
      if (port.isOurs() && !wantedPorts.contains(port.port().text("name"))) {
        leftover = true;
        drop(port);
      }
    }
    addedPorts.forEach(
        (bridge, refs) -> change(bridge, Mutation.insert("ports", new Value.SetOf(refs))));
    droppedPorts.forEach(
        (bridge, refs) -> change(bridge, Mutation.delete("ports", new Value.SetOf(refs))));
    if (changesMirrors) {
      haveDecisionsRevised();
    }
    return new Difference(operations, amiss, leftover);
  }

  /**
   * Some versions of Open vSwitch, 3.1.0 among them, do not look again at what they have decided
   * about packets when only a Mirror changes: packets that keep coming would be copied as before,
   * for ever. They do when a port's setting changes. The VLANs of brtap's own port matter to the
   * normal action alone, which brtap does not have; each change has another one, so that two that
   * are carried out as one are seen too.
   */
  private void haveDecisionsRevised() {
    there
        .port(BRTAP)
        .ifPresent(port ->
            operations.add(
                new Operation.Update(
                    "Port",
                    List.of(Condition.is(port.port().uuid())),
                    Map.of("trunks", Value.of(port.port().whole("trunks") % LAST_VLAN + 1)))));
  }

  private void drop(BridgeMirror mirror) {
    leftover = true;
    if (!growing) {
      changesMirrors = true;
      change(mirror.bridge(), Mutation.delete("mirrors", Value.of(mirror.mirror().uuid())));
    }
  }

  private void drop(BridgePort port) {
    if (growing) {
      return;
    }
    droppedPorts
        .computeIfAbsent(port.bridge().uuid(), bridge -> new HashSet<>())
        .add(Value.of(port.port().uuid()));
  }

  private void change(Row bridge, Mutation mutation) {
    change(bridge.uuid(), mutation);
  }

  private void change(UUID bridge, Mutation mutation) {
    operations.add(
        new Operation.Mutate("Bridge", List.of(Condition.is(bridge)), List.of(mutation)));
  }

  private void plan(PlannedPort port, Row bridge) {
    Optional<BridgePort> existing = there.port(port.name());
    if (existing.isEmpty()) {
      amiss.add(port.name());
      insert(port, bridge);
    } else if (existing.get().isOurs()) {
      if (existing.get().bridgeName().equals(port.bridge()) && existing.get().only().isPresent()) {
        portRefs.put(port.name(), Value.of(existing.get().port().uuid()));
        update(port.name(), "Port", existing.get().port(), portColumns(port));
        update(
            port.name(), "Interface", existing.get().only().get(), interfaceColumns(port, numbers));
      } else {
        amiss.add(port.name());
        drop(existing.get());
      }
    } else {
      amiss.add(port.name());
    }
  }

  private void insert(PlannedPort port, Row bridge) {
    String name = "n" + operations.size();
    Map<String, Value> columns = new HashMap<>(interfaceColumns(port, numbers));
    columns.put("name", Value.of(port.name()));
    operations.add(Operation.insert("Interface", name + "i", columns));
    columns = new HashMap<>(portColumns(port));
    columns.put("name", Value.of(port.name()));
    columns.put("interfaces", new Atom.NamedRef(name + "i"));
    operations.add(Operation.insert("Port", name + "p", columns));
    Atom ref = new Atom.NamedRef(name + "p");
    portRefs.put(port.name(), ref);
    addedPorts.computeIfAbsent(bridge.uuid(), uuid -> new HashSet<>()).add(ref);
  }

  static Map<String, Value> portColumns(PlannedPort port) {
    return Map.of(
        "external_ids", ours(port.externalIds()),
        "tag", Value.none(),
        "trunks", Value.none(),
        "vlan_mode", Value.none());
  }

  static Map<String, Value> interfaceColumns(PlannedPort port, PortNumbers numbers) {
    Map<String, Value> columns = new HashMap<>();
    columns.put("type", Value.of(port.kind().type()));
    columns.put("options", Value.texts(port.kind().options()));
    columns.put("external_ids", ours(port.externalIds()));
    columns.put(
        "mtu_request",
        port.kind() instanceof PortKind.Internal ? Value.of(LONGEST_INTERNAL) : Value.none());
    if (port.bridge().equals(BRTAP)) {
      columns.put("ofport_request", Value.of(numbers.number(port.name())));
    }
    return columns;
  }

  static Value ours(Map<String, String> ids) {
    Map<String, String> all = new HashMap<>(ids);
    all.put(HostPlan.OWNER, HostPlan.TAPDECK);
    return Value.texts(all);
  }

  private void plan(PlannedMirror mirror, Row bridge) {
    Optional<BridgeMirror> existing =
        there.mirrors().stream()
            .filter(known ->
                known.isOurs()
                    && known.bridge().equals(bridge)
                    && known.mirror().text("name").equals(mirror.name()))
            .findFirst();
    Atom output = portRefs.get(mirror.output());
    if (output == null) {
      // Its name is another's: no copy may go there.
      amiss.add(mirror.name());
      existing.ifPresent(this::drop);
      return;
    }
    Map<String, Value> columns = columns(mirror, output);
    if (existing.isPresent()) {
      Row row = existing.get().mirror();
      update(mirror.name(), MIRROR, row, growing ? grown(row, columns) : columns);
      return;
    }
    amiss.add(mirror.name());
    String name = "n" + operations.size() + "m";
    Map<String, Value> all = new HashMap<>(columns);
    all.put("name", Value.of(mirror.name()));
    operations.add(Operation.insert(MIRROR, name, all));
    changesMirrors = true;
    change(bridge, Mutation.insert("mirrors", new Atom.NamedRef(name)));
  }

  private Map<String, Value> columns(PlannedMirror mirror, Atom output) {
    return Map.of(
        "select_all", Value.of(mirror.all()),
        "select_src_port", refs(mirror, mirror.received()),
        "select_dst_port", refs(mirror, mirror.sent()),
        "select_vlan", vlans(mirror),
        "output_port", output,
        "output_vlan", Value.none(),
        "snaplen", Value.none(),
        "external_ids", ours(mirror.externalIds()));
  }

  /** What selects all that either does. */
  private static Map<String, Value> grown(Row row, Map<String, Value> columns) {
    Map<String, Value> grown = new HashMap<>(columns);
    for (String column : List.of("select_src_port", "select_dst_port")) {
      grown.computeIfPresent(column, (name, value) -> union(row.value(name), value));
    }
    // Without any it is of all VLANs.
    grown.computeIfPresent(
        "select_vlan",
        (name, value) ->
            value.asSet().isEmpty() || row.value(name).asSet().isEmpty()
                ? Value.none()
                : union(row.value(name), value));
    if (row.truth("select_all")) {
      grown.put("select_all", Value.of(true));
    }
    return grown;
  }

  private static Value union(Value one, Value other) {
    Set<Atom> atoms = new HashSet<>(one.asSet());
    atoms.addAll(other.asSet());
    return new Value.SetOf(atoms);
  }

  static Value vlans(PlannedMirror mirror) {
    return new Value.SetOf(
        mirror.vlans().stream().map(vlan -> Value.of(vlan.longValue())).collect(toSet()));
  }

  private Value refs(PlannedMirror mirror, Set<String> ports) {
    List<UUID> refs = new ArrayList<>();
    for (String name : ports) {
      there
          .port(name)
          .filter(port -> port.bridgeName().equals(mirror.bridge()))
          .ifPresentOrElse(port -> refs.add(port.port().uuid()), () -> amiss.add(mirror.name()));
    }
    return Value.refs(refs);
  }

  private void update(String name, String table, Row row, Map<String, Value> columns) {
    Map<String, Value> changes = new HashMap<>();
    columns.forEach((column, value) -> {
      if (!row.value(column).same(value)) {
        changes.put(column, value);
      }
    });
    if (!changes.isEmpty()) {
      amiss.add(name);
      changesMirrors |= table.equals(MIRROR);
      operations.add(new Operation.Update(table, List.of(Condition.is(row.uuid())), changes));
    }
  }
}
