package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An appliance that root starts: what serves has no privilege, and all works all the same. */
@Tag("lab")
@Timeout(240)
class PrivilegesIT {
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();

  /** What it takes to run the command, below the root of the project. */
  private static final List<String> PROGRAM =
      List.of("scripts/tapdeck", "scripts/jdk", "web/target/tapdeck.jar", "web/target/tapdeck.aot");

  private static final String ACCOUNT = "tapdeck";
  private static final int FRAMES = NumberedCapture.FRAMES;
  private static final int FRAME_BYTES = NumberedCapture.FRAME_BYTES;

  /** CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_NICE, as the kernel writes them. */
  private static final String OF_A_RECORDER = "0000000000803000";

  private static final String NONE = "0000000000000000";

  /**
   * Sends messages, framed, each on a connection of its own, and prints the first word answered.
   */
  private static final String ORDERS =
      """
      import socket, struct, sys
      def ask(words):
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        text = b''.join(w.encode() + bytes(1) for w in words.split('|'))
        s.sendall(struct.pack('>i', len(text)) + text)
        head = s.recv(4, socket.MSG_WAITALL)
        if not head: return 'closed'
        return s.recv(struct.unpack('>i', head)[0], socket.MSG_WAITALL).split(bytes(1))[0].decode()
      for words in sys.argv[2:]:
        try:
          print(ask(words))
        except PermissionError:
          print('no way')
        except (BrokenPipeError, ConnectionResetError):
          print('closed')
      """;

  /** The account reaches it wherever the project is, which may be in a home of root's. */
  @TempDir private static Path installed;

  @TempDir private Path directory;
  private Path data;
  private Veth veth;
  private final ApiClient api = new ApiClient();

