package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.plan.SwitchView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InventoryTest {
  private static final String TUNNEL_IP = "198.18.0.1";
  private static final String OTHER = "198.18.0.2";

  /** A device as ip(8) prints it. */
  private static String link(String name, int mtu, String more) {
    return "{\"ifindex\":"
        + name.hashCode()
        + ",\"ifname\":\""
        + name
        + "\",\"flags\":[\"BROADCAST\",\"UP\"],\"mtu\":"
        + mtu
        + ",\"address\":\"52:54:00:AA:00:01\""
        + more
        + "}";
  }

  private static String nic(String name, int mtu, String more) {
    return link(name, mtu, ",\"parentbus\":\"pci\",\"parentdev\":\"0000:00:03.0\"" + more);
  }

  private static String address(String local) {
    boolean is6 = local.contains(":");
    return ",\"addr_info\":[{\"family\":\""
        + (is6 ? "inet6" : "inet")
        + "\",\"local\":\""
        + local
        + "\",\"scope\":\""
        + (local.startsWith("fe80") ? "link" : "global")
        + "\"}]";
  }

  private static HostLinks links(List<String> links, String... routes) throws IOException {
    return HostLinks.read(
        "[" + String.join(",", links) + "]", "[" + String.join(",", routes) + "]");
  }

  private static List<String> taken(HostLinks links, SwitchView there) {
    return HostNics.of(links, there, "h").stream()
        .map(nic -> nic.name() + ": " + nic.taken())
        .toList();
  }

  @Test
  void aNicIsFreeUnlessSomethingUsesIt() throws Exception {
    HostLinks links =
        links(
            List.of(
                nic("free", 1500, address("fe80::1")),
                nic("addressed", 1500, address("192.0.2.7")),
                nic("enslaved", 1500, ",\"master\":\"bond0\""),
                nic("carrier", 1500, ""),
                link(
                    "carrier.5",
                    1500,
                    ",\"link\":\"carrier\",\"linkinfo\":{\"info_kind\":\"vlan\"}"),
                nic("routed", 1500, ""),
                nic("bridged", 1500, ",\"master\":\"ovs-system\""),
                nic("bonded", 1500, ""),
                nic("serving", 9000, ",\"master\":\"ovs-system\""),
                nic("strange", 1500, ""),
                link("soft", 1500, ",\"linkinfo\":{\"info_kind\":\"veth\"}"),
                link(
                    "marked",
                    1500,
                    ",\"link\":\"soft\",\"linkinfo\":{\"info_kind\":\"veth\"},\"ifalias\":\"tapdeck-nic"
                        + " 1\"")),
            "{\"dst\":\"10.9.0.0/16\",\"dev\":\"routed\",\"table\":\"77\"}",
            "{\"dst\":\"fe80::/64\",\"dev\":\"free\"}",
            "{\"type\":\"multicast\",\"dst\":\"ff00::/8\",\"dev\":\"free\",\"table\":\"local\"}");
    SwitchView there =
        new SwitchRows()
            .bridge("br0", Map.of(), 1500)
            .port("br0", "bridged", "", 1500, Map.of())
            .port("br0", "bond", "", 1500, Map.of(), List.of("bonded", "other"))
            .bridge("brtap", Map.of("owner", "tapdeck"), 1500)
            .port("brtap", "serving", "", 9000, Map.of("owner", "tapdeck"))
            .port("brtap", "strange", "", 1500, Map.of())
            .view();
    assertThat(taken(links, there))
        .containsExactly(
            "addressed: has address 192.0.2.7",
            "bonded: is a port of bridge br0",
            "bridged: is a port of bridge br0",
            "carrier: carries device carrier.5",
            "enslaved: is a part of device bond0",
            "free: ",
            "marked: ",
            "routed: has a route",
            "serving: ",
            "strange: is a port of bridge brtap");
    assertThat(HostNics.of(links, there, "h"))
        .contains(new HostNic("h", "serving", "52:54:00:aa:00:01", 9000, ""));
  }

  private static SwitchRows bridges() {
    return new SwitchRows()
        .bridge("brtap", Map.of("tapdeck-wire", "mine"), 1500)
        .bridge("br-phy", Map.of(), 9000)
        .port("br-phy", "eth0", "", 1600, Map.of())
        .bridge("br-lan", Map.of(), 1500)
        .port("br-lan", "bond0", "", 1500, Map.of())
        .port("br-lan", "tap0", "", 1500, Map.of())
        .port("br-lan", "vf0", "", 1500, Map.of("attached-mac", "52:54:00:00:00:01"))
        .port("br-lan", "wan", "patch", 1500, Map.of("tapdeck-uplink", "true"))
        .bridge("br-b", Map.of("tapdeck-wire", "blue"), 1500)
        .port("br-b", "pair", "", 1500, Map.of(), List.of("eth1", "eth2"));
  }

  private static List<String> devices() {
    return List.of(
        link("br-phy", 9000, address(TUNNEL_IP)),
        nic("eth0", 1600, ""),
        nic("eth1", 1500, ""),
        nic("vf0", 1500, ""),
        link("bond0", 1500, ",\"linkinfo\":{\"info_kind\":\"bond\"}"),
        link("tap0", 1500, ",\"linkinfo\":{\"info_kind\":\"tun\"}"));
  }

  @Test
  void aWireIsABridgeThatCarriesNoTunnelsAndItsUplinksHoldTheHostsNics() throws Exception {
    Wires wires = new Wires(bridges().view(), links(devices()), TUNNEL_IP, List.of(OTHER));
    assertThat(wires.wires("h"))
        .containsExactly(
            new Wire("h", "blue", "br-b", Set.of("pair")),
            new Wire("h", "br-lan", "br-lan", Set.of("bond0", "wan")));
    assertThat(wires.tunnelMtu()).isEqualTo(1600);
  }

  @Test
  void aNameMadeForItMakesTheUnderlaysBridgeAWire() throws Exception {
    SwitchRows rows =
        new SwitchRows()
            .bridge("br-phy", Map.of("tapdeck-wire", "underlay"), 1500)
            .port("br-phy", "eth0", "", 1600, Map.of());
    assertThat(new Wires(rows.view(), links(devices()), TUNNEL_IP, List.of()).wires("h"))
        .containsExactly(new Wire("h", "underlay", "br-phy", Set.of("eth0")));
  }

  @Test
  void theFirstOfTwoBridgesOfOneWireCounts() throws Exception {
    SwitchRows rows =
        new SwitchRows()
            .bridge("b", Map.of("tapdeck-wire", "w"), 1500)
            .bridge("a", Map.of("tapdeck-wire", "w"), 1500)
            .bridge("c", Map.of("tapdeck-wire", " "), 1500);
    assertThat(new Wires(rows.view(), links(devices()), TUNNEL_IP, List.of()).wires("h"))
        .extracting(Wire::bridge)
        .containsExactly("a", "c");
  }

  @Test
  void inUserSpaceTunnelsDoNotGoThroughTheDeviceThatHasTheAddress() throws Exception {
    HostLinks links =
        links(List.of(link("br-phy", 1500, address(TUNNEL_IP)), nic("eth0", 1600, "")));
    SwitchRows rows =
        new SwitchRows()
            .bridge("br-phy", Map.of(), 1500)
            .port("br-phy", "eth0", "", 1600, Map.of());
    assertThat(new Wires(rows.view(), links, TUNNEL_IP, List.of()).tunnelMtu()).isEqualTo(1500);
    assertThat(new Wires(rows.inUserSpace().view(), links, TUNNEL_IP, List.of()).tunnelMtu())
        .isEqualTo(1600);
  }

  @Test
  void anAddressOnTheLoopbackDeviceLeavesByWhereTheRoutesGo() throws Exception {
    HostLinks links =
        links(
            List.of(
                link("lo", 65536, address(TUNNEL_IP)),
                link("br-phy", 1500, ""),
                link("other", 1400, "")),
            "{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"other\"}",
            "{\"dst\":\"198.18.0.0/15\",\"dev\":\"br-phy\"}",
            "{\"dst\":\"198.18.0.2\",\"dev\":\"other\",\"table\":\"5\"}",
            "{\"dst\":\"198.18.0.2\",\"dev\":\"lo\",\"type\":\"local\",\"table\":\"local\"}");
    assertThat(links.waysTo(OTHER)).containsExactly("br-phy");
    assertThat(links.waysTo("8.8.8.8")).containsExactly("other");
    assertThat(links.waysTo("2001:db8::1")).isEmpty();
    Wires wires = new Wires(bridges().view(), links, TUNNEL_IP, List.of(TUNNEL_IP, OTHER));
    assertThat(wires.tunnelMtu()).isEqualTo(1500);
    assertThat(wires.wires("h")).extracting(Wire::bridge).containsExactly("br-b", "br-lan");
  }

  @Test
  void aNicWithTheTunnelAddressNeedsNoBridge() throws Exception {
    HostLinks links = links(List.of(nic("eth0", 9000, address("2001:db8:0::1"))));
    SwitchRows rows = new SwitchRows().bridge("br-int", Map.of(), 1500);
    Wires wires = new Wires(rows.view(), links, "2001:db8::1", List.of());
    assertThat(wires.tunnelMtu()).isEqualTo(9000);
    assertThat(wires.wires("h")).hasSize(1);
    assertThat(new Wires(rows.view(), links, TUNNEL_IP, List.of()).tunnelMtu()).isZero();
  }

  @Test
  void severalWaysOfOnePriceAreAllTaken() throws Exception {
    HostLinks links =
        links(
            List.of(),
            "{\"dst\":\"default\",\"nexthops\":[{\"dev\":\"a\"},{\"dev\":\"b\"}]}",
            "{\"dst\":\"default\",\"dev\":\"c\",\"metric\":100}",
            "{\"dst\":\"default\",\"dev\":\"d\",\"pref\":\"medium\"}",
            "{\"dst\":\"not/an/address\",\"dev\":\"e\"}",
            "{\"dst\":\"10.0.0.0/99\",\"dev\":\"e\"}");
    assertThat(links.waysTo("192.0.2.1")).containsExactlyInAnyOrder("a", "b");
    assertThat(links.waysTo("2001:db8::1")).containsExactly("d");
    assertThat(links.waysTo("nonsense")).isEmpty();
    assertThat(links.hasRoute("e")).isFalse();
  }

  @Test
  void whatPeopleCallDevicesDoesNotMatter() throws Exception {
    HostLinks links =
        links(
            List.of(
                "{}",
                nic("a", 1500, ",\"ifalias\":\"it\\'s \u0001 \\\"x\\\" \\\\\""),
                nic("b", 1500, ",\"link\":\"c\""),
                nic("c", 1500, ",\"link\":\"b\"")));
    assertThat(links.link("a").orElseThrow().alias()).isEqualTo("it's \u0001 \"x\" \\");
    assertThat(links.base("b")).isPresent();
    assertThatThrownBy(() -> HostLinks.read("[{", "[]")).isInstanceOf(IOException.class);
  }
}
