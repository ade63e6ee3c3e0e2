package io.tapdeck.web.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/** An appliance that has something of everything, so that each view has something to show. */
final class StockedAppliance implements AutoCloseable {
  private final ApiClient api = new ApiClient();
  private final PageLab all;
  private final Veth veth;
  private final String ended = UUID.randomUUID().toString();
  private final String running = UUID.randomUUID().toString();
  private final String played = UUID.randomUUID().toString();
  private final String playing = UUID.randomUUID().toString();
  private final String schedule = UUID.randomUUID().toString();

  /** Makes all of it; replays go to the veth. */
  StockedAppliance(PageLab all, Veth veth) {
    this.all = all;
    this.veth = veth;
    api.connect(all.appliance.address());
    api.signIn(PageLab.USER, PageLab.PASSWORD);
    mirrors();
    recordings();
    replays();
    people();
  }

  /** A recording that has ended, with several files, the first of which is protected. */
  String ended() {
    return ended;
  }

  /** One that goes on. */
  String running() {
    return running;
  }

  /** A replay that has ended. */
  String played() {
    return played;
  }

  /** One that goes on. */
  String playing() {
    return playing;
  }

  private void mirrors() {
    all.lab.tapdeck("tap-service-create", "archive", "--type", "host", "--target-id", "host-b");
    all.lab.tapdeck(
        "tap-flow-create", "guest-b1", "--type", "vnic", "--tap-id", "archive", "--guest-id", "b1");
    all.lab.activeFlow("web-a2", "deck", "a2", "--filter", "accept proto tcp", "--truncate", "128");
  }

  private void recordings() {
    record(ended, "Names looked up by a1", ",\"filter\":\"udp\",\"rotateEvery\":\"PT2S\"");
    Await.until("three files", () -> segments(ended) >= 3);
    api.send("POST", "/api/v1/recordings/" + ended + "/stop", "{}");
    String first =
        api.get("/api/v1/recordings/" + ended + "/segments").path(0).path("number").asText();
    api.send(
        "PUT",
        "/api/v1/recordings/%s/segments/%s/protection".formatted(ended, first),
        "{\"protected\":true}");
    record(running, "All of guest a1", ",\"rotateEvery\":\"PT5S\",\"keepBytes\":1073741824");
    Await.until("a file", () -> segments(running) >= 1);
    String template = UUID.randomUUID().toString();
    api.send(
        "PUT",
        "/api/v1/recording_templates/" + template,
        "{\"name\":\"Web traffic for a week\",\"settings\":{\"filter\":\"tcp port 80 or tcp port"
            + " 443\",\"rotateSize\":1073741824,\"rotateEvery\":\"PT1M\",\"keepAge\":\"PT168H\"}}");
    schedule(
        "Nights",
        schedule,
        template,
        "[\"MONDAY\",\"TUESDAY\",\"WEDNESDAY\",\"THURSDAY\",\"FRIDAY\",\"SATURDAY\",\"SUNDAY\"]",
        "00:00",
        "00:00");
    schedule(
        "Weekend",
        UUID.randomUUID().toString(),
        template,
        "[\"SATURDAY\",\"SUNDAY\"]",
        "22:00",
        "06:00");
  }

  private void record(String id, String name, String settings) {
    api.send(
        "PUT",
        "/api/v1/recordings/" + id,
        "{\"name\":\"%s\",\"interface\":\"%s\",\"netns\":\"%s\",\"rotateSize\":1073741824%s}"
            .formatted(name, all.nic, Lab.namespace("host-b"), settings));
  }

  private void schedule(
      String name, String id, String template, String days, String from, String to) {
    api.send(
        "PUT",
        "/api/v1/recording_schedules/" + id,
        "{\"name\":\"%s\",\"interface\":\"%s\",\"netns\":\"%s\",\"template\":\"%s\",\"timetable\":{\"weekly\":{\"days\":%s,\"from\":\"%s\",\"to\":\"%s\",\"zone\":\"Europe/Berlin\"}}}"
            .formatted(name, all.nic, Lab.namespace("host-b"), template, days, from, to));
  }

  private void replays() {
    replay(played, "\"loops\":1,\"pace\":{\"pps\":500}");
    Await.until("it to be played", () -> replay(played).path("state").asText().equals("done"));
    replay(playing, "\"loops\":0,\"pace\":{\"pps\":1000},\"rewriting\":{\"vlan\":\"add,id=7\"}");
  }

  private void replay(String id, String how) {
    api.send(
        "PUT",
        "/api/v1/replays/" + id,
        "{\"recording\":\"%s\",\"interface\":\"%s\",\"netns\":\"%s\",%s}"
            .formatted(ended, Veth.NEAR, veth.near(), how));
  }

  private void people() {
    api.send(
        "PUT",
        "/api/v1/users/ina",
        "{\"role\":\"analyst\",\"password\":\"%s\"}".formatted(PageLab.PASSWORD));
    api.send(
        "PUT",
        "/api/v1/replay_targets",
        "{\"interfaces\":[{\"interface\":\"%s\",\"netns\":\"%s\"}]}"
            .formatted(Veth.NEAR, veth.near()));
    api.send(
        "PUT",
        "/api/v1/tokens/" + UUID.randomUUID(),
        "{\"name\":\"nightly download\",\"scope\":\"analyst\"}");
  }

  private long segments(String recording) {
    return api.get("/api/v1/recordings/" + recording).path("segments").path("count").asLong();
  }

  private JsonNode replay(String id) {
    return api.get("/api/v1/replays/" + id);
  }

  /** Nothing goes on: a recorder would outlive the lab, and wait for its interface. */
  @Override
  public void close() {
    api.send("DELETE", "/api/v1/recording_schedules/" + schedule, "{}");
    api.send("POST", "/api/v1/replays/" + playing + "/stop", "{}");
    for (JsonNode recording : api.get("/api/v1/recordings")) {
      api.send("POST", "/api/v1/recordings/" + recording.path("id").asText() + "/stop", "{}");
    }
  }
}
