package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.GroupIdentity.Kind;
import io.tapdeck.provisioner.mirror.GroupIdentity.Tags;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Strip;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of {@code tapdeck.ovsschema}, and rows as the values they stand for. */
final class Schema {
  static final String DATABASE = "Tapdeck";

  static final String NORTHBOUND = "Northbound";
  static final String TAP_SERVICE = "Tap_Service";
  static final String TAP_FLOW = "Tap_Flow";
  static final String HOST = "Host";
  static final String NIC = "Nic";
  static final String HOST_NIC = "Host_Nic";
  static final String WIRE = "Wire";
  static final String TAP_GROUP = "Tap_Group";
  static final String SERVICE_REPORT = "Service_Report";
  static final String FLOW_REPORT = "Flow_Report";
  static final String GROUP_COUNT = "Group_Count";
  static final String FLOW_CHECK = "Flow_Check";
  static final String FLOW_CHECK_ANSWER = "Flow_Check_Answer";

  static final String GUEST_TYPE = "guest";
  static final String HOST_TYPE = "host";
  static final String VNIC_TYPE = "vnic";
  static final String VSWITCH_TYPE = "vswitch";

  /** Every column of every table but that of counters. */
  static final Map<String, List<String>> COLUMNS =
      Map.ofEntries(
          Map.entry(NORTHBOUND, List.of("next_key")),
          Map.entry(
              TAP_SERVICE,
              List.of("name", "type", "target", "mac", "max_rate", "enabled", "generation")),
          Map.entry(
              TAP_FLOW,
              List.of(
                  "name",
                  "type",
                  "service",
                  "guest",
                  "mac",
                  "host",
                  "wire",
                  "vlan",
                  "direction",
                  "filter",
                  "truncate",
                  "strip",
                  "no_fit",
                  "end",
                  "enabled",
                  "generation")),
          Map.entry(HOST, List.of("name", "tunnel_ip", "tunnel_mtu", "machine")),
          Map.entry(
              NIC,
              List.of(
                  "host",
                  "guest",
                  "guest_name",
                  "mac",
                  "ips",
                  "bridge",
                  "port",
                  "access_tag",
                  "vlans",
                  "netns")),
          Map.entry(HOST_NIC, List.of("host", "name", "mac", "mtu", "taken")),
          Map.entry(WIRE, List.of("host", "name", "bridge", "uplinks")),
          Map.entry(
              TAP_GROUP,
              List.of(
                  "service",
                  "host",
                  "bridge",
                  "kind",
                  "direction",
                  "strip",
                  "strip_outer",
                  "filter",
                  "truncate",
                  "no_fit",
                  "key")),
          Map.entry(
              SERVICE_REPORT,
              List.of("service", "host", "generation", "progress", "reason", "nic")),
          Map.entry(
              FLOW_REPORT,
              List.of(
                  "flow",
                  "host",
                  "flow_generation",
                  "service_generation",
                  "keys",
                  "progress",
                  "reason")),
          Map.entry(FLOW_CHECK, List.of("flow", "requested", "expires", "answers")),
          Map.entry(FLOW_CHECK_ANSWER, List.of("host", "hops")));

  /** The columns of the counters, which not everybody wants. */
  static final Map<String, List<String>> COUNT_COLUMNS =
      Map.of(
          GROUP_COUNT,
          List.of(
              "host",
              "key",
              "mirrored",
              "delivered",
              "unfit",
              "limited",
              "repeated",
              "interruptions",
              "read",
              "readings",
              "switch_run"));

  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

  /** More than this are not remembered as told. */
  private static final int MOST_TOLD = 10_000;

  /** Rows that were left out and told of. */
  private static final Set<UUID> TOLD = ConcurrentHashMap.newKeySet();

  private Schema() {}

  static MirrorView view(Replica replica) {
    return view(replica, new Replica(Map.of()), MirrorView.empty(Instant.now()));
  }

