package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an agent finds on its host, what it does with its NICs, and how soon it repairs. */
class HostLabTest extends AgentLab {
  private static final Duration SOON = Duration.ofSeconds(1);

  private String nic = "";
  private String mac = "";

  /** A veth that stands for a physical NIC, down as one that nobody uses. */
  @BeforeEach
  void makeNic() throws Exception {
    nic = "tdn" + ProcessHandle.current().pid();
    var _ = ip("link", "add", nic, "mtu", "1600", "type", "veth", "peer", "name", nic + "p");
    var _ = ip("link", "set", nic, "alias", "tapdeck-nic it's 1");
    mac = HostLinks.read(ip("-j", "-d", "addr"), "[]").link(nic).orElseThrow().mac();
  }

  @AfterEach
  void removeNic() throws Exception {
    var _ = Command.of("ip", "link", "del", nic).run();
  }

  private static Optional<HostNic> found(Northbound northbound, String name) {
    return northbound.view().inventory().hostNics().stream()
        .filter(known -> known.name().equals(name))
        .findFirst();
  }

  @Test
  void whatIsOnTheHostIsPublishedAndKeptUpToDate() throws Exception {
    vsctl("add-br", "br-phy", "--", "set", "bridge", "br-phy", "datapath_type=netdev");
    vsctl("add-port", "br-phy", nic);
    vsctl("set", "bridge", "br-lab", "external_ids:tapdeck-wire=blue");
    var _ = ip("addr", "add", "198.18.255.1/24", "dev", "br-phy");
    Agent agent = agent();
    try (Northbound northbound = open()) {
      assertThat(
              northbound.await(
                  view -> view.hosts().stream().anyMatch(host -> host.tunnelMtu() == 1600),
                  PATIENCE))
          .isTrue();
      assertThat(northbound.view().inventory().wires())
          .containsExactly(new Wire("lab", "blue", "br-lab", Set.of()));
      assertThat(found(northbound, nic))
          .contains(new HostNic("lab", nic, mac, 1600, "is a port of bridge br-phy"));

      var _ = ip("link", "set", nic, "mtu", "1550");
      assertThat(northbound.await(view -> view.hosts().getFirst().tunnelMtu() == 1550, PATIENCE))
          .isTrue();
      vsctl("del-port", "br-phy", nic, "--", "add-port", "br-lab", nic);
      assertThat(
              northbound.await(
                  view ->
                      view.inventory().wires().stream()
                          .anyMatch(wire -> wire.uplinks().contains(nic)),
                  PATIENCE))
          .isTrue();
      vsctl("del-port", "br-lab", nic);
      assertThat(northbound.await(view -> isFree(view.inventory().hostNics()), PATIENCE)).isTrue();
      var _ = ip("addr", "add", "192.0.2.9/32", "dev", nic);
      assertThat(northbound.await(view -> !isFree(view.inventory().hostNics()), PATIENCE)).isTrue();
      assertThat(found(northbound, nic).orElseThrow().taken()).isEqualTo("has address 192.0.2.9");
    }
    stop(agent);
  }

  private boolean isFree(List<HostNic> nics) {
    return nics.stream().anyMatch(known -> known.name().equals(nic) && known.isFree());
  }

  private String settings(String device) throws Exception {
    HostLink link = HostLinks.read(ip("-j", "-d", "addr"), "[]").link(device).orElseThrow();
    boolean arp = !ip("link", "show", device).contains("NOARP");
    return link.alias() + ", " + link.isUp() + ", " + arp + ", " + Ipv6Setting.isOff(device);
  }

  @Test
  void aPhysicalNicIsLentAndGivenBackAsItWasAlsoByTheNextAgent() throws Exception {
    String before = settings(nic);
    String others = settings(guestPort) + settings(nic + "p");
    Agent agent = agent();
    try (Northbound northbound = open()) {
      UUID service = mirror(northbound);
      northbound(
          "{\"op\":\"update\",\"table\":\"Tap_Service\",\"where\":[],\"row\":{\"mac\":\""
              + mac
              + "\",\"generation\":9}}");
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      assertThat(northbound.view().serviceReports().getFirst().nic()).isEqualTo(nic);
      assertThat(vsctl("port-to-br", nic).strip()).isEqualTo("brtap");
      assertThat(settings(nic))
          .isEqualTo(
              "tapdeck-nic it's 1 tapdeck holds this NIC; it was down, arp on, ipv6 on,"
                  + " true, false, true");
      assertThat(isFree(northbound.view().inventory().hostNics())).isTrue();
      assertThat(settings(guestPort) + settings(nic + "p")).isEqualTo(others);

      var _ = ip("link", "set", nic, "down");
      assertThat(comes(() -> settings(nic).contains("ipv6 on, true, false, true"))).isTrue();
      stop(agent);
      northbound.services().setEnabled(service, false);
      agent = agent();
      assertThat(isSettled(northbound, State.DISABLED)).isTrue();
      assertThat(comes(() -> settings(nic).equals(before))).isTrue();
      assertThat(vsctl("list-ports", "brtap")).isBlank();
      assertThat(Command.of("nft", "list", "tables").demand()).doesNotContain("tapdeck-" + nic);
      assertThat(settings(guestPort) + settings(nic + "p")).isEqualTo(others);
    }
    stop(agent);
  }

