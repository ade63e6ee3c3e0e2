package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** What holds of every plan, whatever is wanted, on a switch that others use too. */
class PlanPropertiesTest {
  private static final Host HOST = RandomMirrors.A;
  private static final MirrorView NOTHING =
      new MirrorView(
          new Inventory(List.of(HOST), List.of()),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          java.time.Instant.EPOCH);

  private static HostPlan plan(MirrorView view) {
    return Planner.plan(view, HOST, Map.of("br0", 1));
  }

  /** Host A's switch before us: its guests' ports, uplinks, an alien's port and Mirror. */
  private static SwitchModel before(MirrorView view) {
    SwitchModel model = new SwitchModel();
    for (String bridge : RandomMirrors.BRIDGES) {
      List<UUID> ports = new ArrayList<>();
      for (Nic nic : view.nics()) {
        if (nic.host().equals(HOST.name()) && nic.bridge().equals(bridge)) {
          ports.add(model.port(nic.port()));
        }
      }
      ports.add(model.port(RandomMirrors.uplink(HOST.name(), bridge)));
      UUID alien = model.port("alien-" + bridge);
      ports.add(alien);
      UUID mirror =
          model.add(
              "Mirror",
              Map.of(
                  "name", Value.of("span"),
                  "select_all", Value.of(true),
                  "output_port", Value.of(alien)));
      var _ = model.bridge(bridge, ports, bridge.equals("br0") ? List.of(mirror) : List.of());
    }
    model.transact(SwitchDiff.brtap("netdev"));
    return model;
  }

  private static SwitchDiff.Difference difference(HostPlan plan, SwitchModel model) {
    return SwitchDiff.of(plan, PortNumbers.of(plan, model.view()), model.view());
  }

  private static Set<String> flows(HostPlan plan, SwitchModel model) {
    PortNumbers numbers = PortNumbers.of(plan, model.view());
    Set<String> flows = new TreeSet<>();
    plan.flows().forEach(flow -> assertThat(flows.add(flow.text(numbers))).isTrue());
    plan.meters().forEach(meter -> assertThat(flows.add(meter.text(numbers))).isTrue());
    return flows;
  }

  @Property(tries = 300)
  void theOrderOfRowsDoesNotMatter(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    Inventory found = view.inventory();
    MirrorView shuffled =
        new MirrorView(
            new Inventory(
                shuffled(found.hosts(), seed),
                shuffled(found.nics(), seed),
                shuffled(found.hostNics(), seed),
                shuffled(found.wires(), seed)),
            shuffled(view.services(), seed),
            shuffled(view.flows(), seed),
            shuffled(view.groups(), seed),
            List.of(),
            List.of(),
            view.at());
    SwitchModel model = before(view);
    HostPlan one = plan(view);
    HostPlan other = plan(shuffled);
    assertThat(flows(other, model)).isEqualTo(flows(one, model));
    assertThat(other.ports()).isEqualTo(one.ports());
    assertThat(other.mirrors()).isEqualTo(one.mirrors());
    assertThat(other.flowParts()).isEqualTo(one.flowParts());
    assertThat(other.serviceParts()).isEqualTo(one.serviceParts());
    assertThat(other.repetitions()).isEqualTo(one.repetitions());
  }

  private static <T> List<T> shuffled(Collection<T> list, long seed) {
    List<T> copy = new ArrayList<>(list);
    Collections.shuffle(copy, new Random(seed));
    return copy;
  }

  @Property(tries = 300)
  void appliedAndPlannedAgainThereIsNothingToDo(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    SwitchModel model = before(view);
    HostPlan plan = plan(view);
    Set<String> flows = flows(plan, model);
    model.transact(difference(plan, model).operations());
    SwitchDiff.Difference again = difference(plan(view), model);
    assertThat(again.operations()).isEmpty();
    assertThat(again.amiss()).isEmpty();
    assertThat(again.leftover()).isFalse();
    assertThat(flows(plan(view), model)).isEqualTo(flows);
  }

