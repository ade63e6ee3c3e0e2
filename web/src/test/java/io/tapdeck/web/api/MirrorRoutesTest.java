package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors by the API, on a real northbound. */
class MirrorRoutesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String GUEST = "00000001-0000-4000-8000-000000000001";
  private static final String SERVICE = "/tap_services/6f1c1d2e-0000-4000-8000-000000000001";
  private static final String FLOW = "/tap_flows/6f1c1d2e-0000-4000-8000-000000000002";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // started before each test
  private NorthboundServer server;

  @SuppressWarnings("NullAway.Init") // opened before each test
  private Northbound agent;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  MirrorRoutesTest() {}

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    Endpoint endpoint = server.start();
    agent = Northbound.open(endpoint, PATIENCE, () -> {});
    assertThat(agent.speakFor("hostA", PATIENCE)).isTrue();
    Nic nic =
        new Nic(
            "hostA",
            GUEST,
            "web",
            "52:54:00:00:00:01",
            Set.of("10.0.0.1"),
            "br-int",
            "web-0",
            Optional.empty(),
            Optional.of("ns-web"));
    new HostReports(agent, "hostA")
        .publish(
            new Host(new UUID(0, 0), "hostA", "198.18.0.1", 1600, ""),
            new Inventory(
                List.of(),
                List.of(nic),
                List.of(new HostNic("hostA", "eth1", "02:00:00:00:00:01", 1500, "")),
                List.of(new Wire("hostA", "tenant", "br-int", Set.of()))));
    appliance = new Appliance(data, endpoint);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!json(send("GET", "/mirrors", "")).path("connected").asBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  @AfterEach
  void stop() throws Exception {
    appliance.close();
    agent.close();
    server.stop();
  }

  private Answer send(String method, String path, String body) throws Exception {
    Session session = appliance.session(Role.OPERATOR);
    String plain = body.replace('\'', '"');
    return appliance.http.exchange(
        String.join(
            "\r\n",
            method + " /api/v1" + path + " HTTP/1.1",
            "Host: " + appliance.http.authority(),
            "Cookie: tapdeck_session=" + session.token(),
            "X-CSRF-Token: " + session.caller().csrf(),
            "Content-Type: application/json",
            "Content-Length: " + plain.length(),
            "Connection: close",
            "",
            plain));
  }

  private static JsonNode json(Answer answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }

  private void assertRefused(String method, String path, String body, int status, String words)
      throws Exception {
    Answer answer = send(method, path, body);
    assertThat(answer.body()).contains(words);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
  }

  @Test
  void whatIsMadeIsShownWithAllItsFieldsAndChangedByThem() throws Exception {
    String service =
        "{'name':'t','type':'host','targetId':'hostA','macAddr':'02:00:00:00:00:01','maxRate':5000}";
    assertThat(send("PUT", SERVICE, service).status()).isEqualTo(201);
    Answer again = send("PUT", SERVICE, service);
    assertThat(again.status()).isEqualTo(200);
    assertThat(json(again).path("maxRate").asLong()).isEqualTo(5000);
    assertThat(json(again).path("macAddr").asText()).isEqualTo("02:00:00:00:00:01");
    JsonNode changed = json(send("PATCH", SERVICE, "{'name':'u','maxRate':0}"));
    assertThat(changed.path("name").asText()).isEqualTo("u");
    assertThat(changed.path("maxRate").asLong()).isZero();

    String flow =
        """
        {'name':'f','type':'vswitch','tapId':'u','hostId':'hostA','wireId':'tenant','vlanId':0,\
        'filter':['accept proto udp','reject'],'truncate':64,'stripVlan':'on','fit':false,\
        'until':'2999-12-31T23:00:00Z'}\
        """;
    assertThat(send("PUT", FLOW, flow).status()).isEqualTo(201);
    JsonNode made = json(send("PUT", FLOW, flow));
    assertThat(made.path("wireId").asText()).isEqualTo("tenant");
    assertThat(made.path("vlanId").asInt(-1)).isZero();
    assertThat(made.path("filter")).hasSize(2);
    assertThat(made.path("truncate").asInt()).isEqualTo(64);
    assertThat(made.path("stripVlan").asText()).isEqualTo("on");
    assertThat(made.path("fit").asBoolean(true)).isFalse();
    assertThat(made.path("until").asText()).isEqualTo("2999-12-31T23:00:00Z");
    JsonNode plain = json(send("PATCH", FLOW, "{'filter':[],'truncate':0,'fit':true,'until':''}"));
    assertThat(plain.path("filter")).isEmpty();
    assertThat(plain.has("truncate")).isFalse();
    assertThat(plain.has("until")).isFalse();
    assertThat(plain.path("fit").asBoolean()).isTrue();
    assertThat(json(send("PATCH", FLOW, "{'for':'PT10M'}")).has("until")).isTrue();
  }

  @Test
  void whatIsRefusedIsAProblemWithTheSameSentence() throws Exception {
    assertRefused(
        "PUT",
        SERVICE,
        "{'name':'t','type':'host','targetId':'hostA','macAddr':'02:00:00:00:00:09'}",
        409,
        "has no physical NIC 02:00:00:00:00:09");
    assertThat(send("PUT", SERVICE, "{'name':'t','type':'host','targetId':'hostA'}").status())
        .isEqualTo(201);
    assertRefused(
        "PUT",
        FLOW,
        "{'name':'f','type':'vswitch','tapId':'t','hostId':'hostA','wireId':'no'}",
        409,
        "host hostA has no wire no");
    assertRefused(
        "PUT",
        FLOW,
        "{'name':'f','tapId':'t','guestId':'web','vlanId':3}",
        409,
        "'vlanId' does not go with type vnic: leave it out, or give 'type' vswitch");
    assertRefused(
        "PUT",
        FLOW,
        "{'name':'f','tapId':'t','guestId':'web','for':'PT1S','until':'2999-01-01T00:00:00Z'}",
        400,
        "leave one out");
    assertRefused(
        "PUT",
        FLOW,
        "{'name':'f','tapId':'t','guestId':'web','filter':[null]}",
        400,
        "an element of 'filter' is null");
    assertRefused("PATCH", SERVICE, "{}", 409, "nothing is to be changed");
    assertRefused("PATCH", FLOW, "{'name':'x'}", 404, "there is no tap flow");
    assertRefused("PATCH", SERVICE, "{'type':'guest'}", 400, "there is no field 'type' here");
  }

  @Test
  void whatACommandSaysOfARefusalIsToldBesides() throws Exception {
    assertThat(send("PUT", SERVICE, "{'name':'t','type':'host','targetId':'hostA'}").status())
        .isEqualTo(201);
    JsonNode problem =
        json(send("PUT", FLOW, "{'name':'f','tapId':'t','guestId':'web','vlanId':3}"));
    assertThat(problem.path("detail").asText())
        .isEqualTo("'vlanId' does not go with type vnic: leave it out, or give 'type' vswitch");
    assertThat(problem.path("commandLine").asText())
        .isEqualTo("--vlan-id does not go with type vnic: leave it out, or give --type vswitch");
    assertThat(json(send("PATCH", SERVICE, "{}")).has("commandLine")).isFalse();
  }

  private void assertRefusedAt(String field, String path, String body) throws Exception {
    Answer answer = send("PUT", path, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(json(answer).path("field").asText()).as(answer.body()).isEqualTo(field);
    Answer plan = send("POST", path + "/plan", "{'create':" + body + "}");
    for (String said : List.of("title", "status", "detail", "field")) {
      assertThat(json(plan).path(said)).isEqualTo(json(answer).path(said));
    }
    assertThat(plan.status()).isEqualTo(409);
  }

  @Test
  void aRefusalNamesTheFieldThatItIsAbout() throws Exception {
    String host = "'type':'host','targetId':'hostA'";
    assertRefusedAt("name", SERVICE, "{'name':' '," + host + "}");
    assertRefusedAt("targetId", SERVICE, "{'name':'t','type':'host','targetId':'no'}");
    assertRefusedAt("targetId", SERVICE, "{'name':'t','type':'guest','targetId':'no'}");
    assertRefusedAt("macAddr", SERVICE, "{'name':'t','macAddr':'02:00:00:00:00:09'," + host + "}");
    assertRefusedAt("maxRate", SERVICE, "{'name':'t','maxRate':1," + host + "}");
    assertThat(send("PUT", SERVICE, "{'name':'t'," + host + "}").status()).isEqualTo(201);
    String other = SERVICE.replace("000000000001", "000000000003");
    assertRefusedAt("name", other, "{'name':'t'," + host + "}");
    String web = "{'name':'f','tapId':'t','guestId':'web'";
    assertRefusedAt("tapId", FLOW, "{'name':'f','tapId':'no','guestId':'web'}");
    assertRefusedAt("guestId", FLOW, "{'name':'f','tapId':'t','guestId':'no'}");
    assertRefusedAt("macAddr", FLOW, web + ",'macAddr':'02:00:00:00:00:09'}");
    assertRefusedAt("vlanId", FLOW, web + ",'vlanId':1}");
    assertRefusedAt("direction", FLOW, web + ",'direction':'UP'}");
    assertRefusedAt("filter", FLOW, web + ",'filter':['accept proto udp','perhaps']}");
    assertRefusedAt("truncate", FLOW, web + ",'truncate':13}");
    assertRefusedAt("stripVlan", FLOW, web + ",'stripVlan':'some'}");
    assertRefusedAt("until", FLOW, web + ",'until':'2001-01-01T00:00:00Z'}");
    String wire = "{'name':'f','type':'vswitch','tapId':'t','hostId':'hostA','wireId':'tenant'";
    assertRefusedAt("wireId", FLOW, wire.replace("tenant", "no") + "}");
    assertRefusedAt("vlanId", FLOW, wire + ",'vlanId':4095}");
    assertRefusedAt("direction", FLOW, wire + ",'direction':'IN'}");
    assertThat(json(send("PATCH", SERVICE, "{}")).has("field")).isFalse();
    JsonNode known = json(send("GET", "/mirrors", "")).path("hosts").path(0);
    assertThat(known.path("wires").path(0).path("name").asText()).isEqualTo("tenant");
    assertThat(known.path("nics").path(0).path("mac").asText()).isEqualTo("02:00:00:00:00:01");
  }

  private JsonNode plan(String path, String asked) throws Exception {
    Answer answer = send("POST", path + "/plan", asked);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  @Test
  void aPlanTellsWhatAChangeWouldDoAndMakesNothing() throws Exception {
    String service = "{'name':'t','type':'host','targetId':'hostA'}";
    JsonNode made = plan(SERVICE, "{'create':" + service + ",'enable':true}");
    assertThat(made.path("hosts")).hasSize(1);
    assertThat(made.path("hosts").path(0).path("added").path("nic")).hasSize(1);
    assertThat(made.path("hosts").path(0).path("removed")).isEmpty();
    JsonNode disabled = plan(SERVICE, "{'create':" + service + "}");
    assertThat(disabled.path("hosts")).isEmpty();
    assertThat(disabled.path("remarks").path(0).asText()).isEqualTo("it would be disabled");
    assertThat(json(send("GET", "/tap_services", ""))).isEmpty();

    assertThat(send("PUT", SERVICE, service).status()).isEqualTo(201);
    assertThat(send("POST", SERVICE + "/enable", "{}").status()).isEqualTo(200);
    String flow = "{'name':'f','tapId':'t','guestId':'web'}";
    JsonNode copied = plan(FLOW, "{'create':" + flow + "}").path("hosts").path(0);
    assertThat(copied.path("host").asText()).isEqualTo("hostA");
    assertThat(copied.path("added").path("mirror")).hasSize(1);
    assertThat(copied.path("added").path("mirror").path(0).asText())
        .contains("on br-int, what comes from web-0 and what goes to web-0 to ");
    assertThat(copied.path("added").path("port")).hasSize(2);
    assertThat(copied.path("added").path("flow")).isNotEmpty();
    assertThat(copied.path("added").has("nic")).isFalse();
    assertThat(copied.path("commands").toString()).contains("create Mirror");
    assertThat(json(send("GET", "/tap_flows", ""))).isEmpty();

    assertThat(send("PUT", FLOW, flow).status()).isEqualTo(201);
    assertThat(plan(FLOW, "{'create':" + flow + "}").path("hosts")).isEmpty();
    assertThat(plan(FLOW, "{'change':{'name':'g'}}").path("hosts")).isEmpty();
    JsonNode out = plan(FLOW, "{'change':{'direction':'OUT'}}").path("hosts").path(0);
    assertThat(out.path("changed").path("mirror").path(0).asText())
        .contains("on br-int, what comes from web-0 to ");
    for (String gone : List.of("{'delete':true}", "{'enable':false}")) {
      JsonNode removed = plan(FLOW, gone).path("hosts").path(0);
      assertThat(removed.path("removed").path("mirror")).hasSize(1);
      assertThat(removed.path("added")).isEmpty();
    }
    assertRefused("POST", SERVICE + "/plan", "{'delete':true}", 409, "still has tap flows");
    assertRefused("POST", FLOW + "/plan", "{'delete':true,'enable':true}", 400, "give one of");
    assertRefused("POST", FLOW + "/plan", "{'delete':false}", 400, "give one of");
    assertRefused(
        "POST", FLOW.replace("02", "09") + "/plan", "{'delete':true}", 404, "no tap flow");
    assertThat(json(send("GET", FLOW, "")).path("direction").asText()).isEqualTo("BOTH");
  }

  private String advice(String path) throws Exception {
    return json(send("GET", path, "")).path("advice").asText();
  }

  @Test
  void whatIsNotActiveSaysWhatToDoAndIsVerifiedByItsHostsAgents() throws Exception {
    assertThat(send("PUT", SERVICE, "{'name':'t','type':'host','targetId':'hostA'}").status())
        .isEqualTo(201);
    assertThat(send("PUT", FLOW, "{'name':'f','tapId':'t','guestId':'web'}").status())
        .isEqualTo(201);
    assertThat(advice(SERVICE)).isEqualTo("enable it");
    assertRefused("POST", FLOW + "/verify", "{}", 409, "tap service t is disabled");
    assertThat(send("POST", SERVICE + "/enable", "{}").status()).isEqualTo(200);
    assertThat(advice(FLOW)).startsWith("wait a moment").contains("verify it");

    CompletableFuture<Answer> first =
        CompletableFuture.supplyAsync(() -> {
          try {
            return send("POST", FLOW + "/verify", "{}");
          } catch (Exception failed) {
            throw new IllegalStateException(failed);
          }
        });
    assertThat(agent.await(view -> !agent.flowChecks().all().isEmpty(), PATIENCE)).isTrue();
    assertRefused("POST", FLOW + "/verify", "{}", 409, "is being verified already");
    agent
        .flowChecks()
        .answer(
            agent.flowChecks().all().getFirst().id(),
            "hostA",
            List.of(Hop.ok("source", "port web-0"), Hop.failed("mirror", "there is none")));
    JsonNode trace = json(first.get(10, TimeUnit.SECONDS));
    assertThat(trace.path("ok").asBoolean(true)).isFalse();
    assertThat(trace.path("hops")).hasSize(2);
    assertThat(trace.path("firstFailed").path("hop").asText()).isEqualTo("mirror");
    assertThat(trace.path("firstFailed").path("host").asText()).isEqualTo("hostA");

    assertThat(send("POST", FLOW + "/disable", "{}").status()).isEqualTo(200);
    assertRefused("POST", FLOW + "/verify", "{}", 409, "is disabled");
  }

  @Test
  void anAgentThatIsAwayIsTold() throws Exception {
    assertThat(send("PUT", SERVICE, "{'name':'t','type':'host','targetId':'hostA'}").status())
        .isEqualTo(201);
    assertThat(send("POST", SERVICE + "/enable", "{}").status()).isEqualTo(200);
    JsonNode there = json(send("GET", "/mirrors", ""));
    assertThat(there.path("hosts").path(0).path("agent").asText()).isEqualTo("up");
    assertThat(there.path("services").path(0).path("reason").asText())
        .isEqualTo("host hostA's agent has not reported");
    agent.close();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode gone = there;
    while (!gone.path("hosts").path(0).path("agent").asText().equals("away")
        && System.nanoTime() < deadline) {
      gone = json(send("GET", "/mirrors", ""));
    }
    assertThat(gone.path("hosts").path(0).path("agent").asText()).isEqualTo("away");
    assertThat(gone.path("services").path(0).path("reason").asText())
        .isEqualTo("host hostA's agent is away: it keeps what it was last told");
    assertThat(gone.path("services").path(0).path("advice").asText())
        .isEqualTo("start 'tapdeck agent' on hostA");
  }
}