  /**
   * The same, knowing what was there before: tables that have not changed are not read again, and
   * an inventory that has not is the same object.
   */
  static MirrorView view(Replica replica, Replica before, MirrorView known) {
    Reading reading = new Reading(replica, before);
    Inventory inventory = known.inventory();
    return new MirrorView(
        Stream.of(HOST, NIC, HOST_NIC, WIRE).allMatch(reading::isSame)
            ? inventory
            : new Inventory(
                reading.list(HOST, Schema::host, inventory.hosts()),
                reading.list(NIC, Schema::nic, inventory.nics()),
                reading.list(HOST_NIC, Schema::hostNic, inventory.hostNics()),
                reading.list(WIRE, Schema::wire, inventory.wires())),
        reading.list(TAP_SERVICE, Schema::service, known.services()),
        reading.list(TAP_FLOW, Schema::flow, known.flows()),
        reading.list(TAP_GROUP, Schema::group, known.groups()),
        reading.list(SERVICE_REPORT, Schema::serviceReport, known.serviceReports()),
        reading.list(FLOW_REPORT, Schema::flowReport, known.flowReports()),
        Instant.now());
  }

  /** What is read, and what was there before. */
  private record Reading(Replica replica, Replica before) {
    @SuppressWarnings("ReferenceEquality") // a table that changes is another one: TableUpdates
    boolean isSame(String table) {
      return replica.tables().get(table) == before.tables().get(table);
    }

    <T> List<T> list(String table, Function<Row, T> read, List<T> known) {
      return isSame(table) ? known : Schema.list(replica, table, read);
    }
  }

  /**
   * The rows that can be read. One that others wrote with words that this version does not know is
   * left out: it must not keep everybody from all the others.
   */
  private static <T> List<T> list(Replica replica, String table, Function<Row, T> read) {
    List<T> values = new ArrayList<>();
    for (Row row : replica.rows(table)) {
      try {
        values.add(read.apply(row));
      } catch (IllegalArgumentException unknown) {
        leftOut(table, row.uuid(), unknown);
      }
    }
    return values;
  }

  private static void leftOut(String table, UUID row, IllegalArgumentException why) {
    if (TOLD.size() >= MOST_TOLD) {
      TOLD.clear();
    }
    if (TOLD.add(row)) {
      LOG.warn("the northbound's {} {} is left out: {}", table, row, why.getMessage());
    }
  }

  private static Host host(Row row) {
    return new Host(
        row.uuid(),
        row.text("name"),
        row.text("tunnel_ip"),
        (int) row.whole("tunnel_mtu"),
        row.text("machine"));
  }

  private static HostNic hostNic(Row row) {
    return new HostNic(
        row.text("host"),
        row.text("name"),
        row.text("mac"),
        (int) row.whole("mtu"),
        row.text("taken"));
  }

  static Map<String, Value> columns(HostNic nic) {
    return Map.of(
        "host", Value.of(nic.host()),
        "name", Value.of(nic.name()),
        "mac", Value.of(nic.mac()),
        "mtu", Value.of(nic.mtu()),
        "taken", Value.of(nic.taken()));
  }

  private static Wire wire(Row row) {
    return new Wire(row.text("host"), row.text("name"), row.text("bridge"), row.texts("uplinks"));
  }

  static Map<String, Value> columns(Wire wire) {
    return Map.of(
        "host", Value.of(wire.host()),
        "name", Value.of(wire.name()),
        "bridge", Value.of(wire.bridge()),
        "uplinks", Value.texts(wire.uplinks()));
  }

  static TapService service(Row row) {
    return new TapService(
        row.uuid(),
        row.text("name"),
        target(row),
        row.optionalWhole("max_rate"),
        row.truth("enabled"),
        row.whole("generation"));
  }

  private static Target target(Row row) {
    String target = row.text("target");
    if (row.text("type").equals(GUEST_TYPE)) {
      return new Target.InGuest(target);
    }
    String mac = row.text("mac");
    return mac.isEmpty() ? new Target.OnHost(target) : new Target.ByHostNic(target, mac);
  }