  @Property(tries = 300)
  void whatIsAddedFirstTakesNothingAway(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    MirrorView first = some(view, new Random(seed));
    MirrorView then = some(view, new Random(seed + 1));
    SwitchModel model = before(view);
    model.transact(difference(plan(first), model).operations());
    Replica was = model.replica();
    HostPlan plan = plan(then);
    model.transact(SwitchDiff.growth(plan, PortNumbers.of(plan, model.view()), model.view()));
    for (Row mirror : was.rows("Mirror")) {
      Row grown = model.replica().row("Mirror", mirror.uuid()).orElseThrow();
      assertThat(grown.refs("select_src_port")).containsAll(mirror.refs("select_src_port"));
      assertThat(grown.refs("select_dst_port")).containsAll(mirror.refs("select_dst_port"));
      assertThat(grown.truth("select_all") || !mirror.truth("select_all")).isTrue();
      Set<Atom> vlans = grown.value("select_vlan").asSet();
      assertThat(vlans.isEmpty() || vlans.containsAll(mirror.value("select_vlan").asSet()))
          .isTrue();
    }
    for (Row port : was.rows("Port")) {
      assertThat(model.replica().row("Port", port.uuid())).isPresent();
    }
    model.transact(difference(plan, model).operations());
    assertThat(difference(plan(then), model).amiss()).isEmpty();
  }

  /** Of the flows, about half. */
  private static MirrorView some(MirrorView view, Random random) {
    return new MirrorView(
        view.inventory(),
        view.services(),
        view.flows().stream().filter(flow -> random.nextBoolean()).toList(),
        view.groups(),
        List.of(),
        List.of(),
        view.at());
  }

