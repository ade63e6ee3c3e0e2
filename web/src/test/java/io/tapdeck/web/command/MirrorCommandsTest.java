package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.api.Appliance;
import io.tapdeck.web.http.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * The commands that ask for mirrors, on a real northbound with the inventory of two hosts: beside
 * it, and by an appliance's API.
 */
class MirrorCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private static Path data;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static NorthboundServer server;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Endpoint endpoint;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Northbound agents;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Appliance appliance;

  @TempDir private static Path tokens;

  private record Result(int status, String out, String err) {}

  @BeforeAll
  static void start() throws Exception {
    server = new NorthboundServer(data);
    endpoint = server.start();
    agents = Northbound.open(endpoint, PATIENCE, () -> {});
    appliance = new Appliance(Files.createDirectories(data.resolve("appliance")), endpoint);
    Files.writeString(tokens.resolve("token"), appliance.apiToken(Role.OPERATOR, Role.OPERATOR));
    assertThat(agents.speakFor("host-a", PATIENCE)).isTrue();
    publish(
        "host-a",
        List.of(nic("1", "a1", "1"), nic("2", "two", "2"), nic("2", "two", "3")),
        List.of(
            new HostNic("host-a", "eth1", "02:00:00:00:00:01", 1500, ""),
            new HostNic("host-a", "eth2", "02:00:00:00:00:02", 1500, "has address 10.9.9.9"),
            new HostNic("host-a", "eth3", "02:00:00:00:00:03", 1500, "")),
        List.of(
            new Wire("host-a", "tenant", "br-tenant", Set.of("eth3", "up0")),
            new Wire("host-a", "inner", "br-inner", Set.of())));
    publish(
        "host-b", List.of(), List.of(), List.of(new Wire("host-b", "tenant", "br-t", Set.of())));
    done("tap-service-create deck --type host --target-id host-b");
    done("tap-service-create inside --type guest --target-id a1");
    done("tap-service-create out --type host --target-id host-a --mac-addr 02:00:00:00:00:01");
    done("tap-service-create looped --type host --target-id host-a --mac-addr 02:00:00:00:00:03");
    done("tap-flow-create flow --type vnic --tap-id deck --guest-id a1");
    String vswitch = "tap-flow-create %s --type vswitch --tap-id deck --host-id host-a";
    done(vswitch.formatted("inner") + " --wire-id inner");
    done(vswitch.formatted("vlan") + " --wire-id tenant --vlan-id 20");
  }

  private static Nic nic(String guest, String name, String mac) {
    return new Nic(
        "host-a",
        "0000000" + guest + "-0000-4000-8000-000000000001",
        name,
        "52:54:00:00:00:0" + mac,
        Set.of("10.0.0." + mac),
        "br-tenant",
        "g-" + mac,
        Optional.empty(),
        Optional.of("ns-" + name));
  }

  private static void publish(String host, List<Nic> nics, List<HostNic> own, List<Wire> wires)
      throws Exception {
    new HostReports(agents, host)
        .publish(
            new Host(new UUID(0, 0), host, "198.18.0.1", 1600, ""),
            new Inventory(List.of(), nics, own, wires));
  }

  @AfterAll
  static void stop() throws Exception {
    appliance.close();
    agents.close();
    server.stop();
  }

  /** Runs a command beside the northbound; what is in quotes is one word. */
  private static Result run(String words) {
    return execute(words + " --northbound " + endpoint);
  }

  /** Runs it on the appliance. */
  private static Result runFar(String words) {
    return execute(
        words + " --url " + appliance.url() + " --token-file " + tokens.resolve("token"));
  }

  private static Result execute(String words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = commandLine(out, err).execute(split(words));
    return new Result(status, out.toString(), err.toString());
  }

  private static CommandLine commandLine(StringWriter out, StringWriter err) {
    return Tapdeck.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
  }

  private static String[] split(String words) {
    String[] split = words.split(" (?=([^\"]*\"[^\"]*\")*[^\"]*$)");
    for (int i = 0; i < split.length; i++) {
      split[i] = split[i].replace("\"", "");
    }
    return split;
  }

  private static Result done(String words) {
    Result result = run(words);
    assertThat(result.err()).as(words).isEmpty();
    assertThat(result.status()).as(words).isZero();
    return result;
  }

  private static JsonNode json(String words) throws Exception {
    return new ObjectMapper().readTree(done(words + " --json").out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          service x --type host --target-id nowhere | host nowhere is unknown: start its agent
          service x --type guest --target-id nobody | guest nobody is unknown: start it
          service x --type guest --target-id a1 | guest a1 has a tap service already: use that one
          service deck --type host --target-id host-a | a tap service named deck exists already
          service x --type tape --target-id host-a | 'tape' is no type of tap service: give guest or host
          service x --type host --target-id host-a --mac-addr 02:00:00:00:00:09 | no physical NIC 02:00
          service x --type host --target-id host-a --mac-addr 02:00:00:00:00:02 | NIC eth2 of host host-a is not free: it has address 10.9.9.9
          service x --type host --target-id host-a --mac-addr 02:00:00:00:00:01 | is what tap service out delivers through already
          service x --type guest --target-id two --mac-addr 02:00:00:00:00:01 | --mac-addr does not go with type guest
          service x --type host --target-id host-a --max-rate 500 | '500' is not a rate: write a number and bit, kbit
          service x --type host --target-id host-a --max-rate 10bit | a limit of 10 bit/s is too low: give 1kbit or more
          tap-service-update nothing --name x | tap service nothing is unknown: see
          tap-service-update deck | nothing is to be changed: name what
          tap-service-update deck --name inside | a tap service named inside exists already
          tap-service-delete deck | tap service deck still has tap flows: delete those first
          tap-service-enable nothing | tap service nothing is unknown: see
          vnic x --tap-id nothing --guest-id a1 | tap service nothing is unknown: see
          vnic x --tap-id deck --guest-id nobody | guest nobody is unknown: start it
          vnic x --tap-id deck | type vnic needs the guest: give --guest-id
          vnic flow --tap-id deck --guest-id two --ip-addr 10.0.0.2 | a tap flow named flow exists already
          vnic x --tap-id deck --guest-id a1 | has a tap flow of NIC 52:54:00:00:00:01 of guest a1 already
          vnic x --tap-id inside --guest-id a1 | guest a1 is what tap service inside delivers to
          vnic x --tap-id deck --guest-id two | several NICs could be meant: give --mac-addr; guest two has 52:54:00:00:00:02, 52:54:00:00:00:03
          vnic x --tap-id deck --guest-id two --mac-addr 02:00:00:00:00:01 | no NIC of guest two has MAC 02:00:00:00:00:01
          vnic x --tap-id deck --guest-id two --ip-addr 10.9.9.9 | no NIC of guest two has IP 10.9.9.9
          vnic x --tap-id deck --guest-id a1 --vlan-id 1 | --vlan-id does not go with type vnic
          vnic x --tap-id deck --guest-id a1 --wire-id tenant | --wire-id does not go with type vnic
          vnic x --tap-id deck --guest-id a1 --host-id host-a | --host-id does not go with type vnic
          vnic x --tap-id deck --guest-id a1 --direction UP | 'UP' is no direction: give IN, OUT or BOTH
          vnic x --tap-id deck --guest-id a1 --filter "allow all" | 'allow all' is no filter rule
          vnic x --tap-id deck --guest-id a1 --filter "accept src :53" | a port needs proto tcp, udp or sctp
          vnic x --tap-id deck --guest-id a1 --truncate 13 | copies cannot be cut to 13 bytes: give 14 to 65535
          vnic x --tap-id deck --guest-id a1 --truncate 0 | copies cannot be cut to 0 bytes
          vnic x --tap-id deck --guest-id a1 --strip-vlan maybe | 'maybe' is no way to strip VLAN tags
          vnic x --tap-id deck --guest-id a1 --for 0s | it would end at once
          vnic x --tap-id deck --guest-id a1 --for soon | 'soon' is not a length of time
          vnic x --tap-id deck --guest-id a1 --until 2020-01-01T00:00:00Z | the end, 2020-01-01T00:00:00Z, is past
          vnic x --tap-id deck --guest-id a1 --until tomorrow | 'tomorrow' is no end: write date, time and offset
          vnic x --tap-id deck --guest-id a1 --for 1s --no-end | mutually exclusive
          switch x --tap-id deck --host-id nowhere --wire-id tenant | host nowhere is unknown
          switch x --tap-id deck --host-id host-b --wire-id inner | host host-b has no wire inner, but tenant
          switch x --tap-id deck --wire-id tenant | needs the switch's host: give --host-id
          switch x --tap-id deck --host-id host-a | needs the switch's wire: give --wire-id
          switch x --tap-id deck --host-id host-a --wire-id tenant --guest-id a1 | --guest-id does not go with type vswitch
          switch x --tap-id deck --host-id host-a --wire-id tenant --vlan-id 4095 | there is no VLAN 4095: give 1 to 4094, or 0
          switch x --tap-id deck --host-id host-a --wire-id tenant --vlan-id -1 | there is no VLAN -1
          switch x --tap-id deck --host-id host-a --wire-id tenant --vlan-id 20 | has a tap flow of wire tenant of host host-a, VLAN 20 already
          switch x --tap-id deck --host-id host-a --wire-id inner | has a tap flow of wire inner of host host-a already
          switch x --tap-id inside --host-id host-a --wire-id inner --direction IN | has no uplink that IN could be told by
          switch x --tap-id looped --host-id host-a --wire-id tenant | NIC eth3 is an uplink of wire tenant and what tap service looped delivers through
          switch x --tap-id deck --host-id host-a --wire-id tenant --filter "accept in" | a filter rule with in or out
          tap-flow-create x --type tape --tap-id deck | 'tape' is no type of tap flow: give vnic or vswitch
          tap-flow-update nothing --fit | tap flow nothing is unknown: see
          tap-flow-update flow | nothing is to be changed: name what
          tap-flow-update flow --name inner --no-fit | a tap flow named inner exists already
          tap-flow-update flow --filter allow | 'allow' is no filter rule
          tap-flow-update inner --direction OUT | has no uplink that OUT could be told by
          tap-flow-update vlan --filter "reject out" | a filter rule with in or out
          tap-flow-update flow --until 2020-01-01T00:00:00+02:00 | the end, 2019-12-31T22:00:00Z, is past
          tap-flow-delete nothing | tap flow nothing is unknown: see
          tap-flow-show 00000000-0000-4000-8000-00000000000f | tap flow 00000000-0000-4000-8000-00000000000f is unknown: see
          tap-service-update deck --max-rate 0bit | a limit of 0 bit/s is too low
          tap-flow-update flow --truncate 0 | copies cannot be cut to 0 bytes
          tap-flow-verify vlan | tap service deck is disabled: enable it first
          tap-plan --enable nothing | nothing is no tap service and no tap flow: see
          tap-plan --delete deck | tap service deck still has tap flow flow: give --delete for that too
          tap-plan --host nowhere | host nowhere is unknown: start its agent
          """)
  void isRefusedInOneLineAndNothingIsDone(String words, String sentence) {
    String before = agents.view().services() + " " + agents.view().flows();
    String command =
        words
            .replaceFirst("^service ", "tap-service-create ")
            .replaceFirst("^vnic (\\S+)", "tap-flow-create $1 --type vnic")
            .replaceFirst("^switch (\\S+)", "tap-flow-create $1 --type vswitch");
    Result result = run(command);
    assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("tapdeck tap-").contains(sentence);
    assertThat(runFar(command)).isEqualTo(result);
    assertThat(agents.view().services() + " " + agents.view().flows()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host-list",
        "guest-list",
        "wire-list",
        "tap-service-list",
        "tap-flow-list",
        "tap-service-show out",
        "tap-flow-show vlan",
        "tap-plan",
        "tap-plan --enable deck --disable vlan",
        "tap-plan --host host-b --enable deck"
      })
  void anApplianceIsToldOfInTheSameWords(String words) {
    for (String form : List.of(words, words + " --json")) {
      assertThat(runFar(form)).isEqualTo(done(form));
    }
  }

  /** All that is done here is done by the appliance, and looked at beside the northbound. */
  @Test
  void anApplianceDoesWhatIsAskedFromAfar() throws Exception {
    Result made =
        runFar("tap-service-create far --type host --target-id host-b --max-rate 2Gbit --json");
    assertThat(made.err()).isEmpty();
    assertThat(made).isEqualTo(done("tap-service-show far --json"));
    Result flow =
        runFar(
            "tap-flow-create afar --type vnic --tap-id far --guest-id two --mac-addr"
                + " 52:54:00:00:00:02 --direction out --filter \"accept proto udp dst :53\""
                + " --filter reject --truncate 96 --strip-vlan off --no-fit"
                + " --until 2999-01-01T00:00:00+02:00");
    assertThat(flow.err()).isEmpty();
    assertThat(flow).isEqualTo(done("tap-flow-show afar"));
    assertThat(flow.out()).containsPattern("until: +2998-12-31T22:00:00Z\n").contains("reject");
    Result late = runFar("tap-service-enable far --wait --timeout 50ms");
    assertThat(late.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(late.err())
        .isEqualTo(
            "tapdeck tap-service-enable: not done within 50 ms, still pending: host host-b's agent"
                + " is away: it keeps what it was last told\n");
    Result traced = runFar("tap-flow-verify afar --timeout 100ms");
    assertThat(traced.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(traced.out())
        .contains("FAILED  host-a  agent")
        .endsWith("fails at host host-a, agent: host host-a's agent does not answer\n");
    assertThat(traced).isEqualTo(run("tap-flow-verify afar --timeout 100ms"));
    for (String wrong : List.of("30001ms", "1m", "0s")) {
      Result refused = runFar("tap-flow-verify afar --timeout " + wrong);
      assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
      assertThat(refused.err())
          .isEqualTo(
              "tapdeck tap-flow-verify: --timeout is more than 0 and at most 30s with --url\n");
    }

    Result plain =
        runFar(
            "tap-flow-update afar --name plain --direction BOTH --no-filter --no-truncate"
                + " --strip-vlan auto --fit --no-end");
    assertThat(plain.err()).isEmpty();
    assertThat(plain).isEqualTo(done("tap-flow-show plain"));
    assertThat(plain.out()).doesNotContain("until", "truncate").containsPattern("fit: +true");
    assertThat(runFar("tap-flow-disable plain").status()).isZero();
    assertThat(done("tap-flow-show plain").out()).containsPattern("enabled: +false");
    assertThat(runFar("tap-service-update far --max-rate none").out())
        .containsPattern("maxRate: +none\n");
    assertThat(runFar("tap-service-delete far").err()).contains("still has tap flows");
    assertThat(runFar("tap-flow-delete plain")).isEqualTo(new Result(0, "", ""));
    assertThat(runFar("tap-service-delete far")).isEqualTo(new Result(0, "", ""));
    assertThat(run("tap-service-show far").status()).isEqualTo(ExitStatus.REFUSED);
  }

  @Test
  void aListOfAnApplianceIsWatchedUntilItGoesAway(@TempDir Path other) throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> watching;
      try (Appliance own = new Appliance(other, endpoint)) {
        Path token = Files.writeString(other.resolve("t"), own.apiToken(Role.VIEWER, Role.VIEWER));
        String words = "host-list --url " + own.url() + " --token-file " + token;
        await(() -> run("host-list").equals(execute(words)));
        watching = threads.submit(() -> commandLine(out, err).execute(split(words + " --watch")));
        await(() -> out.toString().equals(done("host-list").out()));
      }
      assertThat(watching.get(10, TimeUnit.SECONDS)).isNotEqualTo(ExitStatus.DONE);
      assertThat(err.toString()).hasLineCount(1);
    }
  }

  @Test
  void oneOfNorthboundAndApplianceIsMeant() {
    String url = " --url " + appliance.url();
    assertThat(run("host-list" + url).err()).contains("--url and --northbound or --data exclude");
    assertThat(execute("host-list --data " + data + url).status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(run("host-list --fingerprint 00").err()).contains("name it with --url");
    assertThat(runFar("tap-plan --host host-a --ovs unix:/nowhere").err())
        .contains("--ovs is about this machine");
    assertThat(execute("host-list" + url).err()).contains("an API token is needed");
    MirrorAccess access = CommandLine.populateCommand(new MirrorAccess());
    assertThat(access.isRemote(Map.of())).isFalse();
    assertThat(access.isRemote(Map.of("TAPDECK_URL", url))).isTrue();
    for (String local : List.of("TAPDECK_NORTHBOUND", "TAPDECK_DATA")) {
      assertThat(access.isRemote(Map.of("TAPDECK_URL", url, local, "x"))).isFalse();
    }
  }

  @Test
  void anApplianceWhoseNorthboundIsAwayRefuses(@TempDir Path other) throws Exception {
    try (Appliance own = new Appliance(other, new Endpoint.Unix(other.resolve("absent")))) {
      Path token =
          Files.writeString(other.resolve("t"), own.apiToken(Role.OPERATOR, Role.OPERATOR));
      String far = " --url " + own.url() + " --token-file " + token;
      for (String words :
          List.of("wire-list", "tap-service-create x --type host --target-id host-a")) {
        Result result = execute(words + far);
        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.REFUSED);
        assertThat(result.err()).contains("the northbound is not connected").hasLineCount(1);
      }
    }
  }

  @Test
  void whatIsAskedForIsShown() throws Exception {
    JsonNode service =
        json("tap-service-create rated --type host --target-id host-b --max-rate 1.5Gbit");
    assertThat(service.path("maxRate").asLong()).isEqualTo(1_500_000_000L);
    assertThat(done("tap-service-show rated").out()).containsPattern("maxRate: +1.5Gbit/s\n");
    assertThat(done("tap-service-update rated --name free --max-rate none").out())
        .containsPattern("name: +free\n")
        .containsPattern("maxRate: +none\n");
    JsonNode flow =
        json(
            "tap-flow-create f --type vnic --tap-id free --guest-id two --ip-addr 10.0.0.3"
                + " --direction in --filter \"accept proto udp dst :53\" --filter reject"
                + " --truncate 96 --strip-vlan off --no-fit --for 1h");
    assertThat(flow.path("macAddr").asText()).isEqualTo("52:54:00:00:00:03");
    assertThat(flow.path("direction").asText()).isEqualTo("IN");
    assertThat(flow.path("filter").toString())
        .isEqualTo("[\"accept proto udp dst :53\",\"reject\"]");
    assertThat(flow.path("truncate").asInt()).isEqualTo(96);
    assertThat(flow.path("stripVlan").asText()).isEqualTo("off");
    assertThat(flow.path("fit").asBoolean(true)).isFalse();
    assertThat(flow.has("until")).isTrue();
    JsonNode plain =
        json(
            "tap-flow-update f --direction BOTH --no-filter --no-truncate --strip-vlan auto --fit"
                + " --no-end");
    assertThat(plain.path("filter")).isEmpty();
    assertThat(plain.has("truncate")).isFalse();
    assertThat(plain.has("until")).isFalse();
    assertThat(plain.path("fit").asBoolean()).isTrue();
    done("tap-flow-delete f");
    done("tap-service-delete free");
  }

  @Test
  void wiresAndAgentsAreListed() {
    assertThat(done("wire-list").out().lines())
        .containsExactly(
            "WIRE    HOST    BRIDGE     UPLINKS",
            "inner   host-a  br-inner",
            "tenant  host-a  br-tenant  eth3, up0",
            "tenant  host-b  br-t");
    assertThat(done("host-list").out()).containsPattern("host-a +198.18.0.1 +up");
    assertThat(done("host-list").out()).containsPattern("host-b +198.18.0.1 +away");
    // host-b gets the copies.
    assertThat(done("tap-flow-list").out()).doesNotContain("host-a's agent is away");
    done("tap-service-enable deck");
    assertThat(done("tap-service-list").out())
        .contains("host host-b's agent is away: it keeps what it was last told");
    assertThat(done("tap-flow-list").out())
        .contains("host host-b's agent is away: it keeps what it was last told");
    Result late = run("tap-service-enable deck --wait --timeout 50ms");
    assertThat(late.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(late.err()).contains("still pending: host host-b's agent is away");
    done("tap-service-disable deck");
  }

  private static void await(BooleanSupplier wish) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!wish.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  @Test
  void aListIsWatchedUntilTheNorthboundGoesAway(@TempDir Path other) throws Exception {
    NorthboundServer own = new NorthboundServer(other);
    String northbound = own.start().toString();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Northbound asking = Northbound.open(Endpoint.parse(northbound), PATIENCE, () -> {})) {
      Future<Integer> watching =
          threads.submit(() ->
              commandLine(out, err)
                  .execute("wire-list", "--watch", "--json", "--northbound", northbound));
      await(() -> out.toString().equals("[]\n"));
      new HostReports(asking, "h")
          .publish(
              new Host(new UUID(0, 0), "h", "198.18.0.1", 1600, ""),
              new Inventory(
                  List.of(), List.of(), List.of(), List.of(new Wire("h", "w", "b", Set.of()))));
      await(() -> out.toString().lines().count() == 2);
      assertThat(out.toString())
          .endsWith("[{\"wire\":\"w\",\"host\":\"h\",\"bridge\":\"b\",\"uplinks\":[]}]\n");
      own.stop();
      assertThat(watching.get(10, TimeUnit.SECONDS)).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(err.toString()).contains("the northbound has gone away").hasLineCount(1);
    }
  }
}
