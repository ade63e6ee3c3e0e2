package io.tapdeck.provisioner.northbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Strip;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.mirror.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be asked of services and flows, and what is refused, on a real {@code ovsdb-server}. */
class MirrorRequestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String WEB = "00000001-0000-4000-8000-000000000001";
  private static final String WEB_MAC = "52:54:00:00:00:01";
  private static final String FREE = "02:00:00:00:00:01";
  private static final String TAKEN = "02:00:00:00:00:02";
  private static final String BONDED = "02:00:00:00:00:03";
  private static final Instant END = Instant.parse("2999-12-31T23:00:00Z");
  private static final Optional<Integer> NO_VLAN = Optional.empty();

  @TempDir private Path data;
  private NorthboundServer server = new NorthboundServer(Path.of("/nonexistent"));
  private final List<Northbound> sessions = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // opened before each test
  private Northbound northbound;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  MirrorRequestsTest() {}

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    var _ = server.start();
    northbound = open();
    publish(
        "hostA",
        List.of(
            new HostNic("hostA", "eth1", FREE, 1500, ""),
            new HostNic("hostA", "eth2", TAKEN, 1500, "has address 10.9.9.9"),
            new HostNic("hostA", "eth3", BONDED, 1500, "")),
        List.of(
            new Wire("hostA", "tenant", "br-tenant", Set.of("eth9")),
            new Wire("hostA", "inner", "br-inner", Set.of())));
    publish("hostB", List.of(), List.of(new Wire("hostB", "tenant", "br-t", Set.of("eth0"))));
    create("t", "host", "hostB");
  }

  private void publish(String host, List<HostNic> nics, List<Wire> wires) throws Exception {
    List<Nic> guests =
        host.equals("hostA")
            ? List.of(
                new Nic(
                    host,
                    WEB,
                    "web",
                    WEB_MAC,
                    Set.of("10.0.0.1"),
                    "br-tenant",
                    "web-0",
                    Optional.empty(),
                    Optional.of("ns-web")))
            : List.of();
    new HostReports(northbound, host)
        .publish(
            new Host(new UUID(0, 0), host, "198.18.0.1", 1600, ""),
            new Inventory(List.of(), guests, nics, wires));
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

  private void create(String name, String type, String target) throws Exception {
    northbound.services().create(UUID.randomUUID(), name, type, target, Optional.empty());
  }

  private void createNic(String name, String host, String mac) throws Exception {
    northbound.services().create(UUID.randomUUID(), name, "host", host, Optional.of(mac));
  }

  private static TapFlows.Wish vnic(String name, FlowSettings settings) {
    return new TapFlows.Wish(
        UUID.randomUUID(),
        name,
        "vnic",
        "t",
        TapFlows.From.nic("web", Optional.empty(), Optional.empty()),
        settings);
  }

  private static TapFlows.Wish vswitch(
      String name, String tap, String host, String wire, Optional<Integer> vlan, String way) {
    return new TapFlows.Wish(
        UUID.randomUUID(),
        name,
        "vswitch",
        tap,
        TapFlows.From.vswitch(host, wire, vlan),
        FlowSettings.of(way));
  }

  private static FlowSettings filter(String... rules) {
    return new FlowSettings(
        Optional.empty(),
        Optional.of(List.of(rules)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static FlowSettings truncate(int bytes) {
    return new FlowSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.of(bytes),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static FlowSettings strip(String word) {
    return new FlowSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(word),
        Optional.empty(),
        Optional.empty());
  }

  private static FlowSettings end(FlowEnd end) {
    return new FlowSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(end));
  }

  private static final FlowSettings EVERYTHING =
      new FlowSettings(
          Optional.of("out"),
          Optional.of(List.of("accept in proto  udp dst :53", "reject")),
          Optional.of(128),
          Optional.of("ON"),
          Optional.of(false),
          Optional.of(new FlowEnd.At(END)));

  private static final Treatment EVERY_TREATMENT =
      new Treatment(
          Filter.of(List.of("accept in proto udp dst :53", "reject")),
          Optional.of(128),
          Strip.ON,
          false);

  /** Refused in a sentence that holds these words, and nothing was written. */
  private void assertRefused(ThrowingCallable request, String... words) {
    String before = northbound.view().services() + " " + northbound.view().flows();
    assertThatThrownBy(request).isInstanceOf(Refusal.class).hasMessageContainingAll(words);
    assertThat(northbound.view().services() + " " + northbound.view().flows()).isEqualTo(before);
  }

  private void assertRefused(TapFlows.Wish wish, String... words) {
    assertRefused(() -> northbound.flows().create(wish), words);
  }

  private TapFlow flow(String name) {
    return northbound.flows().find(name);
  }

  @Test
  void aFreePhysicalNicGetsTheCopiesOfOneServiceAlone() throws Exception {
    UUID id = UUID.randomUUID();
    TapServices.Wish wish =
        new TapServices.Wish(
            id,
            "out",
            "host",
            "hostA",
            Optional.of(FREE.toUpperCase(java.util.Locale.ROOT)),
            Optional.of(500_000_000L));
    northbound.services().create(wish);
    northbound.services().create(wish);
    assertThat(northbound.services().find("out"))
        .isEqualTo(
            new TapService(
                id,
                "out",
                new Target.ByHostNic("hostA", FREE),
                Optional.of(500_000_000L),
                false,
                1));
    assertRefused(
        () ->
            northbound
                .services()
                .create(
                    new TapServices.Wish(
                        id, "out", "host", "hostA", Optional.empty(), wish.maxRate())),
        "choose another --id");
    assertRefused(
        () -> createNic("x", "hostA", FREE), "what tap service out delivers through already");
    assertRefused(
        () -> createNic("x", "hostA", TAKEN),
        "NIC eth2 of host hostA is not free: it has address 10.9.9.9; free it, or give another");
    assertRefused(
        () -> createNic("x", "hostA", "02:00:00:00:00:99"),
        "no physical NIC 02:00:00:00:00:99",
        "eth1 (" + FREE + ")");
    assertRefused(() -> createNic("x", "hostB", FREE), "none of its NICs is free");
    assertRefused(
        () ->
            northbound.services().create(UUID.randomUUID(), "x", "guest", "web", Optional.of(FREE)),
        "--mac-addr does not go with type guest");
    assertRefused(
        () ->
            northbound
                .services()
                .create(
                    new TapServices.Wish(
                        UUID.randomUUID(),
                        "x",
                        "host",
                        "hostA",
                        Optional.empty(),
                        Optional.of(999L))),
        "999 bit/s is too low");
  }

  @Test
  void aFlowIsMadeWithAllThatIsAskedFor() throws Exception {
    TapFlows.Wish wish = vnic("f", EVERYTHING);
    northbound.flows().create(wish);
    northbound.flows().create(wish);
    TapFlow made = flow("f");
    assertThat(made.source()).isEqualTo(new Source.Vnic(WEB, WEB_MAC));
    assertThat(made.direction()).isEqualTo(Direction.OUT);
    assertThat(made.treatment()).isEqualTo(EVERY_TREATMENT);
    assertThat(made.end()).contains(END);
    assertThat(made.enabled()).isTrue();
    assertRefused(
        new TapFlows.Wish(wish.id(), "f", "vnic", "t", wish.from(), FlowSettings.of("out")),
        "choose another --id");
  }

  @Test
  void aFlowThatEndsAfterATimeIsTheSameWhenItIsAskedForAgain() throws Exception {
    TapFlows.Wish wish = vnic("f", end(new FlowEnd.After(Duration.ofMinutes(10))));
    northbound.flows().create(wish);
    Instant end = flow("f").end().orElseThrow();
    assertThat(end).isBetween(Instant.now().plusSeconds(590), Instant.now().plusSeconds(600));
    northbound.flows().create(wish);
    assertThat(flow("f").end()).contains(end);
  }

  @Test
  void aSwitchIsMirroredWholeOrByVlan() throws Exception {
    TapFlows flows = northbound.flows();
    flows.create(vswitch("all", "t", "hostA", "tenant", NO_VLAN, "BOTH"));
    flows.create(vswitch("untagged", "t", "hostA", "tenant", Optional.of(0), "IN"));
    flows.create(vswitch("last", "t", "hostA", "tenant", Optional.of(4094), "OUT"));
    flows.create(vswitch("inner", "t", "hostA", "inner", NO_VLAN, "BOTH"));
    assertThat(flow("all").source()).isEqualTo(new Source.Vswitch("hostA", "tenant", NO_VLAN));
    assertThat(flow("untagged").source())
        .isEqualTo(new Source.Vswitch("hostA", "tenant", Optional.of(0)));
    assertRefused(
        vswitch("x", "t", "hostA", "tenant", NO_VLAN, "IN"),
        "tap service t has a tap flow of wire tenant of host hostA already");
    assertRefused(
        vswitch("x", "t", "hostA", "tenant", Optional.of(0), "BOTH"),
        "wire tenant of host hostA, VLAN 0 already: use that one");
    TapFlows.Wish again = vswitch("again", "t", "hostB", "tenant", Optional.of(7), "BOTH");
    flows.create(again);
    flows.create(again);
    assertThat(northbound.view().flows()).hasSize(5);
  }

  @Test
  void aSwitchThatIsNotThereIsRefused() {
    assertRefused(
        vswitch("x", "t", "hostC", "tenant", NO_VLAN, "BOTH"), "host hostC is unknown: start");
    assertRefused(
        vswitch("x", "t", "hostA", "other", NO_VLAN, "BOTH"),
        "host hostA has no wire other, but inner, tenant: see 'tapdeck wire-list'");
    assertRefused(
        vswitch("x", "t", "hostB", "inner", NO_VLAN, "BOTH"), "host hostB has no wire inner");
    assertRefused(
        vswitch("x", "t", "hostA", "inner", NO_VLAN, "IN"),
        "wire inner of host hostA has no uplink that IN could be told by: give --direction BOTH");
    assertRefused(
        vswitch("x", "t", "hostA", "tenant", Optional.of(4095), "BOTH"),
        "there is no VLAN 4095: give 1 to 4094, or 0");
    assertRefused(vswitch("x", "t", "hostA", "tenant", Optional.of(-1), "BOTH"), "no VLAN -1");
  }

  @Test
  void whatDoesNotBelongToTheTypeIsRefused() {
    Optional<String> none = Optional.empty();
    Optional<String> some = Optional.of("web");
    record Case(String type, TapFlows.From from, String sentence) {}
    for (Case bad :
        List.of(
            new Case(
                "vnic",
                new TapFlows.From(some, none, none, none, none, Optional.of(1)),
                "--vlan-id does not go with type vnic: leave it out, or give --type vswitch"),
            new Case(
                "vnic",
                new TapFlows.From(some, none, none, some, none, NO_VLAN),
                "--host-id does not go with type vnic"),
            new Case(
                "vnic",
                new TapFlows.From(some, none, none, none, some, NO_VLAN),
                "--wire-id does not go with type vnic"),
            new Case(
                "vnic",
                new TapFlows.From(none, none, none, none, none, NO_VLAN),
                "type vnic needs the guest: give --guest-id"),
            new Case(
                "vswitch",
                new TapFlows.From(some, none, none, some, some, NO_VLAN),
                "--guest-id does not go with type vswitch"),
            new Case(
                "vswitch",
                new TapFlows.From(none, some, none, some, some, NO_VLAN),
                "--mac-addr does not go with type vswitch"),
            new Case(
                "vswitch",
                new TapFlows.From(none, none, some, some, some, NO_VLAN),
                "--ip-addr does not go with type vswitch"),
            new Case(
                "vswitch",
                new TapFlows.From(none, none, none, none, some, NO_VLAN),
                "needs the switch's host: give --host-id"),
            new Case(
                "vswitch",
                new TapFlows.From(none, none, none, some, none, NO_VLAN),
                "needs the switch's wire: give --wire-id"),
            new Case(
                "tape",
                new TapFlows.From(some, none, none, none, none, NO_VLAN),
                "'tape' is no type of tap flow: give vnic or vswitch"))) {
      assertRefused(
          new TapFlows.Wish(UUID.randomUUID(), "x", bad.type(), "t", bad.from(), FlowSettings.NONE),
          bad.sentence());
    }
  }

  @Test
  void aBadSettingIsRefused() {
    assertRefused(vnic("x", FlowSettings.of("UP")), "'UP' is no direction: give IN, OUT or BOTH");
    assertRefused(vnic("x", filter("accept", "allow udp")), "'allow udp' is no filter rule");
    assertRefused(vnic("x", truncate(13)), "cannot be cut to 13 bytes: give 14 to 65535");
    assertRefused(vnic("x", truncate(65_536)), "cannot be cut to 65536 bytes");
    assertRefused(vnic("x", strip("maybe")), "'maybe' is no way to strip VLAN tags: give auto");
    assertRefused(
        vnic("x", end(new FlowEnd.At(Instant.now().minusSeconds(1)))), "is past: give one");
    assertRefused(vnic("x", end(new FlowEnd.At(Instant.MAX))), "more than 1000 years away");
    assertRefused(vnic("x", end(new FlowEnd.After(Duration.ZERO))), "would end at once");
    assertRefused(
        vnic("x", end(new FlowEnd.After(Duration.ofDays(366_000)))), "more than 1000 years away");
    assertThatThrownBy(() -> FlowEnd.at("tomorrow"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("'tomorrow' is no end: write date, time and offset");
    assertThat(FlowEnd.at("3000-01-01T01:00:00+02:00")).isEqualTo(new FlowEnd.At(END));
  }

  @Test
  void aFrameOfASwitchHasNoDirectionThatAFilterCouldAskFor() throws Exception {
    TapFlows.Wish whole = vswitch("s", "t", "hostA", "tenant", NO_VLAN, "BOTH");
    assertRefused(
        new TapFlows.Wish(
            UUID.randomUUID(), "x", "vswitch", "t", whole.from(), filter("reject in", "accept")),
        "a filter rule with in or out",
        "leave the word out, or give --direction");
    northbound.flows().create(whole);
    UUID id = flow("s").id();
    assertRefused(
        () -> northbound.flows().update(id, Optional.empty(), filter("accept out")),
        "a filter rule with in or out");
    northbound.flows().update(id, Optional.empty(), filter("accept proto tcp"));
    assertThat(flow("s").treatment().filter()).isEqualTo(Filter.of(List.of("accept proto tcp")));
  }

  @Test
  void aNicIsNotCopiedToItself() throws Exception {
    createNic("out", "hostA", FREE);
    createNic("bonded", "hostA", BONDED);
    // Since then, somebody has put the NIC on the switch.
    publish(
        "hostA",
        List.of(
            new HostNic("hostA", "eth1", FREE, 1500, ""),
            new HostNic("hostA", "eth3", BONDED, 1500, "")),
        List.of(new Wire("hostA", "tenant", "br-tenant", Set.of("eth1", "eth9"))));
    assertThat(
            northbound.await(
                view -> view.wire("hostA", "tenant").orElseThrow().uplinks().contains("eth1"),
                PATIENCE))
        .isTrue();
    assertRefused(
        vswitch("x", "out", "hostA", "tenant", NO_VLAN, "BOTH"),
        "NIC eth1 is an uplink of wire tenant and what tap service out delivers through");
    northbound.flows().create(vswitch("y", "bonded", "hostA", "tenant", NO_VLAN, "BOTH"));
    northbound.flows().create(vswitch("z", "out", "hostB", "tenant", NO_VLAN, "BOTH"));
  }

  @Test
  void theMacOfATapNicIsNotAGuestsToo() throws Exception {
    publish("hostA", List.of(new HostNic("hostA", "eth1", WEB_MAC, 1500, "")), List.of());
    createNic("out", "hostA", WEB_MAC);
    assertRefused(
        new TapFlows.Wish(
            UUID.randomUUID(),
            "x",
            "vnic",
            "out",
            TapFlows.From.nic("web", Optional.empty(), Optional.empty()),
            FlowSettings.NONE),
        "NIC " + WEB_MAC + " is what tap service out delivers through");
  }

  @Test
  void aServiceIsUpdatedWhereItDiffers() throws Exception {
    UUID id = northbound.services().find("t").id();
    TapServices services = northbound.services();
    services.update(id, Optional.of("u"), Optional.empty());
    assertThat(services.find("u").generation()).isEqualTo(1);
    services.update(id, Optional.of("u"), Optional.of(1_000_000L));
    services.update(id, Optional.empty(), Optional.of(1_000_000L));
    assertThat(services.find("u"))
        .isEqualTo(
            new TapService(id, "u", new Target.OnHost("hostB"), Optional.of(1_000_000L), false, 2));
    services.update(id, Optional.empty(), Optional.of(TapServices.UNLIMITED));
    services.update(id, Optional.empty(), Optional.of(TapServices.UNLIMITED));
    assertThat(services.find("u").maxRate()).isEmpty();
    assertThat(services.find("u").generation()).isEqualTo(3);

    create("v", "host", "hostA");
    assertRefused(
        () -> services.update(id, Optional.of("v"), Optional.of(2_000_000L)),
        "a tap service named v exists already: choose another name");
    assertRefused(() -> services.update(id, Optional.of(" "), Optional.empty()), "1 to 128 bytes");
    assertRefused(() -> services.update(id, Optional.empty(), Optional.of(1L)), "too low");
    assertRefused(
        () -> services.update(id, Optional.empty(), Optional.empty()), "nothing is to be changed");
    assertRefused(
        () -> services.update(UUID.randomUUID(), Optional.of("w"), Optional.empty()), "unknown");
  }

  @Test
  void aFlowIsUpdatedWhereItDiffers() throws Exception {
    northbound.flows().create(vnic("f", FlowSettings.NONE));
    UUID id = flow("f").id();
    TapFlow made = flow("f");
    TapFlows flows = northbound.flows();
    flows.update(id, Optional.of("f"), FlowSettings.of("BOTH"));
    assertThat(flow("f")).isEqualTo(made);
    flows.update(id, Optional.of("g"), FlowSettings.NONE);
    assertThat(flow("g").generation()).isEqualTo(made.generation());

    flows.update(id, Optional.empty(), EVERYTHING);
    TapFlow changed = flow("g");
    assertThat(changed.direction()).isEqualTo(Direction.OUT);
    assertThat(changed.treatment()).isEqualTo(EVERY_TREATMENT);
    assertThat(changed.end()).contains(END);
    assertThat(changed.generation()).isGreaterThan(made.generation());
    flows.update(id, Optional.empty(), EVERYTHING);
    assertThat(flow("g")).isEqualTo(changed);

    flows.update(
        id,
        Optional.empty(),
        new FlowSettings(
            Optional.of("both"),
            Optional.of(List.of()),
            Optional.of(FlowSettings.WHOLE),
            Optional.of("auto"),
            Optional.of(true),
            Optional.of(new FlowEnd.Never())));
    TapFlow back = flow("g");
    assertThat(back.treatment()).isEqualTo(Treatment.DEFAULT);
    assertThat(back.direction()).isEqualTo(Direction.BOTH);
    assertThat(back.end()).isEmpty();
  }

  @Test
  void aBadUpdateOfAFlowIsRefusedAndNothingOfItDone() throws Exception {
    TapFlows flows = northbound.flows();
    flows.create(vnic("f", FlowSettings.NONE));
    flows.create(vswitch("inner", "t", "hostA", "inner", NO_VLAN, "BOTH"));
    UUID id = flow("f").id();
    assertRefused(
        () -> flows.update(id, Optional.of("inner"), FlowSettings.of("IN")),
        "a tap flow named inner exists already");
    assertRefused(
        () -> flows.update(flow("inner").id(), Optional.of("x"), FlowSettings.of("IN")),
        "has no uplink that IN could be told by");
    assertRefused(
        () -> flows.update(id, Optional.of("x"), FlowSettings.of("sideways")), "no direction");
    assertRefused(
        () -> flows.update(id, Optional.empty(), FlowSettings.NONE), "nothing is to be changed");
    assertRefused(
        () -> flows.update(UUID.randomUUID(), Optional.of("x"), FlowSettings.NONE), "is unknown");
  }

  @Test
  void aFlowThatHasEndedIsNotEnabledBeforeItHasAnotherEnd() throws Exception {
    TapFlows flows = northbound.flows();
    flows.create(vnic("f $x", end(new FlowEnd.After(Duration.ofMillis(200)))));
    UUID id = flow("f $x").id();
    while (!flow("f $x").hasEnded(Instant.now())) {
      Thread.sleep(10);
    }
    assertRefused(
        () -> flows.setEnabled(id, true),
        "tap flow f $x has ended: give it another end first, by --for or --until, or none");
    flows.update(id, Optional.empty(), end(new FlowEnd.Never()));
    flows.setEnabled(id, true);
    flows.setEnabled(id, false);
    assertThat(flow("f $x").enabled()).isFalse();
  }

  @Test
  void whatIsAskedTwiceAtOnceWithOneIdIsDoneOnce() throws Exception {
    TapFlows.Wish wish = vnic("f", FlowSettings.NONE);
    List<Northbound> askers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      askers.add(open());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> asked = new ArrayList<>();
      for (Northbound asker : askers) {
        asked.add(
            threads.submit(() -> {
              asker.flows().create(wish);
              return true;
            }));
      }
      for (Future<Boolean> one : asked) {
        assertThat(one.get()).isTrue();
      }
    }
    // A session that is opened now is told all of it; the others hear of it in their own time.
    assertThat(open().view().flows()).hasSize(1);
  }
}
