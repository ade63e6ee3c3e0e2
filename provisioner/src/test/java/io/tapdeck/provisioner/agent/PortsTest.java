package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  private static Nic nic(long tag, String netns) {
    UUID bridge = new UUID(0, 1);
    UUID port = new UUID(0, 2);
    Map<String, Value> columns =
        Map.of(
            "name", Value.of("p"),
            "tag", Value.of(tag),
            "external_ids",
                Value.texts(
                    Map.of(
                        "vm-id",
                        "g",
                        "attached-mac",
                        "52:54:00:00:00:01",
                        "tapdeck-netns",
                        netns)));
    return Ports.nics(
            new SwitchView(
                new Replica(
                    Map.of(
                        "Bridge",
                        Map.of(
                            bridge,
                            new Row(
                                bridge,
                                Map.of(
                                    "name", Value.of("br"),
                                    "ports", Value.refs(List.of(port))))),
                        "Port",
                        Map.of(port, new Row(port, columns))))),
            "lab")
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4095})
  void aTagThatIsNoVlanMakesNoAccessPort(long tag) {
    assertThat(nic(tag, "ns").accessTag()).isEmpty();
    assertThat(nic(4094, "ns").accessTag()).contains(4094);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-n", "../etc", "a b", "", "a/b", "."})
  void whatMayNotBeANamespacesNameIsNotPassedOn(String netns) {
    assertThat(nic(1, netns).netns()).isEmpty();
    assertThat(nic(1, "lab-g1.x_y").netns()).contains("lab-g1.x_y");
  }
}
