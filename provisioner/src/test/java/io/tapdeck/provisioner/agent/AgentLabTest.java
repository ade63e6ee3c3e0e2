package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.plan.InterfaceNames;
import io.tapdeck.provisioner.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AgentLabTest extends AgentLab {
  private String everything() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String table : List.of("open_vswitch", "bridge", "port", "interface", "mirror")) {
      String columns =
          switch (table) {
            case "open_vswitch" -> "next_cfg,bridges";
            case "bridge" -> "name,ports,mirrors,external_ids";
            case "port" -> "_uuid,name,interfaces,external_ids";
            case "interface" -> "_uuid,name,type,options,ofport,ofport_request,ifindex";
            default -> "_uuid,name,select_src_port,select_dst_port,output_port";
          };
      all.append(vsctl("--columns=" + columns, "list", table));
    }
    return all.toString();
  }

  @Test
  void aFlowIsMadeKeptByTheNextAgentAndUndone() throws Exception {
    Agent first = agent();
    try (Northbound northbound = open()) {
      UUID service = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      String nic = northbound.view().serviceReports().getFirst().nic();
      String link = Command.of("ip", "-d", "addr", "show", "dev", nic).demand();
      assertThat(link).contains("NOARP", "UP", "alias tapdeck tap-service " + service);
      assertThat(link).doesNotContain("inet");
      stop(first);

      String before = everything();
      Agent second = agent();
      assertThat(northbound.await(view -> !view.hosts().isEmpty(), PATIENCE)).isTrue();
      assertThat(northbound.view().hosts().getFirst().machine())
          .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
      northbound.flows().setEnabled(northbound.flows().find("f").id(), true);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      assertThat(everything()).isEqualTo(before);

      northbound.services().setEnabled(service, false);
      assertThat(isSettled(northbound, State.DISABLED)).isTrue();
      assertThat(
              northbound.await(
                  view -> Standing.of(view.services().getFirst(), view).settled(), PATIENCE))
          .isTrue();
      assertThat(vsctl("list-ports", "brtap")).isBlank();
      assertThat(vsctl("list", "mirror")).isBlank();
      assertThat(vsctl("list-ports", "br-lab").strip()).isEqualTo(guestPort);
      stop(second);
    }
  }

  @Test
  void whatIsNotOursIsNotTouched() throws Exception {
    vsctl("add-br", "brtap", "--", "set", "bridge", "brtap", "datapath_type=netdev");
    Agent agent = agent();
    try (Northbound northbound = open()) {
      var _ = mirror(northbound);
      assertThat(
              northbound.await(
                  view ->
                      Standing.of(view.flows().getFirst(), view).reason().contains("not Tapdeck's"),
                  PATIENCE))
          .isTrue();
      assertThat(vsctl("list-ports", "brtap")).isBlank();
    }
    stop(agent);
  }

  @Test
  void aNicInANamespaceIsRepairedAndNobodyElsesIsTaken() throws Exception {
    String netns = guestPort + "n";
    var _ = Command.of("ip", "netns", "add", netns).demand();
    try {
      vsctl("set", "interface", guestPort, "external_ids:tapdeck-netns=" + netns);
      UUID service = UUID.randomUUID();
      String nic = InterfaceNames.tapNic(service);
      var _ = Command.of("ip", "link", "add", nic, "type", "ifb").inNetns(netns).demand();
      var _ = Command.of("ip", "link", "set", nic, "alias", "mine").inNetns(netns).demand();
      Agent agent = agent();
      try (Northbound northbound = open()) {
        assertThat(northbound.await(view -> !view.nics().isEmpty(), PATIENCE)).isTrue();
        northbound.services().create(service, "t", "guest", "web", Optional.empty());
        northbound.services().setEnabled(service, true);
        assertThat(isService(northbound, State.ERROR)).isTrue();
        assertThat(Standing.of(northbound.view().services().getFirst(), northbound.view()).reason())
            .contains(nic, "not Tapdeck's");
        assertThat(says("alias mine", "ip", "-n", netns, "link", "show", nic)).isTrue();

        var _ = Command.of("ip", "-n", netns, "link", "del", nic).demand();
        assertThat(isService(northbound, State.ACTIVE)).isTrue();
        String port = vsctl("list-ports", "brtap").strip();
        assertThat(ip("link", "show", port)).contains("mtu 65535");
        assertThat(ip("-n", netns, "link", "show", nic)).contains("mtu 65535");
        var _ = Command.of("ip", "link", "set", port, "down").demand();
        assertThat(comes(() -> says("LOWER_UP", "ip", "link", "show", port))).isTrue();
        var _ = Command.of("ip", "link", "del", port).demand();
        assertThat(comes(() -> says("LOWER_UP", "ip", "-n", netns, "link", "show", nic))).isTrue();
        assertThat(isService(northbound, State.ACTIVE)).isTrue();

        // Disabled while no agent runs: the next one finds what is left, also in the namespace.
        stop(agent);
        northbound.services().setEnabled(service, false);
        agent = agent();
        assertThat(isService(northbound, State.DISABLED)).isTrue();
        assertThat(
                northbound.await(
                    view -> Standing.of(view.services().getFirst(), view).settled(), PATIENCE))
            .isTrue();
        assertThat(says(nic, "ip", "-n", netns, "link")).isFalse();
        assertThat(says("tapdeck-", "ip", "netns", "exec", netns, "nft", "list", "tables"))
            .isFalse();
      }
      stop(agent);
    } finally {
      var _ = Command.of("ip", "netns", "del", netns).demand();
    }
  }

  /** Sends so many frames as the guest does, to nobody, no faster than a switch in user space. */
  private void send(int frames) throws Exception {
    var _ =
        Command.of(
                "python3",
                "-c",
                """
                import socket, time
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                s.bind(('%s', 0))
                for i in range(%d):
                    s.send(bytes.fromhex('525400000099525400000001') + b'\\x88\\xb5' + bytes(100))
                    time.sleep(0.0001)
                """
                    .formatted(guestPort + "p", frames))
            .demand();
  }

  private static boolean isCounted(Northbound northbound, long copies) throws Exception {
    return comes(() ->
        northbound.counts().stream()
            .anyMatch(count -> count.mirrored() == copies && count.delivered() == copies));
  }

  @Test
  void copiesAreCountedExactlyAlsoOverRestartsOfAgentAndSwitch() throws Exception {
    Path quiet = Path.of("/proc/sys/net/ipv6/conf");
    for (String end : List.of(guestPort, guestPort + "p")) {
      Files.writeString(quiet.resolve(end).resolve("disable_ipv6"), "1");
      var _ = Command.of("ip", "link", "set", end, "up").demand();
    }
    Agent agent = agent();
    try (Northbound northbound = open()) {
      UUID service = mirror(northbound);
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      send(100);
      assertThat(isCounted(northbound, 100)).isTrue();

      // What is counted while no agent looks is read by the next.
      stop(agent);
      send(30);
      agent = agent();
      assertThat(isCounted(northbound, 130)).isTrue();
      assertThat(northbound.counts().getFirst().interruptions()).isZero();

      // A port with another number has other flows.
      String tap =
          vsctl("list-ports", "brtap")
              .lines()
              .filter(port -> !port.equals(InterfaceNames.tapNic(service)))
              .findFirst()
              .orElseThrow();
      vsctl("set", "interface", tap, "ofport_request=77");
      assertThat(comes(() -> vsctl("get", "interface", tap, "ofport").strip().equals("77")))
          .isTrue();
      assertThat(comes(() -> northbound.counts().getFirst().interruptions() == 1)).isTrue();
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      send(20);
      assertThat(isCounted(northbound, 150)).isTrue();

      restartSwitch();
      assertThat(comes(() -> northbound.counts().getFirst().interruptions() == 2)).isTrue();
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      send(200);
      assertThat(isCounted(northbound, 350)).isTrue();
      assertThat(northbound.counts(northbound.view().hosts().getFirst().name())).hasSize(1);

      northbound.services().setEnabled(service, false);
      assertThat(comes(() -> northbound.counts().isEmpty())).isTrue();
    }
    stop(agent);
  }

  @Test
  void whatARateLimitDropsIsCountedAndTold() throws Exception {
    Path quiet = Path.of("/proc/sys/net/ipv6/conf");
    for (String end : List.of(guestPort, guestPort + "p")) {
      Files.writeString(quiet.resolve(end).resolve("disable_ipv6"), "1");
      var _ = Command.of("ip", "link", "set", end, "up").demand();
    }
    Agent agent = agent();
    try (Northbound northbound = open()) {
      UUID service = mirror(northbound);
      String limit =
          """
          ["Tapdeck",{"op":"update","table":"Tap_Service","where":[],
           "row":{"max_rate":1000000,"generation":7}}]\
          """;
      var _ = Command.of("ovsdb-client", "transact", server.endpoint().toString(), limit).demand();
      assertThat(northbound.await(view -> view.services().getFirst().generation() == 7, PATIENCE))
          .isTrue();
      assertThat(isSettled(northbound, State.ACTIVE)).isTrue();
      send(3000);
      assertThat(comes(() -> northbound.counts().getFirst().mirrored() == 3000)).isTrue();
      long arrived =
          Long.parseLong(
              Files.readString(
                      Path.of("/sys/class/net", InterfaceNames.tapNic(service))
                          .resolve("statistics/rx_packets"))
                  .strip());
      assertThat(arrived).isLessThan(3000);
      assertThat(comes(() -> northbound.counts().getFirst().delivered() == arrived)).isTrue();
      assertThat(northbound.counts().getFirst().limited()).isEqualTo(3000 - arrived);
      String sentence = (3000 - arrived) + " copies were dropped";
      assertThat(
              northbound.await(
                  view -> {
                    Standing standing = Standing.of(view.flows().getFirst(), view);
                    return standing.state() == State.DEGRADED
                        && standing.reason().contains(sentence);
                  },
                  PATIENCE))
          .isTrue();
    }
    stop(agent);
  }

  private void restartSwitch() throws Exception {
    String pid = Files.readString(run.resolve("ovs-vswitchd.pid")).strip();
    ovs("ovs-appctl", "-t", run + "/ovs-vswitchd." + pid + ".ctl", "exit");
    assertThat(comes(() -> !Files.exists(run.resolve("ovs-vswitchd.pid")))).isTrue();
    daemons().startSwitch();
  }

  @Test
  void aNameForATunnelAddressIsRefused() throws Exception {
    Agent agent =
        new Agent(
            new AgentSettings(
                server.endpoint(),
                run.resolve("db.sock"),
                Optional.of("lab"),
                Optional.of("myhost")));
    assertThatThrownBy(agent::run).isInstanceOf(Refusal.class).hasMessageContaining("myhost");
    try (Northbound northbound = open()) {
      assertThat(northbound.view().hosts()).isEmpty();
    }
  }
}
