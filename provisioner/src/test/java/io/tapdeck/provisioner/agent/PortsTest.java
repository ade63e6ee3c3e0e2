package io.tapdeck.provisioner.agent;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  /** As ovs-vswitchd.conf.db(5) tells of {@code vlan_mode}, {@code tag} and {@code trunks}. */
  @ParameterizedTest
  @CsvSource({
    "'',              ,     ,      '',   ",
    "'',              ,     0 20,  0 20, ",
    "'',              7,    ,      7,    7",
    "'',              7,    0 20,  7,    7",
    "'',              0,    ,      0,    ",
    "'',              4095, 0 20,  0 20, ",
    "trunk,           7,    0 20,  0 20, ",
    "access,          ,     0 20,  0,    ",
    "access,          7,    ,      7,    7",
    "native-tagged,   7,    0 20,  7 20, ",
    "native-untagged, 7,    ,      '',   ",
    "native-untagged, ,     20,    0 20, ",
    "native-tagged,   4095, 20,    0 20, ",
    "dot1q-tunnel,    7,    20,    7,    ",
  })
  void aPortCarriesTheVlansThatItsSettingsSay(
      String mode,
      @Nullable Long tag,
      @Nullable String trunks,
      String vlans,
      @Nullable Integer access) {
    Map<String, Value> settings = new HashMap<>();
    settings.put("vlan_mode", Value.of(mode));
    if (tag != null) {
      settings.put("tag", Value.of(tag));
    }
    if (trunks != null) {
      settings.put(
          "trunks",
          new Value.SetOf(
              numbers(trunks).stream().map(vlan -> Value.of(vlan.longValue())).collect(toSet())));
    }
    assertThat(nic(settings, "ns").vlans()).isEqualTo(numbers(vlans));
    assertThat(nic(settings, "ns").accessTag()).isEqualTo(Optional.ofNullable(access));
  }

  private static Set<Integer> numbers(String text) {
    return Stream.of(text.split(" ", -1))
        .filter(word -> !word.isEmpty())
        .map(Integer::valueOf)
        .collect(toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-n", "../etc", "a b", "", "a/b", "."})
  void whatMayNotBeANamespacesNameIsNotPassedOn(String netns) {
    assertThat(nic(1, netns).netns()).isEmpty();
    assertThat(nic(1, "lab-g1.x_y").netns()).contains("lab-g1.x_y");
  }
}