  @BeforeAll
  static void install() throws IOException {
    ServedAppliance.letPass(installed);
    for (String directory : List.of("scripts", "web", "web/target")) {
      ServedAppliance.letPass(Files.createDirectory(installed.resolve(directory)));
    }
    for (String part : PROGRAM) {
      Path from = SCRIPTS.resolveSibling(part);
      if (Files.exists(from)) {
        Path to = Files.copy(from, installed.resolve(part), StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  private static String program() {
    return installed.resolve("scripts/tapdeck").toString();
  }

  @BeforeEach
  void make() {
    Command.run(SCRIPTS.resolve("account").toString());
    ServedAppliance.letPass(directory);
    data = directory.resolve("data");
    veth = new Veth();
  }

  @AfterEach
  void remove() {
    for (String pid : jobs()) {
      Command.run("kill", pid);
    }
    Await.until("the recorders to end", () -> jobs().isEmpty());
    Command.run(program(), "northbound", "stop", "--data", data.toString());
    veth.close();
  }

  @Test
  void theServerHasNoPrivilegeAndARecorderJustThoseThatItNeeds() throws Exception {
    try (Command serve = serve()) {
      signUp(serve);
      assertConfined(server(serve), NONE);
      JsonNode privileges = api.get("/api/v1/about").path("privileges");
      assertThat(privileges.path("separated").asBoolean()).isTrue();
      JsonNode part = privileges.path("parts").path(0);
      assertThat(part.path("name").asText()).isEqualTo("server");
      assertThat(part.path("user").asText()).isEqualTo(ACCOUNT);
      assertThat(part.path("capabilities")).isEmpty();

      String recording = record();
      assertConfined(onlyJob(), OF_A_RECORDER);
      play(1);
      Await.until("all to be written", () -> written(recording) == FRAMES);
      JsonNode ended = api.send("POST", recording + "/stop", "{}");
      assertThat(ended.path("figures").path("received").asLong()).isEqualTo(FRAMES);
      assertThat(ended.path("figures").path("droppedKernel").asLong()).isZero();

      JsonNode segments = api.get(recording + "/segments");
      assertThat(segments).hasSize(1);
      String file = recording + "/segments/" + segments.path(0).path("number").asInt() + "/file";
      assertThat(api.download(file))
          .hasSize(
              PcapFormat.FILE_HEADER_LENGTH
                  + FRAMES * (PcapFormat.RECORD_HEADER_LENGTH + FRAME_BYTES));
      assertThat(notOf(ACCOUNT)).isEmpty();
      api.send("DELETE", recording, "");
      assertThat(data.resolve("recordings")).isEmptyDirectory();
      assertThat(status(northbound()).get("Uid")).isEqualTo(uid());
      end(serve);
    }
  }

  @Test
  void interfacesAndTheDoctorSeeIntoNamespacesForAServerThatCannot() throws Exception {
    try (Command serve = serve()) {
      signUp(serve);
      List<String> seen = new ArrayList<>();
      for (JsonNode nic : api.get("/api/v1/interfaces")) {
        seen.add(nic.path("netns").asText() + " " + nic.path("name").asText());
      }
      assertThat(seen).contains(veth.near() + " " + Veth.NEAR, "null lo");
      JsonNode report = api.get("/api/v1/doctor?interface=" + Veth.NEAR + "&netns=" + veth.near());
      assertThat(report.path("findings").findValuesAsText("subject"))
          .contains("interface " + Veth.NEAR + " in network namespace " + veth.near());
      for (JsonNode finding : report.path("findings")) {
        if (finding.path("check").asText().equals("privileges")) {
          assertThat(finding.path("grade").asText()).isEqualTo("good");
        }
      }
      ApiClient.Answer refused =
          api.ask(
              "PUT",
              "/api/v1/recordings/" + UUID.randomUUID(),
              order(Veth.NEAR, "no-such-namespace"));
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.body().path("detail").asText()).contains("no network namespace");
      end(serve);
    }
  }

  @Test
  void whicheverProcessIsKilledTheRecordingGoesOnAndIsFoundAgain() throws Exception {
    String recording;
    String recorder;
    String left;
    try (Command first = serve()) {
      signUp(first);
      recording = record();
      recorder = onlyJob();
      String server = server(first);
      Command.run("kill", "-KILL", server);
      assertThat(first.await().status()).isEqualTo(137);
    }
    play(1);
    try (Command second = serve()) {
      Await.until("it to be found again", () -> written(recording) == FRAMES);
      String server = server(second);
      left = "tapdeck-" + second.pid() + "-";
      second.signal("KILL");
      assertThat(second.await().status()).isEqualTo(137);
      Await.until("the server to have ended", () -> !Files.exists(Path.of("/proc", server)));
    }
    play(1);
    try (Command third = serve()) {
      Await.until("it to be found again", () -> written(recording) == 2 * FRAMES);
      assertThat(onlyJob()).isEqualTo(recorder);
      JsonNode ended = api.send("POST", recording + "/stop", "{}");
      assertThat(ended.path("interruptions").asLong()).isZero();
      assertThat(ended.path("figures").path("received").asLong()).isEqualTo(2L * FRAMES);
      end(third);
    }
    assertThat(Path.of("/run").toFile().list((run, name) -> name.startsWith(left))).isEmpty();
  }

  @Test
  void whatRootRecordedBeforeIsTheAccountsFromThenOn() throws Exception {
    String recording;
    try (Command whole = serve("--user=root")) {
      signUp(whole);
      assertThat(api.get("/api/v1/about").path("privileges").path("separated").asBoolean())
          .isFalse();
      recording = record();
      play(1);
      Await.until("all to be written", () -> written(recording) == FRAMES);
      api.send("POST", recording + "/stop", "{}");
      end(whole);
    }
    assertThat(notOf("root")).isEmpty();
    try (Command apart = serve()) {
      assertConfined(server(apart), NONE);
      assertThat(notOf(ACCOUNT)).isEmpty();
      assertThat(api.send("POST", recording + "/resume", "{}").path("state").asText())
          .isEqualTo("recording");
      play(1);
      Await.until("more to be written", () -> written(recording) == 2 * FRAMES);
      api.send("POST", recording + "/stop", "{}");
      api.send("DELETE", recording, "");
      end(apart);
    }
  }

  @Test
  void ordersThatLeadElsewhereAreRefusedAndTheNextIsObeyed() throws Exception {
    try (Command serve = serve()) {
      signUp(serve);
      Path socket = orders(serve);
      String link = UUID.randomUUID().toString();
      Path place = data.resolve("recordings").resolve(link);
      as(ACCOUNT, "ln", "-s", directory.toString(), place.toString());
      String id = UUID.randomUUID().toString();
      List<String> answers =
          ask(
              ACCOUNT,
              socket,
              "record|" + link + "||0|1|--interface=lo",
              "record|" + id + "||0|1|--interface=lo",
              "record|../../etc||0|1|--interface=lo",
              "record|" + id + "||0|2|--interface=lo|--output=/etc",
              "replay|" + id + "|" + link + "|1|/etc/passwd|1|--interface=lo",
              "exec|/bin/sh",
              "interfaces");
      assertThat(answers)
          .containsExactly(
              "refused", "refused", "refused", "refused", "refused", "refused", "interfaces");
      assertThat(ask("nobody", socket, "interfaces")).containsExactly("no way");
      assertThat(ask("root", socket, "interfaces")).containsExactly("closed");
      assertThat(jobs()).isEmpty();
      Files.delete(place);
      record();
      assertConfined(onlyJob(), OF_A_RECORDER);
      end(serve);
    }
  }

  @Test
  void aPlayerPlaysAllAndNotWhereSomebodyElseRecords() throws Exception {
    try (Command serve = serve()) {
      signUp(serve);
      String recording = record();
      play(1);
      Await.until("all to be written", () -> written(recording) == FRAMES);
      api.send("POST", recording + "/stop", "{}");
      String source = recording.substring(recording.lastIndexOf('/') + 1);
      String order =
          """
          {"recording":"%s","interface":"%s","netns":"%s","pace":{"pps":5000},"loops":1,
           "delivery":{"verify":true,"receivers":["far0@%s"]}}
          """
              .formatted(source, Veth.NEAR, veth.near(), veth.far());
      Path other = Files.createDirectory(directory.resolve("other"));
      try (Command recorder =
          tapdeck(
              "record",
              "--interface=" + Veth.NEAR,
              "--netns=" + veth.near(),
              "--output=" + other)) {
        recorder.awaitOutput(text -> text.contains(Veth.NEAR));
        ApiClient.Answer refused = api.ask("PUT", "/api/v1/replays/" + UUID.randomUUID(), order);
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
        assertThat(refused.body().path("detail").asText())
            .contains("is being recorded by process " + recorder.pid());
        recorder.signal("TERM");
        recorder.await();
      }
      String replay = "/api/v1/replays/" + UUID.randomUUID();
      api.send("PUT", replay, order);
      Await.until("it to be played", () -> api.get(replay).path("state").asText().equals("done"));
      assertThat(api.get(replay).path("figures").path("sent").asLong()).isEqualTo(FRAMES);
      assertThat(api.get(replay).path("report").path("verified").findValuesAsText("proven"))
          .isNotEmpty()
          .containsOnly("true");
      end(serve);
    }
  }

  @Test
  void anAccountThatIsNotThereIsRefusedWithWhatToDo() {
    Command.Result refused =
        tapdeck("serve", "--user=no-such-account", "--data=" + data, "--listen=127.0.0.1:0")
            .await();
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("useradd --system");
    assertThat(data).doesNotExist();
  }

  private static Command tapdeck(String... words) {
    return Command.start(Map.of(), Stream.concat(Stream.of(program()), Stream.of(words)).toList());
  }

  private Command serve(String... options) {
    List<String> words = new ArrayList<>(List.of("serve", "--listen=127.0.0.1:0"));
    words.add("--data=" + data);
    words.addAll(List.of(options));
    Command command = tapdeck(words.toArray(String[]::new));
    Pattern pattern = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    command.awaitOutput(text -> pattern.matcher(text).find());
    Matcher found = pattern.matcher(command.out());
    assertThat(found.find()).isTrue();
    api.connect(found.group());
    return command;
  }

  private static void end(Command serve) {
    serve.signal("TERM");
    assertThat(serve.await().status()).isZero();
  }

  private void signUp(Command serve) {
    serve.awaitOutput(text -> text.contains("into the page: "));
    api.signUp(serve.out().replaceAll("(?s).*into the page: (\\S+).*", "$1"));
  }

  private String record() {
    String recording = "/api/v1/recordings/" + UUID.randomUUID();
    JsonNode made = api.send("PUT", recording, order(Veth.NEAR, veth.near()));
    assertThat(made.path("state").asText()).as(made.toString()).isEqualTo("recording");
    return recording;
  }

  private static String order(String nic, String netns) {
    return "{\"name\":\"all\",\"interface\":\"%s\",\"netns\":\"%s\",\"snaplen\":2000}"
        .formatted(nic, netns);
  }

  private void play(int loops) throws IOException {
    try (Command sender =
        tapdeck(
            "replay",
            "--interface=" + veth.farInterface(),
            "--netns=" + veth.far(),
            "--pps=5000",
            "--loop=" + loops,
            NumberedCapture.write(directory).toString())) {
      assertThat(sender.await().status()).isZero();
    }
  }

  private long written(String recording) {
    return api.get(recording).path("figures").path("written").asLong();
  }

  private List<String> jobs() {
    return Command.start(Map.of(), List.of("pgrep", "-f", "--", "control=" + data + "/re"))
        .await()
        .lines();
  }

  private String onlyJob() {
    List<String> jobs = jobs();
    assertThat(jobs).hasSize(1);
    return jobs.getFirst();
  }

  private String northbound() throws IOException {
    return Files.readString(data.resolve("northbound.pid")).strip();
  }

  /** The process that serves, which the one that was started has started. */
  private static String server(Command serve) {
    List<String> children =
        Command.run("pgrep", "-P", Long.toString(serve.pid()), "-f", "tapdeck.* serve ").lines();
    assertThat(children).hasSize(1);
    return children.getFirst();
  }

  private static Path orders(Command serve) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/run"))) {
      return all.filter(one -> one.getFileName().toString().startsWith("tapdeck-" + serve.pid()))
          .findFirst()
          .orElseThrow()
          .resolve("orders.sock");
    }
  }

  private static void as(String user, String... words) {
    List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=" + user));
    all.addAll(List.of("--regid=" + (user.equals("nobody") ? "nogroup" : user), "--clear-groups"));
    all.addAll(List.of(words));
    Command.run(Map.of(), all);
  }

  private static List<String> ask(String user, Path socket, String... orders) {
    List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=" + user));
    all.addAll(List.of("--regid=" + (user.equals("nobody") ? "nogroup" : user), "--clear-groups"));
    all.addAll(List.of("/usr/bin/python3", "-c", ORDERS, socket.toString()));
    all.addAll(List.of(orders));
    return Command.run(Map.of(), all).lines();
  }

  private static String uid() {
    String uid = Command.run("id", "-u", ACCOUNT).out().strip();
    return String.join("\t", uid, uid, uid, uid);
  }

  /** It runs under the account, with these capabilities, and can come to no others. */
  private static void assertConfined(String pid, String capabilities) throws IOException {
    Map<String, String> status = status(pid);
    assertThat(status.get("Uid")).isEqualTo(uid());
    assertThat(uid()).doesNotStartWith("0");
    assertThat(status.get("Groups")).isEmpty();
    assertThat(status.get("NoNewPrivs")).isEqualTo("1");
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      assertThat(status.get(set)).as(set).isEqualTo(capabilities);
    }
  }

  private static Map<String, String> status(String pid) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      String[] field = line.split(":", 2);
      fields.put(field[0], field[1].strip());
    }
    return fields;
  }

  /** Files of the data directory that are another's. */
  private List<String> notOf(String user) {
    return Command.run("find", data.toString(), "!", "-user", user).lines();
  }
}
