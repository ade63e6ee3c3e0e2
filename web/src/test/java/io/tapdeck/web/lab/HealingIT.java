package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What breaks a mirror heals within a second of its parts being reachable again, and nothing else
 * is touched meanwhile: not the other mirror, nor what is not ours.
 */
@Tag("lab")
class HealingIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What asking takes, by several processes in a namespace. */
  private static final Duration ASKING = Duration.ofSeconds(1);

  private static final String A = "host-a";
  private static final String B = "host-b";

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.up();
    // A Mirror of somebody else's, from the uplink to a port of theirs.
    vsctl(
        A,
        "add-port br-tenant span -- set Interface span type=internal -- --id=@s get Port span --"
            + " --id=@u get Port up0 -- --id=@m create Mirror name=span select_src_port=@u"
            + " output_port=@s -- add Bridge br-tenant mirrors @m");
    lab.activeService("deck", "host", B);
    lab.activeFlow("one", "deck", "a1");
    // Of a group of its own.
    lab.activeFlow("other", "deck", "a2", "--truncate", "100");
    foreign = foreign();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  private static Map<String, Map<String, JsonNode>> foreign = Map.of();

  @AfterEach
  void whatIsNotOursIsAsItWas() {
    assertThat(foreign()).isEqualTo(foreign);
  }

  private static String vsctl(String host, String words) {
    return lab.exec(
            host,
            Stream.concat(Stream.of("ovs-vsctl"), Stream.of(words.split(" ", -1)))
                .toArray(String[]::new))
        .out();
  }

  private static Path state(String host, String file) {
    return Path.of("/run", Lab.PREFIX, host, file);
  }

  /** The rows of a table by name, ours or not; without what Open vSwitch counts by itself. */
  private static Map<String, JsonNode> rows(String host, String table, boolean ours) {
    String[] columns = {"ovs-vsctl", "--format=json", "list", table};
    try {
      JsonNode found = MAPPER.readTree(lab.exec(host, columns).out());
      List<String> headings = new ArrayList<>();
      found.get("headings").forEach(heading -> headings.add(heading.asText()));
      Map<String, JsonNode> rows = new HashMap<>();
      for (JsonNode row : found.get("data")) {
        var fields = MAPPER.createObjectNode();
        for (int i = 0; i < headings.size(); i++) {
          if (!List.of("statistics", "status", "rstp_statistics").contains(headings.get(i))) {
            fields.set(headings.get(i), row.get(i));
          }
        }
        if (fields.get("external_ids").toString().contains("\"tapdeck\"") == ours) {
          rows.put(fields.get("name").asText(), fields);
        }
      }
      return rows;
    } catch (IOException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  /** A row that is not ours. */
  private static JsonNode row(String host, String table, String name) {
    JsonNode row = rows(host, table, false).get(name);
    if (row == null) {
      throw new AssertionError("there is no " + table + " " + name + " on " + host);
    }
    return row;
  }

  private static Map<String, Map<String, JsonNode>> foreign() {
    Map<String, Map<String, JsonNode>> all = new HashMap<>();
    all.put("mirrors", rows(A, "Mirror", false));
    all.put("span", Map.of("span", row(A, "Port", "span")));
    return all;
  }

  /** Host A's Mirrors of ours, by name: which ports, by name, they copy from and to. */
  private static Map<String, String> mirrors() {
    Map<String, String> names = new HashMap<>();
    for (boolean ours : List.of(true, false)) {
      rows(A, "Port", ours)
          .forEach((name, row) -> names.put(row.get("_uuid").get(1).asText(), name));
    }
    Map<String, String> mirrors = new HashMap<>();
    rows(A, "Mirror", true)
        .forEach((name, row) -> {
          StringBuilder text = new StringBuilder();
          for (String column : List.of("select_src_port", "select_dst_port", "output_port")) {
            String refs = row.get(column).toString();
            TreeSet<String> ports = new TreeSet<>();
            names.forEach((uuid, port) -> {
              if (refs.contains(uuid)) {
                ports.add(port);
              }
            });
            text.append(column).append(ports);
          }
          text.append(row.get("select_all")).append(row.get("select_vlan"));
          mirrors.put(name, text.toString());
        });
    return mirrors;
  }

  /** What host A's Mirrors copy, whatever the keys of their groups. */
  private static List<String> shapes() {
    return mirrors().values().stream()
        .map(text -> text.replaceAll("tdg-[0-9a-f]+s", "group"))
        .sorted()
        .toList();
  }

  /** brtap's flows without their counters. */
  private static List<String> flows(String host) {
    return lab.exec(host, "ovs-ofctl", "--no-stats", "dump-flows", "brtap").lines().stream()
        .sorted()
        .toList();
  }

  /** Ports of ours as they should be: kind, options, VLANs. */
  private static Map<String, String> ports(String host) {
    Map<String, String> ports = new HashMap<>();
    rows(host, "Port", true)
        .forEach((name, row) ->
            ports.put(name, row.get("tag") + " " + row.get("trunks") + " " + row.get("vlan_mode")));
    rows(host, "Interface", true)
        .forEach((name, row) ->
            ports.merge(
                name, row.get("type") + " " + row.get("options"), (one, two) -> one + " " + two));
    return ports;
  }

  private static List<Object> all() {
    return List.of(mirrors(), flows(A), flows(B), ports(A), ports(B));
  }

  /** Waits until it is so again, and says how long that took, but for asking. */
  private static void assertHealsSoon(String what, BooleanSupplier healed) {
    long start = System.nanoTime();
    Await.until(what + " to heal", healed);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("%s healed after", what)
        .isLessThan(SOON.plus(ASKING));
  }

  private static void assertActive() {
    Await.until(
        "both flows to be active",
        () -> lab.flowState("one").equals("active") && lab.flowState("other").equals("active"));
  }

  static List<List<String>> damages() {
    return List.of(
        List.of(A, "ovs-ofctl del-flows brtap"),
        List.of(B, "ovs-ofctl del-flows brtap"),
        List.of(B, "ovs-ofctl del-flows brtap tun_id=1/0"),
        List.of(A, "ovs-ofctl add-flow brtap priority=500,actions=NORMAL"),
        List.of(A, "ovs-ofctl mod-flows brtap table=8,actions=drop"),
        List.of(A, "ovs-vsctl set Mirror MIRROR select_all=true select_vlan=7"),
        List.of(A, "ovs-vsctl clear Mirror MIRROR select_src_port select_dst_port"),
        List.of(A, "ovs-vsctl clear Mirror MIRROR output_port"),
        List.of(A, "ovs-vsctl --id=@m get Mirror MIRROR -- remove Bridge br-tenant mirrors @m"),
        List.of(A, "ovs-vsctl del-port TAP"),
        List.of(A, "ovs-vsctl del-port SOURCE"),
        List.of(A, "ovs-vsctl set Port TAP tag=5 vlan_mode=access"),
        List.of(A, "ovs-vsctl set Interface SOURCE options:peer=nowhere"),
        List.of(B, "ovs-vsctl clear Bridge brtap fail_mode"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void whatIsDamagedByHandHealsAndTheRestIsNotTouched(List<String> damage) {
    List<Object> before = all();
    JsonNode shared = rows(A, "Mirror", true).get(name("other"));
    String mirror = name("one");
    String group = mirror.replace("tapdeck-", "tdg-");
    String words =
        damage
            .get(1)
            .replace("MIRROR", mirror)
            .replace("TAP", group + "t")
            .replace("SOURCE", group + "s");
    assertThat(lab.exec(damage.get(0), words.split(" ", -1)).status()).isZero();
    assertHealsSoon(words, () -> all().equals(before));
    assertThat(rows(A, "Mirror", true).get(name("other"))).isEqualTo(shared);
    assertActive();
  }

  /** The Mirror of a flow's group. */
  private static String name(String flow) {
    String port = flow.equals("one") ? "g-a1" : "g-a2";
    return mirrors().entrySet().stream()
        .filter(mirror -> mirror.getValue().contains(port))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Mirror copies " + port));
  }

  private static void unplug(String host, String guest) {
    vsctl(host, "del-port g-" + guest);
  }

  /** As a hypervisor does when it starts a guest. */
  private static void plug(String host, String guest, List<String> ids) {
    List<String> words =
        new ArrayList<>(
            List.of("ovs-vsctl", "add-port", "br-tenant", "g-" + guest, "--", "set", "Interface"));
    words.add("g-" + guest);
    words.addAll(ids);
    lab.exec(host, words.toArray(String[]::new));
  }

  private static List<String> ids(String host, String guest) {
    List<String> ids = new ArrayList<>();
    for (JsonNode entry : row(host, "Interface", "g-" + guest).get("external_ids").get(1)) {
      ids.add("external_ids:" + entry.get(0).asText() + "=\"" + entry.get(1).asText() + "\"");
    }
    return ids;
  }

  @Test
  void aPortThatIsDeletedAndMadeAnewIsCopiedAgain() {
    List<String> before = shapes();
    List<String> ids = ids(A, "a1");
    unplug(A, "a1");
    plug(A, "a1", ids);
    assertHealsSoon("a port made anew", () -> shapes().equals(before));
    assertActive();
  }

  @Test
  void aGuestThatStopsIsWaitedForAndCopiedOnceItIsBack() {
    List<String> before = shapes();
    List<String> ids = ids(A, "a1");
    unplug(A, "a1");
    Await.until("the flow to wait", () -> lab.flowState("one").equals("waiting"));
    assertThat(lab.flowState("other")).isEqualTo("active");
    plug(A, "a1", ids);
    assertHealsSoon("a guest's return", () -> shapes().equals(before));
    assertActive();
  }

  /** Moves a guest's NIC, as a migration does. */
  private static void move(String guest, String from, String to) {
    List<String> ids = ids(from, guest);
    unplug(from, guest);
    Command.run(
        "ip", "-n", Lab.namespace(from), "link", "set", "g-" + guest, "netns", Lab.namespace(to));
    lab.exec(to, "ip", "link", "set", "g-" + guest, "arp", "off", "up");
    plug(to, guest, ids);
  }

  @Test
  void aGuestThatMovesIsCopiedWhereItIs() {
    move("a1", A, B);
    assertHealsSoon(
        "a guest's move", () -> rows(B, "Mirror", true).size() == 1 && mirrors().size() == 1);
    assertActive();
    move("a1", B, A);
    assertHealsSoon(
        "a guest's return", () -> rows(B, "Mirror", true).isEmpty() && mirrors().size() == 2);
    assertActive();
  }

  @Test
  void copiesFollowTheGuestThatTheyAreDeliveredTo() {
    lab.activeService("inside", "guest", "b1");
    lab.activeFlow("inner", "inside", "a1");
    move("b1", B, A);
    Await.until("the moved service's NIC to be at its guest", () -> nicsOfB1().contains("UP"));
    Await.until("the flow to be active", () -> lab.flowState("inner").equals("active"));
    move("b1", A, B);
    Await.until("the flow to be active again", () -> lab.flowState("inner").equals("active"));
    assertThat(nicsOfB1()).contains("UP");
    assertActive();
    forget("inner", "inside");
  }

  private static void forget(String flow, String service) {
    lab.tapdeck("tap-flow-delete", flow);
    if (!service.isEmpty()) {
      lab.tapdeck("tap-service-delete", service);
    }
  }

  private static String nicsOfB1() {
    return lab.exec("b1", "sh", "-c", "ip -br link show | grep tap- || true").out();
  }

  private static String pid(String host, String daemon) {
    try {
      return Files.readString(state(host, daemon + ".pid")).strip();
    } catch (IOException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static void kill(String host, String... daemons) {
    for (String daemon : daemons) {
      String pid = pid(host, daemon);
      Command.run("kill", "-KILL", pid);
      Await.until(daemon + " to end", () -> !Files.exists(Path.of("/proc", pid)));
    }
  }

  /** As its service manager does, and the network's settings, which are on its devices. */
  private static void startSwitch(String host, String tunnelIp) {
    String run = "/run/" + Lab.PREFIX + "/" + host;
    lab.exec(
        host,
        "ovs-vswitchd",
        "unix:" + run + "/db.sock",
        "--no-chdir",
        "--pidfile=" + run + "/ovs-vswitchd.pid",
        "-vconsole:off",
        "--log-file=" + run + "/ovs-vswitchd.log",
        "--detach");
    lab.exec(host, "ip", "address", "replace", tunnelIp + "/24", "dev", "br-phy");
    lab.exec(host, "ip", "link", "set", "br-phy", "up");
  }

  private static void startDatabase(String host) {
    String run = "/run/" + Lab.PREFIX + "/" + host;
    lab.exec(
        host,
        "ovsdb-server",
        run + "/conf.db",
        "--remote=punix:" + run + "/db.sock",
        "--no-chdir",
        "--pidfile=" + run + "/ovsdb-server.pid",
        "-vconsole:off",
        "--log-file=" + run + "/ovsdb-server.log",
        "--detach");
  }

  @Test
  void aSwitchThatWasKilledIsAsBeforeAndTheRecordingGoesOn() {
    List<Object> before = all();
    String nic = lab.tapdeck("tap-service-show", "deck", "--json").json().get("nic").asText();
    try (Recording recording = Recording.start(lab, B, nic, directory)) {
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "100");
      kill(B, "ovs-vswitchd");
      startSwitch(B, "198.18.0.2");
      assertHealsSoon("a switch's restart", () -> all().equals(before));
      assertActive();
      // Its devices stay; but one that is deleted is gone for the recorder, too.
      vsctl(B, "del-port " + nic);
      assertHealsSoon("a tap NIC that was deleted", () -> all().equals(before));
      assertActive();
      recording.awaitSaid("recording again");
      assertThat(numbered(nic)).isPositive();
      lab.awaitQuiet(B, nic);
      Recording.Summary summary = recording.stop();
      assertThat(
              Judge.fields(
                  summary.files(), "udp.dstport == 7777 && udp.length > 50", "udp.payload"))
          .hasSizeGreaterThanOrEqualTo(200);
      assertThat(gaps()).isNotEmpty();
    }
    kill(A, "ovs-vswitchd", "ovsdb-server");
    startDatabase(A);
    startSwitch(A, "198.18.0.1");
    assertHealsSoon("the restart of database and switch", () -> all().equals(before));
    assertActive();
  }

  /** Sends some, and says how many came to the NIC. */
  private static long numbered(String nic) {
    lab.lab("traffic", "numbered", "a1", "a2", "--count", "100");
    String shown = Command.run("ip", "-n", Lab.namespace(B), "-s", "-j", "link", "show", nic).out();
    return Long.parseLong(
        shown.replaceAll("(?s).*\"rx\":\\{\"bytes\":\\d+,\"packets\":(\\d+).*", "$1"));
  }

  /** The gaps in the sidecars of what was recorded. */
  private List<String> gaps() {
    List<String> gaps = new ArrayList<>();
    for (String name : Command.run("ls", directory.toString()).lines()) {
      if (name.endsWith(".json")) {
        try {
          JsonNode sidecar = MAPPER.readTree(directory.resolve(name).toFile());
          sidecar.path("gaps").forEach(gap -> gaps.add(gap.toString()));
        } catch (IOException unreadable) {
          throw new IllegalStateException(unreadable);
        }
      }
    }
    return gaps;
  }

  @Test
  void oneImpossibleFlowDoesNotKeepTheOthersFromTheirWork() {
    // The place of its tap NIC is taken by something else.
    lab.tapdeck("tap-service-create", "inside", "--type", "guest", "--target-id", "b1");
    String id = lab.tapdeck("tap-service-show", "inside", "--json").json().get("id").asText();
    String nic = io.tapdeck.provisioner.plan.InterfaceNames.tapNic(java.util.UUID.fromString(id));
    lab.exec("b1", "ip", "link", "add", nic, "type", "veth", "peer", "name", "peer0");
    lab.exec("b1", "ip", "link", "set", "dev", nic, "alias", "not theirs");
    lab.tapdeck("tap-service-enable", "inside");
    lab.tapdeck(
        "tap-flow-create", "doomed", "--type", "vnic", "--tap-id", "inside", "--guest-id", "a3");
    Await.until("the flow to fail", () -> lab.flowState("doomed").equals("error"));
    assertActive();
    lab.activeFlow("later", "deck", "a3");
    lab.exec("b1", "ip", "link", "del", "peer0");
    Await.until("the flow to be possible", () -> lab.flowState("doomed").equals("active"));
    forget("later", "");
    forget("doomed", "inside");
    Await.until("their Mirrors to be gone", () -> mirrors().size() == 2);
  }
}
