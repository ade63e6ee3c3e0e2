package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  private static Nic nic(long tag, String netns) {
    return nic(Map.of("tag", Value.of(tag)), netns);
  }

  private static Nic nic(Map<String, Value> settings, String netns) {
    UUID bridge = new UUID(0, 1);
    UUID port = new UUID(0, 2);
    Map<String, Value> columns = new HashMap<>(settings);
    columns.put("name", Value.of("p"));
    columns.put(
        "external_ids",
        Value.texts(
            Map.of("vm-id", "g", "attached-mac", "52:54:00:00:00:01", "tapdeck-netns", netns)));
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
  @CsvSource({
    "'', 0 20",
    "trunk, 0 20",
    "native-tagged, 0 7 20",
    "native-untagged, 0 7 20",
    "access, ''",
    "dot1q-tunnel, ''"
  })
  void aTrunkOfSomeVlansCarriesThoseAndItsNativeOne(String mode, String vlans) {
    Map<String, Value> settings = new HashMap<>();
    settings.put("vlan_mode", Value.of(mode));
    settings.put("tag", Value.of(7));
    settings.put("trunks", new Value.SetOf(Set.of(Value.of(0), Value.of(20))));
    assertThat(nic(settings, "ns").vlans())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(vlans.isEmpty() ? new String[0] : vlans.split(" ", -1));
    settings.remove("trunks");
    assertThat(nic(settings, "ns").vlans()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-n", "../etc", "a b", "", "a/b", "."})
  void whatMayNotBeANamespacesNameIsNotPassedOn(String netns) {
    assertThat(nic(1, netns).netns()).isEmpty();
    assertThat(nic(1, "lab-g1.x_y").netns()).contains("lab-g1.x_y");
  }
}