  static TapFlow flow(Row row) {
    return new TapFlow(
        row.uuid(),
        row.text("name"),
        row.ref("service"),
        row.text("type").equals(VSWITCH_TYPE)
            ? new Source.Vswitch(row.text("host"), row.text("wire"), small(row, "vlan"))
            : new Source.Vnic(row.text("guest"), row.text("mac")),
        Direction.valueOf(row.text("direction")),
        treatment(row),
        row.optionalWhole("end").map(Instant::ofEpochMilli),
        row.truth("enabled"),
        row.whole("generation"));
  }

  /** What it says, or what it would say if it were written anew, by whatever version. */
  private static Treatment treatment(Row row) {
    return new Treatment(
        Filter.parse(row.text("filter")),
        small(row, "truncate"),
        word(Strip.class, row.text("strip"), Strip.AUTO),
        !row.truth("no_fit"));
  }

  static Map<String, Value> columns(Treatment treatment) {
    return Map.of(
        "filter", Value.of(treatment.filter().text()),
        "truncate", optional(treatment.truncate()),
        "strip", Value.of(treatment.strip().name()),
        "no_fit", Value.of(!treatment.fit()));
  }

  private static Optional<Integer> small(Row row, String column) {
    return row.optionalWhole(column).map(Long::intValue);
  }

  /** Rows of an earlier version have empty words. */
  private static <E extends Enum<E>> E word(Class<E> type, String word, E otherwise) {
    return word.isEmpty() ? otherwise : Enum.valueOf(type, word);
  }

  private static Nic nic(Row row) {
    return new Nic(
        row.text("host"),
        row.text("guest"),
        row.text("guest_name"),
        row.text("mac"),
        row.texts("ips"),
        row.text("bridge"),
        row.text("port"),
        small(row, "access_tag"),
        row.value("vlans").asSet().stream()
            .filter(Atom.Whole.class::isInstance)
            .map(vlan -> (int) ((Atom.Whole) vlan).value())
            .collect(Collectors.toSet()),
        row.optionalText("netns"));
  }

  static Map<String, Value> columns(Nic nic) {
    return Map.of(
        "host", Value.of(nic.host()),
        "guest", Value.of(nic.guest()),
        "guest_name", Value.of(nic.guestName()),
        "mac", Value.of(nic.mac()),
        "ips", Value.texts(nic.ips()),
        "bridge", Value.of(nic.bridge()),
        "port", Value.of(nic.port()),
        "access_tag", optional(nic.accessTag()),
        "vlans",
            new Value.SetOf(
                nic.vlans().stream()
                    .map(vlan -> Value.of(vlan.longValue()))
                    .collect(Collectors.toSet())),
        "netns", Value.of(nic.netns()));
  }

  static Value optional(Optional<? extends Number> number) {
    return number.<Value>map(known -> Value.of(known.longValue())).orElseGet(Value::none);
  }

  private static TapGroup group(Row row) {
    return new TapGroup(
        row.uuid(),
        new GroupIdentity(
            row.ref("service"),
            row.text("host"),
            row.text("bridge"),
            word(Kind.class, row.text("kind"), Kind.NICS),
            word(Direction.class, row.text("direction"), Direction.BOTH),
            tags(row),
            Filter.parse(row.text("filter")),
            small(row, "truncate"),
            !row.truth("no_fit")),
        row.whole("key"));
  }

  private static Tags tags(Row row) {
    if (row.truth("strip_outer")) {
      return Tags.OUTER;
    }
    return row.truth("strip") ? Tags.ACCESS : Tags.KEPT;
  }

