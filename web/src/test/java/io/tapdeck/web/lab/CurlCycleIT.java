package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that a program does with an appliance, by curl alone: from a mirror to its end. */
@Tag("lab")
@Timeout(180)
class CurlCycleIT {
  private static final int COUNT = 2_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private final String service = "/tap_services/" + UUID.randomUUID();
  private final String flow = "/tap_flows/" + UUID.randomUUID();
  private final UUID recordingId = UUID.randomUUID();
  private final String recording = "/recordings/" + recordingId;
  private final String replay = "/replays/" + UUID.randomUUID();

  @Test
  void aGuestIsMirroredRecordedDownloadedReplayedAndNothingIsLeft() throws IOException {
    Path data = directory.resolve("data");
    try (Lab lab = Lab.up();
        Veth veth = new Veth();
        ServedAppliance appliance = ServedAppliance.start(lab, data)) {
      Curl curl = new Curl(appliance.address(), token(appliance), directory);
      mirror(curl);
      record(curl);
      send(lab, curl);
      JsonNode ended = curl.post(recording + "/stop");
      assertThat(ended.at("/figures/received").asLong()).isEqualTo(COUNT);
      assertThat(ended.at("/figures/written").asLong()).isEqualTo(COUNT);
      assertThat(ended.at("/figures/droppedKernel").asLong()).isZero();
      List<Path> files = download(curl);
      assertThat(Judge.frames(files, "src host 198.19.0.11 and udp port 7777")).hasSize(COUNT);
      replay(curl, veth, files);
      Command.run(Playing.TAPDECK.toString(), "files", "check", data.toString());
      curl.delete(replay);
      curl.delete(recording);
      curl.delete(flow);
      curl.delete(service);
      assertThat(data.resolve("recordings").resolve(recordingId.toString())).doesNotExist();
      Await.until("nothing of the mirror to be left", () -> lab.ours().isEmpty());
      Command.run(Playing.TAPDECK.toString(), "files", "check", data.toString());
    }
  }

  /** People make tokens, in a session; programs cannot. */
  private static String token(ServedAppliance appliance) {
    ApiClient ada = new ApiClient();
    ada.connect(appliance.address());
    ada.signUp(appliance.code());
    return ada.send(
            "PUT",
            "/api/v1/tokens/" + UUID.randomUUID(),
            "{\"name\":\"cycle\",\"scope\":\"operator\"}")
        .path("secret")
        .asText();
  }

  private void mirror(Curl curl) {
    curl.put(service, "{\"name\":\"deck\",\"type\":\"host\",\"targetId\":\"host-b\"}");
    curl.post(service + "/enable");
    String guest = "";
    for (JsonNode one : curl.get("/mirrors").path("guests")) {
      guest = one.path("name").asText().equals("a1") ? one.path("id").asText() : guest;
    }
    curl.put(
        flow,
        """
        {"name":"a1","type":"vnic","tapId":"%s","guestId":"%s","direction":"OUT"}\
        """
            .formatted(service.replaceFirst(".*/", ""), guest));
    Await.until(
        "the flow to be active", () -> curl.get(flow).path("state").asText().equals("active"));
  }

  /** Several files: one for each 500 packets. */
  private void record(Curl curl) {
    curl.put(
        recording,
        """
        {"name":"a1","interface":"%s","netns":"%s","filter":"udp port 7777","rotateSize":131072,"snaplen":2000}\
        """
            .formatted(curl.get(service).path("nic").asText(), Lab.namespace("host-b")));
    Await.until(
        "it to record", () -> curl.get(recording).path("state").asText().equals("recording"));
  }

  private void send(Lab lab, Curl curl) {
    JsonNode sent =
        lab.lab("traffic", "numbered", "a1", "b1", "--count", "" + COUNT, "--pps", "1000").json();
    assertThat(sent.path("sent").asInt()).isEqualTo(COUNT);
    Await.until(
        "all to be received", () -> curl.get(recording).at("/figures/received").asLong() >= COUNT);
  }

  /** Each file is the one on disk, has what its entry says, and is found to be whole. */
  private List<Path> download(Curl curl) throws IOException {
    Path into = Files.createDirectory(directory.resolve("downloads"));
    List<Path> files = new ArrayList<>();
    long packets = 0;
    for (JsonNode segment : curl.get(recording + "/segments")) {
      String path = recording + "/segments/" + segment.path("number").asText();
      Path file = curl.download(path + "/file", into);
      assertThat(file.getFileName()).hasToString(segment.path("storedFile").asText());
      Judge.Facts facts = Judge.facts(file);
      assertThat(facts.packets()).isEqualTo(segment.path("packets").asLong());
      assertThat(facts.dataBytes()).isEqualTo(segment.path("frameBytes").asLong());
      assertThat(Files.size(file)).isEqualTo(segment.path("storedBytes").asLong());
      assertThat(curl.events(path + "/verification"))
          .contains("event: verdict")
          .anyMatch(line -> line.startsWith("data: ") && line.contains("\"state\":\"ok\""));
      packets += facts.packets();
      files.add(file);
    }
    assertThat(files).hasSizeGreaterThan(1);
    assertThat(packets).isEqualTo(COUNT);
    return files;
  }

  private void replay(Curl curl, Veth veth, List<Path> files) {
    Path arrived = directory.resolve("arrived.pcap");
    try (Command tcpdump = veth.capture(arrived)) {
      curl.put(
          replay,
          """
          {"recording":"%s","interface":"%s","netns":"%s","pace":{"pps":5000}}\
          """
              .formatted(recordingId, Veth.NEAR, veth.near()));
      Await.until("it to be played", () -> curl.get(replay).path("state").asText().equals("done"));
      JsonNode report = curl.get(replay).path("report");
      assertThat(report.path("read").asLong()).isEqualTo(COUNT);
      assertThat(report.path("sent").asLong()).isEqualTo(COUNT);
      Await.until("all to arrive", () -> Judge.frames(List.of(arrived), "").size() >= COUNT);
      tcpdump.signal("INT");
      assertThat(tcpdump.await().status()).isZero();
    }
    assertThat(Judge.frames(List.of(arrived), "")).isEqualTo(Judge.frames(files, ""));
  }
}
