package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SwitchDiffTest {
  private static final UUID BRIDGE = new UUID(0, 1);
  private static final UUID SOURCE = new UUID(0, 2);
  private static final UUID OUTPUT = new UUID(0, 3);
  private static final UUID MIRROR = new UUID(0, 4);
  private static final Value OURS = Value.texts(Map.of(HostPlan.OWNER, HostPlan.TAPDECK));

  /** A bridge "br" with a Mirror of ours from port "p" to port "out". */
  private static SwitchView there(Value outputOwner) {
    Map<UUID, Row> ports = new HashMap<>();
    ports.put(SOURCE, row(SOURCE, Map.of("name", Value.of("p"))));
    ports.put(OUTPUT, row(OUTPUT, Map.of("name", Value.of("out"), "external_ids", outputOwner)));
    return new SwitchView(
        new Replica(
            Map.of(
                "Bridge",
                Map.of(
                    BRIDGE,
                    row(
                        BRIDGE,
                        Map.of(
                            "name", Value.of("br"),
                            "ports", Value.refs(List.of(SOURCE, OUTPUT)),
                            "mirrors", Value.refs(List.of(MIRROR))))),
                "Port",
                ports,
                "Mirror",
                Map.of(
                    MIRROR,
                    row(
                        MIRROR,
                        Map.of(
                            "name", Value.of("m"),
                            "external_ids", OURS,
                            "select_all", Value.of(false),
                            "select_src_port", Value.refs(List.of(SOURCE)),
                            "output_port", Value.of(OUTPUT)))))));
  }

  private static Row row(UUID uuid, Map<String, Value> columns) {
    return new Row(uuid, columns);
  }

  private static HostPlan plan(Set<String> received) {
    return new HostPlan(
        List.of(new PlannedPort("out", "br", new PortKind.Patch("in"), Map.of())),
        List.of(new PlannedMirror("m", "br", false, received, Set.of(), Set.of(), "out", Map.of())),
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        List.of());
  }

  private static SwitchDiff.Difference difference(HostPlan plan, SwitchView there) {
    return SwitchDiff.of(plan, PortNumbers.of(plan, there), there);
  }

  @Test
  void aMirrorWhosePortBecameAnothersIsDeleted() {
    SwitchDiff.Difference difference = difference(plan(Set.of("p")), there(Value.none()));
    assertThat(difference.leftover()).isTrue();
    assertThat(difference.amiss()).containsExactlyInAnyOrder("m", "out");
    assertThat(difference.operations())
        .singleElement()
        .isInstanceOfSatisfying(
            Operation.Mutate.class,
            change ->
                assertThat(change.mutations())
                    .containsExactly(Mutation.delete("mirrors", Value.of(MIRROR))));
  }

  @Test
  void aMirrorOfAPortThatIsNotThereIsAmiss() {
    assertThat(difference(plan(Set.of("p", "gone")), there(OURS)).amiss()).contains("m");
  }

  @Test
  void aChangedBrtapIsSetRight() {
    Row right =
        row(BRIDGE, Map.of("datapath_type", Value.of("netdev"), "fail_mode", Value.of("secure")));
    Row changed = row(BRIDGE, Map.of("datapath_type", Value.of("netdev")));
    assertThat(SwitchDiff.brtap(right, "netdev")).isEmpty();
    assertThat(SwitchDiff.brtap(changed, "netdev"))
        .singleElement()
        .isInstanceOfSatisfying(
            Operation.Update.class,
            change ->
                assertThat(change.columns()).isEqualTo(Map.of("fail_mode", Value.of("secure"))));
  }
}