  static Map<String, Value> columns(GroupIdentity identity, long key) {
    return Map.ofEntries(
        Map.entry("service", Value.of(identity.service())),
        Map.entry("host", Value.of(identity.host())),
        Map.entry("bridge", Value.of(identity.bridge())),
        Map.entry("kind", Value.of(identity.kind().name())),
        Map.entry("direction", Value.of(identity.direction().name())),
        Map.entry("strip", Value.of(identity.tags() == Tags.ACCESS)),
        Map.entry("strip_outer", Value.of(identity.tags() == Tags.OUTER)),
        Map.entry("filter", Value.of(identity.filter().text())),
        Map.entry("truncate", optional(identity.truncate())),
        Map.entry("no_fit", Value.of(!identity.fit())),
        Map.entry("key", Value.of(key)));
  }

  private static ServiceReport serviceReport(Row row) {
    return new ServiceReport(
        row.ref("service"),
        row.text("host"),
        row.whole("generation"),
        Progress.valueOf(row.text("progress")),
        row.text("reason"),
        row.text("nic"));
  }

  static Map<String, Value> columns(ServiceReport report) {
    return Map.of(
        "service", Value.of(report.service()),
        "host", Value.of(report.host()),
        "generation", Value.of(report.generation()),
        "progress", Value.of(report.progress().name()),
        "reason", Value.of(report.reason()),
        "nic", Value.of(report.nic()));
  }

  private static FlowReport flowReport(Row row) {
    Set<Long> keys = new HashSet<>();
    for (Atom atom : row.value("keys").asSet()) {
      if (atom instanceof Atom.Whole(long key)) {
        keys.add(key);
      }
    }
    return new FlowReport(
        row.ref("flow"),
        row.text("host"),
        row.whole("flow_generation"),
        row.whole("service_generation"),
        keys,
        Progress.valueOf(row.text("progress")),
        row.text("reason"));
  }

  static Map<String, Value> columns(FlowReport report) {
    return Map.of(
        "flow", Value.of(report.flow()),
        "host", Value.of(report.host()),
        "flow_generation", Value.of(report.flowGeneration()),
        "service_generation", Value.of(report.serviceGeneration()),
        "keys", new Value.SetOf(report.keys().stream().map(Value::of).collect(Collectors.toSet())),
        "progress", Value.of(report.progress().name()),
        "reason", Value.of(report.reason()));
  }

  static GroupCount count(Row row) {
    return new GroupCount(
        row.text("host"),
        row.whole("key"),
        row.whole("mirrored"),
        row.whole("delivered"),
        row.whole("unfit"),
        row.whole("limited"),
        row.whole("repeated"),
        row.whole("interruptions"),
        Instant.ofEpochMilli(row.whole("read")),
        new GroupCount.Raw(readings(row), row.text("switch_run")));
  }

  private static Map<String, Long> readings(Row row) {
    Map<String, Long> readings = new HashMap<>();
    if (row.value("readings") instanceof Value.MapOf(Map<Atom, Atom> entries)) {
      entries.forEach((source, counter) -> {
        if (source instanceof Atom.Text(String name) && counter instanceof Atom.Whole(long read)) {
          readings.put(name, read);
        }
      });
    }
    return readings;
  }

  static Map<String, Value> columns(GroupCount count) {
    Map<Atom, Atom> readings = new HashMap<>();
    count
        .raw()
        .readings()
        .forEach((source, read) -> readings.put(Value.of(source), Value.of(read)));
    return Map.ofEntries(
        Map.entry("host", Value.of(count.host())),
        Map.entry("key", Value.of(count.key())),
        Map.entry("mirrored", Value.of(count.mirrored())),
        Map.entry("delivered", Value.of(count.delivered())),
        Map.entry("unfit", Value.of(count.unfit())),
        Map.entry("limited", Value.of(count.limited())),
        Map.entry("repeated", Value.of(count.repeated())),
        Map.entry("interruptions", Value.of(count.interruptions())),
        Map.entry("read", Value.of(count.read().toEpochMilli())),
        Map.entry("readings", new Value.MapOf(readings)),
        Map.entry("switch_run", Value.of(count.raw().switchRun())));
  }
}
