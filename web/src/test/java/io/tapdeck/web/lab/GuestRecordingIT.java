package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recordings of guests, for which the appliance makes mirrors: whatever becomes of the recording
 * and of the appliance, just those mirrors go, and no other.
 */
@Tag("lab")
class GuestRecordingIT {
  private static final List<String> HOSTS = List.of("host-a", "host-b");

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir private Path data;
  private final ApiClient api = new ApiClient();
  private final String id = UUID.randomUUID().toString();
  private final String recording = "/api/v1/recordings/" + id;
  private ServedAppliance appliance;
  private String wanted;
  private List<String> ours;

  @BeforeAll
  static void up() {
    lab = Lab.up();
    lab.lab("traffic", "start", "--seconds", "600");
    lab.activeService("deck", "host", "host-b");
    lab.activeFlow("others", "deck", "a1");
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @BeforeEach
  void serve() {
    wanted = lab.wanted();
    ours = lab.ours();
    appliance = ServedAppliance.start(lab, data);
    api.connect(appliance.address());
    api.signUp(appliance.code());
    awaitConnected();
  }

  private void serveAgain() {
    appliance = ServedAppliance.startAgain(lab, data);
    api.connect(appliance.address());
    awaitConnected();
  }

  private void awaitConnected() {
    Await.until("the northbound", () -> api.get("/api/v1/mirrors").path("connected").asBoolean());
  }

  @AfterEach
  void end() throws IOException {
    signalAgents("CONT");
    for (String pid : recorders()) {
      Command.run("kill", "-KILL", pid);
    }
    appliance.close();
  }

  private List<String> recorders() throws IOException {
    try (Stream<Path> found = Files.list(Path.of("/proc"))) {
      return found
          .map(directory -> directory.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .filter(pid -> words(pid).contains("--recording=" + id))
          .toList();
    }
  }

  private static List<String> words(String pid) {
    try {
      return List.of(Files.readString(Path.of("/proc", pid, "cmdline")).split("\0", -1));
    } catch (IOException gone) {
      return List.of();
    }
  }

  private static void signalAgents(String signal) throws IOException {
    for (String host : HOSTS) {
      Path pid = Path.of("/run", Lab.PREFIX, host, "agent.pid");
      Command.run("kill", "-" + signal, Files.readString(pid).strip());
    }
  }

  private String guest(String name) {
    for (JsonNode guest : api.get("/api/v1/mirrors").path("guests")) {
      if (guest.path("name").asText().equals(name)) {
        return guest.path("id").asText();
      }
    }
    throw new AssertionError("there is no guest " + name);
  }

  private String order(String more) {
    return "{\"name\":\"guest\",\"guest\":\"%s\"%s}".formatted(guest("a1"), more);
  }

  private JsonNode start(String more) {
    JsonNode started = api.send("PUT", recording, order(more));
    assertThat(started.path("state").asText()).as(started.toString()).isEqualTo("recording");
    assertThat(lab.wanted()).contains("rec-a1-").isNotEqualTo(wanted);
    return started;
  }

  private long figure(String name) {
    return api.get(recording).path("figures").path(name).asLong();
  }

  private String state() {
    return api.get(recording).path("state").asText();
  }

  /** Nothing is left of it, and nothing else was touched. */
  private void awaitMirrorsAsBefore() {
    Await.until("the mirror to be gone", () -> lab.wanted().equals(wanted));
    Await.until("the hosts to be as before", () -> lab.ours().equals(ours));
  }

  @Test
  void itsMirrorOutlivesTheApplianceAndGoesWhenTheRecordingIsStopped() {
    JsonNode started = start("");
    assertThat(started.path("guest").path("name").asText()).isEqualTo("a1");
    assertThat(started.path("mirror").path("flowIds")).hasSize(1);
    Await.until("packets to come", () -> figure("received") > 0);
    String mirrored = lab.wanted();
    appliance.kill();
    serveAgain();
    Await.until("it to be found again", () -> state().equals("recording"));
    long before = figure("received");
    Await.until("more packets to come", () -> figure("received") > before);
    assertThat(lab.wanted()).isEqualTo(mirrored);
    JsonNode ended = api.send("POST", recording + "/stop", "{}");
    assertThat(ended.path("state").asText()).isEqualTo("ended");
    assertThat(ended.path("interruptions").asLong()).isZero();
    assertThat(ended.path("segments").path("packets").asLong())
        .isEqualTo(ended.path("figures").path("written").asLong());
    awaitMirrorsAsBefore();
    api.ask("DELETE", recording, "");
    assertThat(api.get("/api/v1/recordings")).isEmpty();
  }

  @Test
  void aStoppedOneGoesOnWithItsMirrorMadeAnewAndItsFiguresAddUp() {
    start("");
    Await.until("packets to come", () -> figure("received") > 0);
    api.send("POST", recording + "/stop", "{}");
    awaitMirrorsAsBefore();
    Await.until(
        "its mirror to be known to be gone", () -> api.get(recording).path("mirror").isNull());
    long before = figure("written");
    JsonNode resumed = api.send("POST", recording + "/resume", "{}");
    assertThat(resumed.path("state").asText()).as(resumed.toString()).isEqualTo("recording");
    assertThat(lab.wanted()).contains("rec-a1-");
    Await.until("more packets to come", () -> figure("written") > before);
    JsonNode ended = api.send("POST", recording + "/stop", "{}");
    assertThat(ended.path("interruptions").asLong()).isZero();
    assertThat(ended.path("segments").path("packets").asLong())
        .isEqualTo(ended.path("figures").path("written").asLong());
    assertThat(ended.path("segments").path("count").asLong()).isEqualTo(2);
    awaitMirrorsAsBefore();
  }

  @Test
  void aRecordingThatReachedItsLimitWithoutTheApplianceLosesItsMirrorToTheNext()
      throws IOException {
    start(",\"stopAfterPackets\":3000");
    appliance.kill();
    Await.until(
        "the recorder to end",
        () -> {
          try {
            return recorders().isEmpty();
          } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
          }
        });
    assertThat(lab.wanted()).contains("rec-a1-");
    serveAgain();
    Await.until("it to have ended", () -> state().equals("ended"));
    assertThat(figure("written")).isEqualTo(3000);
    awaitMirrorsAsBefore();
  }

  @Test
  void whatTheRecorderRefusesLeavesNoMirror() {
    ApiClient.Answer refused = api.ask("PUT", recording, order(",\"filter\":\"no filter\""));
    assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
    assertThat(api.get("/api/v1/recordings")).isEmpty();
    awaitMirrorsAsBefore();
  }

  @Test
  void aMirrorThatDoesNotBecomeActiveIsTakenAwayAndToldWithItsReason() throws IOException {
    String order = order("");
    signalAgents("STOP");
    ApiClient.Answer late = api.ask("PUT", recording, order);
    assertThat(late.status()).as(late.body().toString()).isEqualTo(504);
    assertThat(late.body().path("detail").asText()).contains("agent has not reported");
    assertThat(lab.wanted()).isEqualTo(wanted);
    assertThat(api.get("/api/v1/recordings")).isEmpty();
    signalAgents("CONT");
    awaitMirrorsAsBefore();
  }

  @Test
  void aMirrorThatWasBeingMadeWhenTheApplianceWasKilledIsTakenAwayByTheNext() throws IOException {
    String order = order("");
    signalAgents("STOP");
    CompletableFuture<Void> broken =
        CompletableFuture.runAsync(() -> api.ask("PUT", recording, order));
    Await.until("the mirror to be begun", () -> lab.wanted().contains("rec-a1-"));
    appliance.kill();
    signalAgents("CONT");
    assertThat(broken).failsWithin(java.time.Duration.ofSeconds(20));
    serveAgain();
    Await.until("it to have ended", () -> state().equals("ended"));
    assertThat(api.get(recording).path("reason").asText()).contains("before the mirror was there");
    awaitMirrorsAsBefore();
  }
}