  @Test
  void aLentNicThatSomebodyGivesAnAddressIsGivenBackAndStaysUp() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      northbound(
          "{\"op\":\"update\",\"table\":\"Tap_Service\",\"where\":[],\"row\":{\"mac\":\""
              + mac
              + "\",\"generation\":9}}");
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      var _ = ip("addr", "add", "198.18.77.1/24", "dev", nic);
      assertThat(comes(() -> settings(nic).equals("tapdeck-nic it's 1, true, true, false")))
          .isTrue();
      assertThat(ip("addr", "show", "dev", nic)).contains("198.18.77.1");
    }
    stop(agent);
  }

  @Test
  void aNicThatCannotBeNotedStaysOffTheBridge() throws Exception {
    var _ = ip("link", "set", nic, "alias", "tapdeck-nic " + "x".repeat(200));
    String before = settings(nic);
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      northbound(
          "{\"op\":\"update\",\"table\":\"Tap_Service\",\"where\":[],\"row\":{\"mac\":\""
              + mac
              + "\",\"generation\":9}}");
      assertThat(
              northbound.await(
                  view ->
                      view.serviceReports().stream()
                          .anyMatch(report -> report.reason().contains("shorten it")),
                  PATIENCE))
          .isTrue();
      assertThat(vsctl("list-ports", "brtap")).doesNotContain(nic);
      assertThat(settings(nic)).isEqualTo(before);
    }
    stop(agent);
  }

  @Test
  void anInternalNicTakesTheLongestCopiesAndLeavesOthersAsTheyAre() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      HostLinks links = HostLinks.read(ip("-j", "-d", "addr"), "[]");
      String tap = northbound.view().serviceReports().getFirst().nic();
      assertThat(links.link(tap).orElseThrow().mtu()).isEqualTo(65_521);
      assertThat(links.link("br-lab").orElseThrow().mtu()).isEqualTo(1500);
      assertThat(links.link(guestPort).orElseThrow().mtu()).isEqualTo(1500);
    }
    stop(agent);
  }

  /** Waits until it is as it was, and says how long that took. */
  private Duration untilRight(List<String> right) throws Exception {
    long began = System.nanoTime();
    assertThat(comes(() -> flows().equals(right))).isTrue();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void flowsAndMetersThatAreLostComeBackAtOnce() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      northbound(
          "{\"op\":\"update\",\"table\":\"Tap_Service\",\"where\":[],\"row\":{\"max_rate\":8000000,\"generation\":9}}");
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      List<String> right = flows();
      String meters = ofctl("dump-meters").replaceAll("xid=\\S+", "");
      assertThat(meters).contains("rate=8000");

      var _ = ofctl("del-flows");
      assertThat(untilRight(right)).isLessThan(SOON);
      var _ = ofctl("add-flow", "table=0,priority=999,actions=normal");
      assertThat(untilRight(right)).isLessThan(SOON);
      var _ = ofctl("mod-flows", "table=0,actions=drop");
      assertThat(untilRight(right)).isLessThan(SOON);
      var _ = ofctl("del-meters");
      assertThat(untilRight(right)).isLessThan(SOON);
      String number = meters.substring(meters.indexOf("meter=") + 6).split(" ", -1)[0];
      var _ =
          ofctl(
              "mod-meter",
              "meter=" + number + " kbps burst stats bands=type=drop rate=1 burst_size=1");
      assertThat(comes(() -> ofctl("dump-meters").replaceAll("xid=\\S+", "").equals(meters)))
          .isTrue();
    }
    stop(agent);
  }

  @Test
  void aSwitchThatWasKilledIsAsPlannedSoonAfterItRunsAgain() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      List<String> right = flows();
      kill("ovs-vswitchd.pid");
      assertThat(
              northbound.await(view -> !view.flowReports().getFirst().reason().isEmpty(), PATIENCE))
          .isTrue();
      daemons().startSwitch();
      assertThat(untilRight(right)).isLessThan(SOON);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
    }
    stop(agent);
  }

  private void kill(String pidFile) throws Exception {
    long pid = Long.parseLong(Files.readString(run.resolve(pidFile)).strip());
    ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
    assertThat(daemon.destroyForcibly()).isTrue();
    assertThat(comes(() -> !daemon.isAlive())).isTrue();
  }

  @Test
  void aSwitchWhoseDatabaseIsGoneIsNotSaidToCopyUntilBothAreBack() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      List<String> right = flows();
      kill("ovs-vswitchd.pid");
      kill("ovsdb-server.pid");
      assertThat(
              northbound.await(
                  view -> view.flowReports().getFirst().reason().contains("does not answer"),
                  PATIENCE))
          .isTrue();
      assertThat(isService(northbound, State.ERROR)).isTrue();
      daemons().startDatabase();
      daemons().startSwitch();
      assertThat(untilRight(right)).isLessThan(SOON);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
    }
    stop(agent);
  }

  @Test
  void aFlowEndsInTimeWhileTheNorthboundIsAway() throws Exception {
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      Instant end = Instant.now().plusSeconds(3);
      northbound(
          "{\"op\":\"update\",\"table\":\"Tap_Flow\",\"where\":[],\"row\":{\"end\":"
              + end.toEpochMilli()
              + ",\"generation\":9}}");
      assertThat(
              northbound.await(
                  view -> view.flowReports().getFirst().flowGeneration() == 9, PATIENCE))
          .isTrue();
      server.stop();
      assertThat(Instant.now()).isBefore(end);
      assertThat(comes(() -> vsctl("list", "mirror").isBlank())).isTrue();
      assertThat(Instant.now()).isBetween(end, end.plus(SOON));
    }
    stop(agent);
  }
}
