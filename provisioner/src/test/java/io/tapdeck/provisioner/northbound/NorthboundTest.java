package io.tapdeck.provisioner.northbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The northbound on a real {@code ovsdb-server}. */
class NorthboundTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String WEB = "00000001-0000-4000-8000-000000000001";
  private static final String DB = "00000002-0000-4000-8000-000000000002";
  private static final String WEB_MAC = "52:54:00:00:00:01";
  private static final String DB_MAC = "52:54:00:00:00:02";
  private static final String DB_MAC_2 = "52:54:00:00:00:03";

  private static final String MACHINE = "0b9b0ae4-5a0f-4e9c-9a8c-3d5f0a7d1c11";

  @TempDir private Path data;
  private NorthboundServer server = new NorthboundServer(Path.of("/nonexistent"));
  private final List<Northbound> sessions = new java.util.ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    var _ = server.start();
    HostReports hostA = new HostReports(open(), "hostA");
    hostA.publish(
        hostA("198.18.0.1", MACHINE),
        guests(
            nic(WEB, "web", WEB_MAC, "10.0.0.1", "web-0", Optional.of("ns-web")),
            nic(DB, "db", DB_MAC, "10.0.0.2", "db-0", Optional.empty()),
            nic(DB, "db", DB_MAC_2, "10.0.1.2", "db-1", Optional.empty())));
  }

  @AfterEach
  void stop() throws Exception {
    sessions.forEach(Northbound::close);
    server.stop();
  }

  private Northbound open() throws Exception {
    Northbound opened = Northbound.open(server.endpoint(), PATIENCE, () -> {});
    sessions.add(opened);
    return opened;
  }

  private static Nic nic(
      String guest, String name, String mac, String ip, String port, Optional<String> netns) {
    return new Nic("hostA", guest, name, mac, Set.of(ip), "br-int", port, Optional.empty(), netns);
  }

  private static Host hostA(String tunnelIp, String machine) {
    return new Host(new UUID(0, 0), "hostA", tunnelIp, 1600, machine);
  }

  private static Inventory guests(Nic... nics) {
    return new Inventory(List.of(), List.of(nics));
  }

  private static TapFlows.Wish wish(String name, String tap, String guest) {
    return new TapFlows.Wish(
        UUID.randomUUID(), name, "vnic", tap, guest, Optional.empty(), Optional.empty(), "BOTH");
  }

  private static TapFlows.Wish wishMac(String name, String tap, String guest, String mac) {
    return new TapFlows.Wish(
        UUID.randomUUID(), name, "vnic", tap, guest, Optional.of(mac), Optional.empty(), "in");
  }

  private static void assertRefused(ThrowingCallable request, String... words) {
    assertThatThrownBy(request).isInstanceOf(Refusal.class).hasMessageContainingAll(words);
  }

  private static void create(Northbound northbound, String name, String type, String target)
      throws IOException, InterruptedException {
    northbound.services().create(UUID.randomUUID(), name, type, target, Optional.empty());
  }

  @Test
  void aServiceBeginsDisabledAndAFlowEnabled() throws Exception {
    Northbound northbound = open();
    create(northbound, "t", "host", "hostA");
    northbound.flows().create(wishMac("f", "t", "db", DB_MAC_2.toUpperCase(java.util.Locale.ROOT)));
    TapService service = northbound.services().find("t");
    TapFlow flow = northbound.flows().find("f");
    assertThat(service.enabled()).isFalse();
    assertThat(Standing.of(service, northbound.view()))
        .isEqualTo(new Standing(State.DISABLED, "", true));
    assertThat(flow.enabled()).isTrue();
    assertThat(flow.source()).isEqualTo(new Source.Vnic(DB, DB_MAC_2));
    assertThat(flow.direction()).isEqualTo(Direction.IN);
  }

  @Test
  void oneWhoStoppedWhileLookingKeepsNobodyFromIt() throws Exception {
    Northbound asking = open();
    Northbound agent = open();
    try (OvsdbSession stuck = OvsdbSession.open(server.endpoint(), PATIENCE)) {
      assertThat(stuck.lock("tapdeck_looking", PATIENCE)).isTrue();
      assertThat(agent.speakFor("hostA", Duration.ZERO)).isTrue();
      assertThat(asking.hostsWithoutAgent()).isEmpty();
    }
  }

  @Test
  void anAgentIsThereAsLongAsItsSessionIs() throws Exception {
    Northbound asking = open();
    Northbound agent = open();
    assertThat(asking.hostsWithoutAgent()).containsExactly("hostA");
    assertThat(agent.speakFor("hostA", Duration.ZERO)).isTrue();
    assertThat(asking.hostsWithoutAgent()).isEmpty();
    agent.close();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (asking.hostsWithoutAgent().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(asking.hostsWithoutAgent()).containsExactly("hostA");
    // Who only asked keeps nobody from it.
    assertThat(open().speakFor("hostA", Duration.ZERO)).isTrue();
  }

  @Test
  void thoseWhoLookForAgentsAreNotTakenForOne() throws Exception {
    List<Callable<Boolean>> lookers = new java.util.ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Northbound looker = open();
      lookers.add(() -> {
        for (int look = 0; look < 50; look++) {
          if (!looker.hostsWithoutAgent().equals(Set.of("hostA"))) {
            return false;
          }
        }
        return true;
      });
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> looked : executor.invokeAll(lookers)) {
        assertThat(looked.get()).isTrue();
      }
    }
    assertThat(open().speakFor("hostA", PATIENCE)).isTrue();
    assertThat(open().hostsWithoutAgent()).isEmpty();
  }

  @Test
  void whatIsAskedTwiceWithOneIdIsDoneOnce() throws Exception {
    Northbound northbound = open();
    UUID id = UUID.randomUUID();
    for (int i = 0; i < 2; i++) {
      northbound.services().create(id, "t", "host", "hostA", Optional.empty());
    }
    assertThat(northbound.view().services()).hasSize(1);
  }

  @Test
  void everyChangeRaisesTheGenerationAndNoChangeDoesNot() throws Exception {
    Northbound northbound = open();
    create(northbound, "t", "host", "hostA");
    UUID id = northbound.services().find("t").id();
    northbound.services().setEnabled(id, true);
    northbound.services().setEnabled(id, true);
    assertThat(northbound.services().find("t").generation()).isEqualTo(2);
    northbound.services().setEnabled(id, false);
    assertThat(northbound.services().find("t").generation()).isEqualTo(3);
  }

  @Test
  void aBadServiceIsRefused() throws Exception {
    Northbound northbound = open();
    create(northbound, "t", "guest", "web");
    assertRefused(() -> create(northbound, "t", "host", "hostA"), "named t", "choose another");
    assertRefused(() -> create(northbound, "u", "host", "hostB"), "host hostB is unknown");
    assertRefused(() -> create(northbound, "u", "guest", "mail"), "guest mail is unknown");
    assertRefused(() -> create(northbound, "u", "guest", WEB), "has a tap service already");
    assertRefused(() -> create(northbound, "u", "guest", "db"), "not a network namespace");
    assertRefused(() -> create(northbound, "u", "switch", "hostA"), "give guest or host");
    assertRefused(() -> create(northbound, " ", "host", "hostA"), "1 to 128 bytes");
    assertRefused(() -> create(northbound, WEB, "host", "hostA"), "reads like an id");
    assertThat(northbound.view().services()).hasSize(1);
  }

  @Test
  void aBadFlowIsRefused() throws Exception {
    Northbound northbound = open();
    create(northbound, "t", "guest", "web");
    TapFlows flows = northbound.flows();
    assertRefused(() -> flows.create(wish("f", "nope", "db")), "tap service nope is unknown");
    assertRefused(() -> flows.create(wish("f", "t", "nope")), "guest nope is unknown");
    assertRefused(() -> flows.create(wish("f", "t", "web")), "is what tap service t delivers to");
    assertRefused(() -> flows.create(wish("f", "t", "db")), "several NICs", DB_MAC, DB_MAC_2);
    assertRefused(
        () -> flows.create(wishMac("f", "t", "db", "52:54:00:00:00:99")), "no NIC of guest db");
    flows.create(wishMac("f", "t", "db", DB_MAC));
    assertRefused(() -> flows.create(wishMac("g", "t", "db", DB_MAC)), "has a tap flow of NIC");
    assertRefused(() -> flows.create(wishMac("f", "t", "db", DB_MAC_2)), "named f exists already");
    UUID id = UUID.randomUUID();
    Optional<String> none = Optional.empty();
    assertRefused(
        () -> flows.create(new TapFlows.Wish(id, "h", "vnic", "t", "db", none, none, "UP")),
        "give IN, OUT or BOTH");
    assertRefused(
        () -> flows.create(new TapFlows.Wish(id, "h", "wire", "t", "db", none, none, "BOTH")),
        "give vnic or vswitch");
  }

  @Test
  void aServiceWithFlowsIsNotDeleted() throws Exception {
    Northbound northbound = open();
    create(northbound, "t", "guest", "web");
    northbound.flows().create(wishMac("f", "t", "db", DB_MAC));
    UUID id = northbound.services().find("t").id();
    assertRefused(() -> northbound.services().delete(id), "tap service t still has tap flows");
    northbound.flows().delete(northbound.flows().find("f").id());
    northbound.services().delete(id);
    assertRefused(() -> northbound.services().delete(id), "is unknown");
    assertThat(northbound.view().services()).isEmpty();
  }

  @Test
  void aRefusalIsDecidedByTheServerEvenIfTheAskerKnowsLess() throws Exception {
    List<Callable<Boolean>> askers = new java.util.ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Northbound northbound = open();
      String name = "t" + i;
      askers.add(() -> {
        try {
          create(northbound, name, "guest", "web");
          return true;
        } catch (Refusal refused) {
          return false;
        }
      });
    }
    int created = 0;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> asked : executor.invokeAll(askers)) {
        created += asked.get() ? 1 : 0;
      }
    }
    assertThat(created).isEqualTo(1);
  }

  private static GroupIdentity identity(GroupIdentity.Tags tags) {
    return new GroupIdentity(
        UUID.randomUUID(),
        "hostA",
        "br-int",
        GroupIdentity.Kind.NICS,
        Direction.BOTH,
        tags,
        Filter.of(List.of("accept proto udp dst :53", "reject")),
        Optional.of(128),
        false);
  }

  @Test
  void keysAreNeverGivenTwice() throws Exception {
    Set<Long> keys = new HashSet<>();
    Northbound northbound = open();
    HostReports reports = new HostReports(northbound, "hostA");
    List<GroupIdentity> two =
        List.of(identity(GroupIdentity.Tags.ACCESS), identity(GroupIdentity.Tags.KEPT));
    for (int i = 0; i < 3; i++) {
      reports.allot(two, List.of());
      List<TapGroup> groups = northbound.view().groups();
      assertThat(groups).extracting(TapGroup::identity).containsExactlyInAnyOrderElementsOf(two);
      groups.forEach(group -> assertThat(keys.add(group.key())).isTrue());
      reports.allot(List.of(), groups);
    }
    assertThat(northbound.view().groups()).isEmpty();
  }

  @Test
  void anotherSessionSeesAChange() throws Exception {
    Northbound watching = open();
    Northbound asking = open();
    create(asking, "t", "host", "hostA");
    assertThat(watching.await(view -> !view.services().isEmpty(), PATIENCE)).isTrue();
    MirrorView view = watching.view();
    assertThat(view.services().getFirst().name()).isEqualTo("t");
  }

  @Test
  void onlyOneSessionSpeaksForAHost() throws Exception {
    Northbound first = open();
    Northbound second = open();
    assertThat(first.speakFor("host-1.example", PATIENCE)).isTrue();
    assertThat(second.speakFor("host-1.example", Duration.ofMillis(50))).isFalse();
    assertThat(second.speakFor("host-2.example", PATIENCE)).isTrue();
  }

  @Test
  void aServerThatRunsIsUsedAndOneThatDiedIsReplaced() throws Exception {
    create(open(), "t", "host", "hostA");
    Endpoint endpoint = server.start();
    assertThat(open().view().services()).hasSize(1);
    ProcessHandle process =
        ProcessHandle.of(
                Long.parseLong(
                    java.nio.file.Files.readString(data.resolve("northbound.pid")).strip()))
            .orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();
    var _ = process.onExit().get(10, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(server.start()).isEqualTo(endpoint);
    assertThat(open().view().services()).hasSize(1);
  }

  @Test
  void aSessionEndsWithItsServer() throws Exception {
    Northbound northbound = open();
    server.stop();
    assertThat(northbound.ended().get(10, java.util.concurrent.TimeUnit.SECONDS)).isNotNull();
    assertThatThrownBy(() -> northbound.await(view -> false, PATIENCE))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anIdThatIsTakenIsRefusedForAnythingElse() throws Exception {
    Northbound northbound = open();
    UUID id = UUID.randomUUID();
    northbound.services().create(id, "t", "host", "hostA", Optional.empty());
    assertRefused(
        () -> northbound.services().create(id, "u", "host", "hostA", Optional.empty()),
        "tap service t",
        "--id");
    assertRefused(
        () -> northbound.services().create(id, "t", "guest", "web", Optional.empty()), "--id");
    TapFlows.Wish wish = wish("f", "t", "web");
    northbound.flows().create(wish);
    northbound.flows().create(wish);
    assertRefused(
        () ->
            northbound
                .flows()
                .create(
                    new TapFlows.Wish(
                        wish.id(),
                        "f",
                        "vnic",
                        "t",
                        "web",
                        Optional.empty(),
                        Optional.empty(),
                        "IN")),
        "tap flow f",
        "--id");
  }

  @Test
  void aNameIsMeasuredInBytes() throws Exception {
    Northbound northbound = open();
    assertRefused(() -> create(northbound, "ü".repeat(65), "host", "hostA"), "128 bytes");
    create(northbound, "ü".repeat(64), "host", "hostA");
  }

  @Test
  void aConnectionThatEndsIsNotTakenForAnotherAgent() throws Exception {
    Northbound holder = open();
    Northbound waiter = open();
    assertThat(holder.speakFor("hostA", PATIENCE)).isTrue();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting =
          threads.submit(() -> waiter.speakFor("hostA", Duration.ofSeconds(30)));
      // Whether it waits already or is about to, it is told.
      waiter.close();
      assertThatThrownBy(() -> waiting.get(10, java.util.concurrent.TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void aDataDirectoryThatCannotBeUsedIsNamed() throws Exception {
    Path file = java.nio.file.Files.createFile(data.resolve("file"));
    assertRefused(new NorthboundServer(file)::start, "cannot use data directory " + file, "--data");
  }

  @Test
  void aBrokenPidFileIsNoProcess() throws Exception {
    server.stop();
    var _ = java.nio.file.Files.writeString(data.resolve("northbound.pid"), "");
    server.stop();
    var _ = server.start();
  }

  @Test
  void aHostNamesTheMachineThatItsAgentRunsOn() throws Exception {
    Northbound northbound = open();
    assertThat(northbound.view().host("hostA").orElseThrow().machine()).isEqualTo(MACHINE);
    new HostReports(northbound, "hostA")
        .publish(hostA("198.18.0.1", "another"), northbound.view().inventory());
    assertThat(northbound.await(view -> machine(view).equals("another"), PATIENCE)).isTrue();
  }

  private static String machine(MirrorView view) {
    return view.host("hostA").orElseThrow().machine();
  }

  /** The schema of the first version, as far as it matters here. */
  private Path firstSchema() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode schema =
        (ObjectNode)
            mapper.readTree(NorthboundServer.class.getResourceAsStream("tapdeck.ovsschema"));
    schema.put("version", "1.0.0");
    ObjectNode tables = (ObjectNode) schema.path("tables");
    tables.remove(List.of("Host_Nic", "Wire", "Group_Count"));
    columns(tables, "Host").remove(List.of("machine", "tunnel_mtu"));
    columns(tables, "Tap_Service").remove(List.of("mac", "max_rate"));
    columns(tables, "Tap_Flow")
        .remove(List.of("host", "wire", "vlan", "filter", "truncate", "strip", "no_fit", "end"));
    columns(tables, "Tap_Group")
        .remove(List.of("kind", "direction", "strip_outer", "filter", "truncate", "no_fit"));
    tables.withObject("/Tap_Flow").putArray("indexes").addArray().add("name");
    tables.withObject("/Tap_Group").putArray("indexes").addArray().add("key");
    return java.nio.file.Files.writeString(data.resolve("first.ovsschema"), schema.toString());
  }

  private static ObjectNode columns(ObjectNode tables, String table) {
    return (ObjectNode) tables.path(table).path("columns");
  }

  @Test
  void aDatabaseOfAnEarlierVersionIsConvertedWhenItsServerStarts() throws Exception {
    Northbound before = open();
    create(before, "t", "host", "hostA");
    before.flows().create(wish("f", "t", "web"));
    new HostReports(before, "hostA").allot(List.of(plain()), List.of());
    server.stop();
    var _ =
        Command.of("ovsdb-tool", "convert", data + "/northbound.db", firstSchema().toString())
            .demand();
    var _ = server.start();
    Northbound northbound = open();
    assertThat(machine(northbound.view())).isEmpty();
    assertThat(northbound.view().nics()).hasSize(3);
    assertThat(northbound.flows().find("f").treatment()).isEqualTo(Treatment.DEFAULT);
    assertThat(northbound.services().find("t").target()).isEqualTo(new Target.OnHost("hostA"));
    assertThat(northbound.view().groups()).extracting(TapGroup::identity).containsExactly(plain());
  }

  @Test
  void aDatabaseOfALaterVersionKeepsWhatThatHasAdded() throws Exception {
    server.stop();
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode schema =
        (ObjectNode)
            mapper.readTree(NorthboundServer.class.getResourceAsStream("tapdeck.ovsschema"));
    schema.put("version", "99.0.0");
    columns((ObjectNode) schema.path("tables"), "Nic").putObject("later").put("type", "string");
    Path later =
        java.nio.file.Files.writeString(data.resolve("later.ovsschema"), schema.toString());
    String database = data + "/northbound.db";
    var _ = Command.of("ovsdb-tool", "convert", database, later.toString()).demand();
    var _ = server.start();
    assertThat(open().view().nics()).hasSize(3);
    assertThat(Command.of("ovsdb-tool", "db-version", database).demand().strip())
        .isEqualTo("99.0.0");
  }

  private static GroupIdentity plain() {
    return new GroupIdentity(
        new UUID(1, 1),
        "hostA",
        "br-int",
        GroupIdentity.Kind.NICS,
        Direction.BOTH,
        GroupIdentity.Tags.ACCESS,
        Filter.ALL,
        Optional.empty(),
        true);
  }

  @Test
  void aServerOfAnEarlierVersionIsNotUsedButConvertedByWhoeverStartsIt() throws Exception {
    var _ =
        Command.of(
                "ovsdb-client", "convert", server.endpoint().toString(), firstSchema().toString())
            .demand();
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is of an earlier version of Tapdeck: 'tapdeck northbound start'");

    var _ = server.start();
    Northbound late = open();
    assertThat(late.view().nics()).hasSize(3);

    // It is up to date now, and so nobody's session ends.
    var _ = server.start();
    create(late, "t", "host", "hostA");
  }
}
