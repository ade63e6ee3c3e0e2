package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.web.client.ServerTrust;
import io.tapdeck.web.job.JobLab;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to an appliance elsewhere, on one that is served with HTTPS. */
@Tag("lab")
class RemoteCommandsTest {
  private static final int FRAMES = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path data;
  @TempDir private Path here;

  private JobLab lab;
  private ServeProcess server;
  private String url;
  private String fingerprint;
  private Path operator;
  private Path viewer;
  private UUID recording;

  @BeforeEach
  void serveARecording() throws Exception {
    lab = new JobLab(data);
    recording = lab.record(lab.request());
    lab.send(FRAMES);
    lab.awaitWritten(recording, FRAMES);
    lab.letGo();
    server =
        ServeProcess.start(
            "--data",
            data.toString(),
            "--listen",
            "127.0.0.1:0",
            "--tls",
            "--northbound",
            "unix:/nowhere");
    String address = server.line();
    url = address.substring(address.indexOf("https"));
    String told = server.line();
    fingerprint = told.substring(told.lastIndexOf(' ') + 1);
    String code = server.line();
    makeTokens(code.substring(code.lastIndexOf(' ') + 1));
  }

  private void makeTokens(String code) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(ServerTrust.ofFingerprint(fingerprint)).build()) {
      HttpResponse<String> setUp =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/setup"))
                  .header("Content-Type", "application/json")
                  .POST(
                      BodyPublishers.ofString(
                          "{\"code\":\"%s\",\"user\":\"anna\",\"password\":\"correct horse\"}"
                              .formatted(code)))
                  .build(),
              BodyHandlers.ofString());
      assertThat(setUp.statusCode()).as(setUp.body()).isEqualTo(200);
      String cookie =
          setUp.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
      String csrf = JSON.readTree(setUp.body()).path("csrf").asText();
      operator = token(client, cookie, csrf, "operator");
      viewer = token(client, cookie, csrf, "viewer");
    }
  }

  private Path token(HttpClient client, String cookie, String csrf, String scope) throws Exception {
    HttpResponse<String> made =
        client.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1/tokens/" + UUID.randomUUID()))
                .header("Content-Type", "application/json")
                .header("Cookie", cookie)
                .header("X-CSRF-Token", csrf)
                .PUT(
                    BodyPublishers.ofString(
                        "{\"name\":\"%s\",\"scope\":\"%s\"}".formatted(scope, scope)))
                .build(),
            BodyHandlers.ofString());
    assertThat(made.statusCode()).as(made.body()).isBetween(200, 201);
    String secret = JSON.readTree(made.body()).path("secret").asText();
    return Files.writeString(here.resolve(scope + ".token"), secret + "\n");
  }

  @AfterEach
  void end() throws Exception {
    server.close();
    lab.close();
  }

  private record Ran(int status, String out, String err) {
    JsonNode json() throws Exception {
      return JSON.readTree(out);
    }
  }

  /**
   * Runs a command as whoever has the token, with these words about the appliance before others.
   */
  private static Ran run(List<String> about, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(about);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Tapdeck.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  private Ran as(Path token, String... words) {
    return run(
        List.of("--url", url, "--fingerprint", fingerprint, "--token-file", token.toString()),
        words);
  }

  private static Ran well(Ran ran) {
    assertThat(ran.status()).as(ran.err()).isEqualTo(ExitStatus.DONE);
    assertThat(ran.err()).isEmpty();
    return ran;
  }

  private static void assertRefused(Ran ran, String words) {
    assertThat(ran.status()).as(ran.err()).isEqualTo(ExitStatus.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(words).hasLineCount(1);
  }

  @Test
  void aRecordingIsStoppedDownloadedAndReplayedFromAfar() throws Exception {
    assertThat(well(as(viewer, "recording-list")).out())
        .contains("NAME", "far end", "recording", "" + recording);
    JsonNode shown = well(as(viewer, "recording-show", "far end", "--json")).json();
    assertThat(shown.path("figures").path("written").asLong()).isEqualTo(FRAMES);
    well(as(operator, "recording-download", "far end", "--current", "-o", here.toString()));
    assertThat(packets(here.resolve("so-far.pcap"))).isEqualTo(FRAMES);
    assertThat(well(as(operator, "recording-stop", "far end")).out()).contains("ended");

    JsonNode got =
        well(as(operator, "recording-download", "" + recording, "-o", here.toString(), "--json"))
            .json();
    assertThat(got).hasSize(1);
    Path file = Path.of(got.path(0).path("file").asText());
    assertThat(Files.mismatch(file, lab.directory(recording).resolve(file.getFileName())))
        .isEqualTo(-1);
    assertThat(well(as(operator, "recording-download", "far end", "-o", here.toString())).out())
        .contains("was here");

    long before = lab.received();
    Ran played =
        as(
            operator,
            "replay-start",
            "far end",
            "-i",
            VethLab.NEAR,
            "--netns",
            lab.near(),
            "--topspeed",
            "--loop",
            "3",
            "--map-mac",
            "02:00:00:00:00:01=02:00:00:00:00:09",
            "--unique",
            "all",
            "--wait",
            "--json");
    assertThat(well(played).json().path("figures").path("sent").asLong()).isEqualTo(3 * FRAMES);
    assertThat(lab.received() - before).isEqualTo(3 * FRAMES);
    JsonNode rewriting = played.json().path("rewriting");
    assertThat(rewriting.path("mapMac").path(0).asText())
        .isEqualTo("02:00:00:00:00:01=02:00:00:00:00:09");
    assertThat(rewriting.path("unique").asText()).isEqualTo("all");
    assertThat(rewriting.has("vlan")).isFalse();
    assertThat(well(as(viewer, "replay-list")).out()).contains("far end", "done");
  }

  @Test
  void aRecordingAndAReplayAreStartedAndStopped() throws Exception {
    well(as(operator, "recording-stop", "far end"));
    Ran started =
        as(
            operator,
            "recording-start",
            "by hand",
            "-i",
            VethLab.FAR,
            "--netns",
            lab.far(),
            "--direction",
            "in",
            "--keep-free",
            "1%",
            "--stop-after",
            "10p",
            "--json");
    JsonNode made = well(started).json();
    assertThat(made.path("stopAfterPackets").asLong()).isEqualTo(10);
    assertThat(made.path("direction").asText()).isEqualTo("in");
    assertThat(made.path("keepFree").asInt()).isEqualTo(1);
    assertThat(made.path("rotateSize").asLong()).isEqualTo(1L << 30);
    assertThat(made.path("filter").asText()).isEmpty();
    Ran playing =
        well(
            as(
                operator,
                "replay-start",
                "far end",
                "-i",
                VethLab.NEAR,
                "--netns",
                lab.near(),
                "--pps",
                "100",
                "--loop",
                "0"));
    assertThat(playing.out()).contains("playing");
    VethLab.await(
        () -> well(as(viewer, "recording-show", "by hand")).out().contains("state:     ended"),
        "its limit ends it");
    assertThat(well(as(viewer, "recording-show", "by hand")).out())
        .containsPattern("written: +10\n");
    assertThat(well(as(operator, "replay-stop", "far end")).out()).contains("stopped");
    assertThat(well(as(viewer, "replay-show", "far end")).out()).contains("stopped");
  }

  @Test
  void whatIsRefusedSaysWhatToDo() {
    assertRefused(as(viewer, "recording-stop", "far end"), "needs the role operator");
    assertRefused(
        as(viewer, "recording-download", "far end", "--current", "-o", here.toString()),
        "needs the role analyst");
    assertRefused(as(viewer, "recording-show", "another"), "see 'tapdeck recording-list'");
    assertRefused(
        as(operator, "recording-start", "both", "-i", "eth0", "--guest", "g"), "either -i IFACE");
    assertRefused(
        as(operator, "replay-start", "far end", "-i", "absent0"), "no interface 'absent0'");
    assertRefused(
        as(operator, "replay-start", "far end", "-i", VethLab.NEAR, "--vlan", "turn"), "turn");
    assertThat(here).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void nobodyIsToldATokenWhoIsNotTheAppliance() {
    List<String> token = List.of("--token-file", viewer.toString());
    List<String> unknown = List.of("--url", url);
    assertRefused(run(concat(token, unknown), "recording-list"), "is not trusted");
    List<String> wrong =
        List.of("--url", url, "--fingerprint", fingerprint.replaceAll("[0-9A-F]", "A"));
    assertRefused(run(concat(token, wrong), "recording-list"), "another fingerprint");
    List<String> given =
        List.of("--url", url, "--ca", data.resolve("tls/certificate.pem").toString());
    well(run(concat(token, given), "recording-list"));
    assertRefused(
        run(concat(token, List.of("--url", "http://192.0.2.1:8080")), "recording-list"),
        "others on the network would read the API token");
    assertRefused(
        run(concat(token, List.of("--url", "https://127.0.0.1:1")), "recording-list"),
        "does not answer");
    assertRefused(
        run(List.of("--url", url, "--fingerprint", fingerprint), "recording-list"),
        "an API token is needed");
  }

  private static List<String> concat(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private static long packets(Path file) {
    String row = VethLab.run("capinfos", "-TMrc", file.toString());
    return Long.parseLong(row.split("\t", -1)[1].strip());
  }
}
