package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.TransactionException;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What one host's agent writes into the northbound. Only differences are written; where there are
 * none nothing is sent.
 */
public final class HostReports {
  private final Northbound northbound;
  private final String host;

  /** Speaks for a host; see {@link Northbound#speakFor}. */
  public HostReports(Northbound northbound, String host) {
    this.northbound = northbound;
    this.host = host;
  }

  /** Publishes the host, the guests' NICs, its own and its wires. Other hosts' are left alone. */
  public void publish(Host itself, Inventory found) throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    Map<String, Value> columns = new HashMap<>();
    columns.put("tunnel_ip", Value.of(itself.tunnelIp()));
    columns.put("tunnel_mtu", Value.of(itself.tunnelMtu()));
    columns.put("machine", Value.of(itself.machine()));
    List<Operation> operations = new ArrayList<>();
    Optional<Host> known = view.host(host);
    if (known.isEmpty()) {
      columns.put("name", Value.of(host));
      operations.add(Operation.insert(Schema.HOST, "host", columns));
    } else if (!known.get().tunnelIp().equals(itself.tunnelIp())
        || known.get().tunnelMtu() != itself.tunnelMtu()
        || !known.get().machine().equals(itself.machine())) {
      operations.add(
          new Operation.Update(
              Schema.HOST, List.of(Condition.equal("name", Value.of(host))), columns));
    }
    difference(
        operations,
        Schema.NIC,
        ours(view.nics(), Nic::host),
        found.nics(),
        nic -> List.of(mine(), Condition.equal("port", Value.of(nic.port()))),
        Schema::columns);
    difference(
        operations,
        Schema.HOST_NIC,
        ours(view.inventory().hostNics(), HostNic::host),
        found.hostNics(),
        nic -> List.of(mine(), Condition.equal("name", Value.of(nic.name()))),
        Schema::columns);
    difference(
        operations,
        Schema.WIRE,
        ours(view.inventory().wires(), Wire::host),
        found.wires(),
        wire -> List.of(mine(), Condition.equal("bridge", Value.of(wire.bridge()))),
        Schema::columns);
    send(operations);
  }

  private <T> List<T> ours(Collection<T> all, Function<T, String> hostOf) {
    return all.stream().filter(one -> hostOf.apply(one).equals(host)).toList();
  }

  /** Says how far the host's part of every service and flow is. */
  public void report(Collection<ServiceReport> services, Collection<FlowReport> flows)
      throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    List<Operation> operations = new ArrayList<>();
    difference(
        operations,
        Schema.SERVICE_REPORT,
        ours(view.serviceReports(), ServiceReport::host),
        services,
        report -> List.of(mine(), Condition.equal("service", Value.of(report.service()))),
        Schema::columns);
    difference(
        operations,
        Schema.FLOW_REPORT,
        ours(view.flowReports(), FlowReport::host),
        flows,
        report -> List.of(mine(), Condition.equal("flow", Value.of(report.flow()))),
        Schema::columns);
    send(operations);
  }

  /**
   * Says what the host has counted of groups' copies.
   *
   * @param before what the northbound has of this host
   */
  public void count(Collection<GroupCount> before, Collection<GroupCount> after)
      throws IOException, InterruptedException {
    List<Operation> operations = new ArrayList<>();
    difference(
        operations,
        Schema.GROUP_COUNT,
        before,
        after,
        count -> List.of(mine(), Condition.equal("key", Value.of(count.key()))),
        Schema::columns);
    send(operations);
  }

  /**
   * Gives new groups of this host a key each, and lets old ones go. Keys come from the northbound's
   * counter, which the same transaction raises, so none is ever given twice.
   */
  public void allot(Collection<GroupIdentity> wanted, Collection<TapGroup> unwanted)
      throws IOException, InterruptedException {
    List<Operation> operations = new ArrayList<>();
    for (TapGroup group : unwanted) {
      operations.add(new Operation.Delete(Schema.TAP_GROUP, List.of(Condition.is(group.id()))));
    }
    if (!wanted.isEmpty()) {
      long key =
          northbound.nextKey().orElseThrow(() -> new IOException("the northbound has no root row"));
      Condition unraised = Condition.equal("next_key", Value.of(key));
      operations.add(new Operation.Expect(Schema.NORTHBOUND, List.of(unraised), true));
      operations.add(
          new Operation.Mutate(
              Schema.NORTHBOUND, List.of(), List.of(Mutation.add("next_key", wanted.size()))));
      for (GroupIdentity identity : wanted) {
        operations.add(
            Operation.insert(Schema.TAP_GROUP, "group" + key, Schema.columns(identity, key)));
        key++;
      }
    }
    try {
      send(operations);
    } catch (TransactionException overtaken) {
      // Another host took that key first; its change is on its way here, and the next round uses
      // it.
      if (!overtaken.error().equals("timed out")) {
        throw overtaken;
      }
    }
  }

  private Condition mine() {
    return Condition.equal("host", Value.of(host));
  }

  private static <T> void difference(
      List<Operation> operations,
      String table,
      Collection<T> before,
      Collection<T> after,
      Function<T, List<Condition>> key,
      Function<T, Map<String, Value>> columns) {
    Map<List<Condition>, T> old = new LinkedHashMap<>();
    before.forEach(value -> old.put(key.apply(value), value));
    for (T value : after) {
      T known = old.remove(key.apply(value));
      if (known == null) {
        operations.add(Operation.insert(table, "row" + operations.size(), columns.apply(value)));
      } else if (!known.equals(value)) {
        operations.add(new Operation.Update(table, key.apply(value), columns.apply(value)));
      }
    }
    old.keySet().forEach(where -> operations.add(new Operation.Delete(table, where)));
  }

  private void send(List<Operation> operations) throws IOException, InterruptedException {
    if (!operations.isEmpty()) {
      northbound.transact(operations);
    }
  }
}
