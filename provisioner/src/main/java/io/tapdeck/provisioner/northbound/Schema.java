package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables of {@code tapdeck.ovsschema}, and rows as the values they stand for. */
final class Schema {
  static final String DATABASE = "Tapdeck";

  static final String NORTHBOUND = "Northbound";
  static final String TAP_SERVICE = "Tap_Service";
  static final String TAP_FLOW = "Tap_Flow";
  static final String HOST = "Host";
  static final String NIC = "Nic";
  static final String TAP_GROUP = "Tap_Group";
  static final String SERVICE_REPORT = "Service_Report";
  static final String FLOW_REPORT = "Flow_Report";

  static final String GUEST_TYPE = "guest";
  static final String HOST_TYPE = "host";
  static final String VNIC_TYPE = "vnic";

  /** Newer than the first version of the schema. */
  static final String MACHINE = "machine";

  /** Every column of every table. */
  static final Map<String, List<String>> COLUMNS =
      Map.of(
          NORTHBOUND, List.of("next_key"),
          TAP_SERVICE, List.of("name", "type", "target", "enabled", "generation"),
          TAP_FLOW,
              List.of(
                  "name", "type", "service", "guest", "mac", "direction", "enabled", "generation"),
          HOST, List.of("name", "tunnel_ip", MACHINE),
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
                  "netns"),
          TAP_GROUP, List.of("service", "host", "bridge", "strip", "key"),
          SERVICE_REPORT, List.of("service", "host", "generation", "progress", "reason", "nic"),
          FLOW_REPORT,
              List.of(
                  "flow",
                  "host",
                  "flow_generation",
                  "service_generation",
                  "keys",
                  "progress",
                  "reason"));

  private Schema() {}

  static MirrorView view(Replica replica) {
    return new MirrorView(
        list(replica, HOST, Schema::host),
        list(replica, NIC, Schema::nic),
        list(replica, TAP_SERVICE, Schema::service),
        list(replica, TAP_FLOW, Schema::flow),
        list(replica, TAP_GROUP, Schema::group),
        list(replica, SERVICE_REPORT, Schema::serviceReport),
        list(replica, FLOW_REPORT, Schema::flowReport));
  }

  private static <T> List<T> list(Replica replica, String table, Function<Row, T> read) {
    List<T> values = new ArrayList<>();
    replica.rows(table).forEach(row -> values.add(read.apply(row)));
    return values;
  }

  /** A northbound of an earlier version says nothing of machines. */
  private static Host host(Row row) {
    return new Host(row.uuid(), row.text("name"), row.text("tunnel_ip"), row.text(MACHINE));
  }

  private static TapService service(Row row) {
    String target = row.text("target");
    return new TapService(
        row.uuid(),
        row.text("name"),
        row.text("type").equals(GUEST_TYPE)
            ? new Target.InGuest(target)
            : new Target.OnHost(target),
        row.truth("enabled"),
        row.whole("generation"));
  }

  private static TapFlow flow(Row row) {
    return new TapFlow(
        row.uuid(),
        row.text("name"),
        row.ref("service"),
        row.text("guest"),
        row.text("mac"),
        Direction.valueOf(row.text("direction")),
        row.truth("enabled"),
        row.whole("generation"));
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
        row.optionalWhole("access_tag").map(Long::intValue),
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
        "access_tag", optional(nic.accessTag().map(tag -> Value.of(tag.longValue()))),
        "netns", Value.of(nic.netns()));
  }

  private static Value optional(Optional<Atom> atom) {
    return atom.<Value>map(Function.identity()).orElseGet(Value::none);
  }

  private static TapGroup group(Row row) {
    return new TapGroup(
        row.uuid(),
        new GroupIdentity(
            row.ref("service"), row.text("host"), row.text("bridge"), row.truth("strip")),
        row.whole("key"));
  }

  static Map<String, Value> columns(GroupIdentity identity, long key) {
    return Map.of(
        "service", Value.of(identity.service()),
        "host", Value.of(identity.host()),
        "bridge", Value.of(identity.bridge()),
        "strip", Value.of(identity.strip()),
        "key", Value.of(key));
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
}
