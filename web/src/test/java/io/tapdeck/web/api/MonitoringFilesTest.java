package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alert rules name metrics, and states, that an appliance exports. */
class MonitoringFilesTest {
  private static final Path ALERTS = Path.of("src/monitoring/tapdeck-alerts.yml");
  private static final Path DASHBOARD = Path.of("src/monitoring/tapdeck-dashboard.json");
  private static final Pattern METRIC = Pattern.compile("\\btapdeck_[a-z0-9_]+");
  private static final Pattern IN_STATE =
      Pattern.compile("(tapdeck_\\w+)\\{[^}]*\\bstate=~?\\\\?\"([a-z|]+)\\\\?\"");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ID = "6f1c1d2e-0000-4000-8000-00000000000";

  private static final String RECORDING =
      """
      {"format": 1, "id": "%1$s1", "createdAt": "2026-01-01T00:00:00Z", "createdBy": "anna",
       "request": {"name": "night", "interface": "lo", "filter": "", "direction": "auto",
                   "snaplen": 262144, "rotateSize": 1073741824},
       "source": {"interface": "lo"},
       "course": {"wanted": false, "since": "2026-01-01T00:00:00Z",
                  "endedAt": "2026-01-01T00:01:00Z", "lastWords": "", "interruptions": 0,
                  "runs": []}}
      """
          .formatted(ID);

  private static final String REPLAY =
      """
      {"format": 1, "id": "%1$s2", "createdAt": "2026-01-01T00:02:00Z", "createdBy": "anna",
       "request": {"recording": "%1$s1", "interface": "lo", "pace": {"speed": 1}, "loops": 1},
       "recordingName": "night", "segments": [1], "total": 0, "endedAt": "2026-01-01T00:03:00Z",
       "state": "done", "reason": "", "at": "2026-01-01T00:03:00Z",
       "figures": {"read": 0, "sent": 0, "sentBytes": 0, "skipped": 0, "failed": 0, "filtered": 0,
                   "elapsedSeconds": 0}}
      """
          .formatted(ID);

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  MonitoringFilesTest() {}

  private static Set<String> metricsIn(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachMetricAndStateThatTheyNameIsExported() throws Exception {
    String alerts = Files.readString(ALERTS);
    String dashboard = Files.readString(DASHBOARD);
    assertThat(new ObjectMapper().readTree(dashboard).path("panels").size()).isGreaterThan(10);
    String exported = exported();
    Set<String> names = new TreeSet<>();
    exported
        .lines()
        .filter(line -> line.startsWith("tapdeck_"))
        .forEach(line -> names.add(line.replaceFirst("[{ ].*", "")));
    assertThat(metricsIn(alerts)).hasSizeGreaterThan(10).isSubsetOf(names);
    assertThat(metricsIn(dashboard)).hasSizeGreaterThan(15).isSubsetOf(names);
    int states = 0;
    for (Matcher named = IN_STATE.matcher(alerts + dashboard); named.find(); ) {
      for (String state : named.group(2).split("\\|", -1)) {
        assertThat(exported).containsPattern(named.group(1) + "\\{.*state=\"" + state + "\"[,}]");
        states++;
      }
    }
    assertThat(states).isGreaterThanOrEqualTo(6);
  }

  /** All that an appliance with a recording, a replay and a mirror exports. */
  private String exported() throws Exception {
    write("recordings", "1", "recording.json", RECORDING);
    write("replays", "2", "job.json", REPLAY);
    NorthboundServer server = new NorthboundServer(data);
    try (Northbound agent = Northbound.open(server.start(), PATIENCE, () -> {});
        Appliance appliance = new Appliance(data, server.endpoint())) {
      assertThat(agent.speakFor("hostA", PATIENCE)).isTrue();
      new HostReports(agent, "hostA")
          .publish(
              new Host(new UUID(0, 0), "hostA", "198.18.0.1", 1600, ""),
              new Inventory(
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(new Wire("hostA", "tenant", "br-int", Set.of()))));
      ApiCalls api = new ApiCalls(appliance);
      made(
          api,
          "PUT /tap_services/" + ID + "3",
          "{\"name\":\"deck\",\"type\":\"host\",\"targetId\":\"hostA\"}");
      made(
          api,
          "PUT /tap_flows/" + ID + "4",
          "{\"name\":\"net\",\"type\":\"vswitch\",\"tapId\":\"deck\",\"hostId\":\"hostA\",\"wireId\":\"tenant\"}");
      return api.as(Role.VIEWER, "GET //metrics", "").body();
    } finally {
      server.stop();
    }
  }

  /** Done once the northbound has told what it needs. */
  private static void made(ApiCalls api, String methodAndPath, String body) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = api.as(Role.OPERATOR, methodAndPath, body);
    while (answer.status() != 201 && System.nanoTime() < deadline) {
      Thread.sleep(20);
      answer = api.as(Role.OPERATOR, methodAndPath, body);
    }
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  private void write(String kind, String number, String file, String content) throws IOException {
    Path directory = Files.createDirectories(data.resolve(kind).resolve(ID + number));
    assertThat(Files.writeString(directory.resolve(file), content)).exists();
  }
}