  @Property(tries = 300)
  void fromOnePlanToAnotherIsTheSameAsFromNothing(
      @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 0, max = 9) int other) {
    MirrorView first = RandomMirrors.view(seed);
    MirrorView then = RandomMirrors.view(seed + 1 + other, 1000).with(first.inventory());
    SwitchModel model = before(first);
    model.transact(difference(plan(first), model).operations());
    model.transact(difference(plan(then), model).operations());
    assertThat(difference(plan(then), model).operations()).isEmpty();
  }

  @Property(tries = 300)
  void onceAllIsRemovedNothingIsLeft(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    SwitchModel model = before(view);
    Replica untouched = model.replica();
    model.transact(difference(plan(view), model).operations());
    HostPlan nothing = plan(NOTHING);
    model.transact(difference(nothing, model).operations());
    assertSame(model.replica(), untouched);
    assertThat(nothing.ports()).isEmpty();
    assertThat(nothing.meters()).isEmpty();
    assertThat(flows(nothing, model)).containsExactly("table=0,priority=0,actions=drop");
  }

  private static void assertSame(Replica found, Replica expected) {
    expected
        .tables()
        .forEach((table, rows) -> {
          assertThat(found.tables().getOrDefault(table, Map.of()).keySet())
              .isEqualTo(rows.keySet());
          rows.forEach((uuid, row) -> {
            Row other = found.row(table, uuid).orElseThrow();
            Set<String> columns = new HashSet<>(row.columns().keySet());
            columns.addAll(other.columns().keySet());
            if (isBrtapsOwn(row)) {
              columns.remove("trunks");
            }
            assertThat(columns).allMatch(column -> row.value(column).same(other.value(column)));
          });
        });
  }

  private static boolean isBrtapsOwn(Row row) {
    return row.text("name").equals(HostPlan.BRTAP);
  }

  /** Every change of a Mirror comes with one of brtap's own port: see SwitchDiff. */
  @Property(tries = 300)
  void whatWasDecidedIsRevisedWheneverAMirrorChanges(@ForAll @LongRange(min = 0) long seed) {
    MirrorView all = RandomMirrors.view(seed);
    SwitchModel model = before(all);
    // Groups that stay, of more or fewer flows: so there are Mirrors that only change.
    for (MirrorView view :
        List.of(some(all, new Random(seed)), all, some(all, new Random(seed + 1)))) {
      HostPlan plan = plan(view);
      assertRevisedIfMirrorsChange(
          model, SwitchDiff.growth(plan, PortNumbers.of(plan, model.view()), model.view()));
      assertRevisedIfMirrorsChange(model, difference(plan, model).operations());
    }
  }

  private static void assertRevisedIfMirrorsChange(SwitchModel model, List<Operation> changes) {
    Map<UUID, Row> mirrors = model.replica().tables().getOrDefault("Mirror", Map.of());
    long before = brtapsTrunk(model);
    model.transact(changes);
    assertThat(brtapsTrunk(model) != before)
        .isEqualTo(!model.replica().tables().getOrDefault("Mirror", Map.of()).equals(mirrors));
  }

  private static long brtapsTrunk(SwitchModel model) {
    return model.replica().rows("Port").stream()
        .filter(PlanPropertiesTest::isBrtapsOwn)
        .mapToLong(row -> row.whole("trunks"))
        .sum();
  }

  @Property(tries = 300)
  void whatIsNotOursIsNotTouched(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    SwitchModel model = before(view);
    Set<UUID> foreign = new HashSet<>();
    for (String table : List.of("Port", "Interface", "Mirror")) {
      model.replica().rows(table).stream().map(Row::uuid).forEach(foreign::add);
    }
    UUID brtapsOwn =
        model.replica().rows("Port").stream()
            .filter(PlanPropertiesTest::isBrtapsOwn)
            .findFirst()
            .orElseThrow()
            .uuid();
    Replica untouched = model.replica();
    model.transact(difference(plan(view), model).operations());
    for (HostPlan plan : List.of(plan(NOTHING), plan(view))) {
      for (Operation operation : difference(plan, model).operations()) {
        switch (operation) {
          case Operation.Update(var ignored, List<Condition> where, var columns) -> {
            if (columns.keySet().equals(Set.of("trunks"))) {
              assertThat(row(where)).isEqualTo(brtapsOwn);
            } else {
              assertThat(row(where)).isNotEqualTo(brtapsOwn).isNotIn(foreign);
            }
          }
          case Operation.Mutate(String table, var where, List<Mutation> mutations) -> {
            assertThat(table).isEqualTo("Bridge");
            mutations.forEach(mutation ->
                assertThat(mutation.value().asSet())
                    .noneMatch(
                        atom -> atom instanceof Atom.Ref(UUID uuid) && foreign.contains(uuid)));
          }
          case Operation.Insert insert ->
              assertThat(insert.table()).isIn("Port", "Interface", "Mirror");
          default -> assertThat(operation).isNull();
        }
      }
    }
    for (String table : List.of("Port", "Interface", "Mirror")) {
      untouched.rows(table).stream()
          .filter(row -> !row.uuid().equals(brtapsOwn))
          .forEach(row ->
              assertThat(model.replica().row(table, row.uuid())).isEqualTo(Optional.of(row)));
    }
  }

  private static UUID row(List<Condition> where) {
    return ((Atom.Ref) where.getFirst().value()).value();
  }

  @Property(tries = 300)
  void aBridgeNeverGetsMoreThan32Mirrors(@ForAll @LongRange(min = 0) long seed) {
    MirrorView view = RandomMirrors.view(seed);
    int foreign = new Random(seed).nextInt(34);
    HostPlan plan = Planner.plan(view, HOST, Map.of("br0", foreign));
    assertThat(plan.mirrors())
        .filteredOn(mirror -> mirror.bridge().equals("br0"))
        .hasSizeLessThanOrEqualTo(Math.max(0, 32 - foreign));
  }
}
