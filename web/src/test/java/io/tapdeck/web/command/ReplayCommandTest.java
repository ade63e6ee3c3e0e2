package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.web.control.ControlClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tapdeck replay} as a process, judged at the other end of the wire. */
@Tag("lab")
class ReplayCommandTest {
  private static final int LENGTH = 100;

  /** The kernel reads an interface's name up to the colon. */
  private static final String LABELLED = VethLab.NEAR + ":x";

  private static final String ALTERNATIVE = "tdr-other";

  @TempDir Path directory = Path.of("");

  private VethLab lab;

  @SuppressWarnings("NullAway.Init") // set before each test
  ReplayCommandTest() {}

  @BeforeEach
  void buildLab() {
    lab = new VethLab();
  }

  @AfterEach
  void removeLab() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--topspeed", "--speed=10", "--pps=50000", "--mbps=40"})
  void theFarEndReceivesExactlyTheFramesOfAllFilesInOrder(String pace) throws IOException {
    Path one = capture("one.pcap", 2_000, 0, 100_000);
    Path two = capture("two.pcap", 2_000, 200_000_000, 100_000);
    Path received = directory.resolve("far.pcap");
    Process tcpdump = lab.tcpdump(received, directory.resolve("tcpdump.log"));

    Process replay = replay(pace, "--json", "--loop", "2", one.toString(), two.toString());

    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    JsonNode summary = summary();
    assertThat(summary.get("interface").asText()).isEqualTo(VethLab.NEAR);
    assertCounts(summary, 8_000, 8_000, 0, 0);
    assertThat(summary.get("sentBytes").asLong()).isEqualTo(8_000L * LENGTH);
    assertThat(summary.get("timingErrorMicros").fieldNames())
        .toIterable()
        .containsExactly("p50", "p99", "max");

    long expectedLength =
        PcapFormat.FILE_HEADER_LENGTH + 8_000L * (PcapFormat.RECORD_HEADER_LENGTH + LENGTH);
    VethLab.await(() -> received.toFile().length() >= expectedLength, "all frames are captured");
    tcpdump.destroy();
    VethLab.exit(tcpdump);
    List<String> expected = new ArrayList<>();
    for (int loop = 0; loop < 2; loop++) {
      expected.addAll(frames(one));
      expected.addAll(frames(two));
    }
    assertThat(frames(received)).isEqualTo(expected);
    assertThat(VethLab.run("capinfos", "-Mc", received.toString())).contains("8000");
  }

  @Test
  void originalTimingIsNeverShorterThanTheCapture() throws IOException {
    Path file = capture("timed.pcap", 3_000, 0, 100_000);
    assertThat(VethLab.exit(replay("--json", file.toString()))).as(stderr()).isZero();
    assertThat(summary().get("seconds").asDouble()).isBetween(0.2999, 3.0);
  }

  @Test
  void aFileThatIsCutShortIsPlayedAsFarAsItIsWholeAndItIsSaid() throws IOException {
    Path file = capture("cut.pcap", 10, 0, 1_000);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(VethLab.exit(replay("--json", file.toString()))).isEqualTo(1);
    assertCounts(summary(), 9, 9, 0, 0);
    assertThat(stderr())
        .contains(file + " is damaged at byte 1068: the last frame is cut short")
        .hasLineCount(1);
    assertThat(lab.received()).isEqualTo(9);
  }

  @Test
  void framesLongerThanTheMtuAllowsAreSkippedAndTheRestIsSent() throws IOException {
    Path file = directory.resolve("long.pcap");
    // 1515 is what only the kernel knows to be too long: with a VLAN tag it would not be.
    write(file, LinkType.ETHERNET, new int[] {60, 1_514, 1_515, 1_519, 60_000, 60}, 0, 1_000);
    assertThat(VethLab.exit(replay("--json", "--topspeed", file.toString()))).isEqualTo(1);
    JsonNode summary = summary();
    assertCounts(summary, 6, 3, 3, 0);
    assertThat(summary.get("skippedBy").get("oversize").asLong()).isEqualTo(3);
    assertThat(lab.received()).isEqualTo(3);
  }

  @Test
  void aDryRunSaysWhatTheInterfaceWouldNotTakeAndSendsNothing() throws IOException {
    Path file = directory.resolve("long.pcap");
    write(file, LinkType.ETHERNET, new int[] {60, 1_514, 1_515, 1_519, 60_000, 60}, 0, 1_000_000);
    String[] asked = {"--json", "--dry-run", file.toString()};
    assertThat(VethLab.exit(replay(asked))).as(stderr()).isEqualTo(1);
    JsonNode summary = summary();
    assertCounts(summary, 6, 3, 3, 0);
    assertThat(summary.get("skippedBy").get("oversize").asLong()).isEqualTo(3);
    assertThat(lab.received()).isZero();
    lab.deleteLink();
    assertThat(VethLab.exit(replay(asked))).isEqualTo(2);
    assertThat(stderr()).contains("there is no interface " + VethLab.NEAR).hasLineCount(1);
    lab.addLink();
  }

  @Test
  void framesThatAreNotEthernetAreNotSentAndThatIsAFailure() throws IOException {
    Path file = directory.resolve("raw.pcap");
    write(file, LinkType.RAW, new int[] {60, 60}, 0, 1_000);
    assertThat(VethLab.exit(replay("--json", file.toString()))).isEqualTo(1);
    assertCounts(summary(), 2, 0, 2, 0);
    assertThat(stderr()).contains("nothing was sent of 2 frames");
    assertThat(lab.received()).isZero();
  }

  @Test
  void aFileWithoutPacketsIsAFailureAndItIsSaid() throws IOException {
    Path file = capture("empty.pcap", 0, 0, 0);
    assertThat(VethLab.exit(replay("--json", file.toString()))).isEqualTo(1);
    assertCounts(summary(), 0, 0, 0, 0);
    assertThat(stderr()).contains("nothing was sent: there are no packets").hasLineCount(1);
  }

  @Test
  void aSignalDoesNotHideThatFramesWereSkippedBefore() throws IOException {
    Path file = directory.resolve("long.pcap");
    int[] lengths = new int[10_000];
    Arrays.fill(lengths, LENGTH);
    lengths[0] = 60_000;
    write(file, LinkType.ETHERNET, lengths, 0, 1_000);
    Process replay = replay("--json", "--pps", "100", file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    VethLab.run("kill", "-TERM", Long.toString(replay.pid()));
    assertThat(VethLab.exit(replay)).as(stderr()).isEqualTo(1);
    assertThat(summary().get("stopped").asBoolean()).isTrue();
    assertThat(summary().get("skipped").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsItAtOnceWithTheSummaryAndStatusZero(String signal) throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process replay = replay("--json", "--pps", "100", file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    VethLab.run("kill", "-" + signal, Long.toString(replay.pid()));
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    JsonNode summary = summary();
    long sent = summary.get("sent").asLong();
    assertThat(sent).isBetween(1L, 9_999L).isEqualTo(lab.received());
    assertCounts(summary, sent, sent, 0, 0);
  }

  @Test
  void anOrderToStopEndsItWithTheSummaryWhichIsTheLastEvent() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Path socket = directory.resolve("control.sock");
    Process replay =
        replay("--json", "--pps", "100", "--control", socket.toString(), file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    ObjectNode last;
    try (ControlClient client = ControlClient.connect(socket)) {
      last = client.next().orElseThrow();
      assertThat(last.get("event").asText()).isEqualTo("progress");
      assertThat(last.get("pid").asLong()).isEqualTo(replay.pid());
      assertThat(last.get("sent").asLong()).isPositive();
      assertThat(last.get("elapsedSeconds").asDouble()).isPositive();
      client.order("stop");
      for (var next = client.next(); next.isPresent(); next = client.next()) {
        last = next.get();
      }
    }
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    assertThat(last.remove("event").asText()).isEqualTo("end");
    // Numbers come as text: how they are held in memory does not matter.
    assertThat(last.toString()).isEqualTo(summary().toString());
    assertThat(last.get("stopped").asBoolean()).isTrue();
    assertThat(last.get("sent").asLong()).isEqualTo(lab.received());
    assertThat(socket).doesNotExist();
  }

  @Test
  void anInterfaceThatGoesDownEndsItWithTheCounts() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process replay = replay("--json", "--pps", "100", file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    lab.in(lab.near(), "ip", "link", "set", VethLab.NEAR, "down");
    assertThat(VethLab.exit(replay)).isEqualTo(1);
    JsonNode summary = summary();
    long sent = summary.get("sent").asLong();
    assertThat(sent).isEqualTo(lab.received());
    assertThat(summary.get("read").asLong()).isEqualTo(sent + summary.get("failed").asLong());
    assertThat(stderr()).contains(VethLab.NEAR).contains("lost");
  }

  @Test
  void anInterfaceThatIsDeletedIsNotSaidToHaveLostItsCarrier() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process replay = replay("--json", "--pps", "100", file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    lab.in(lab.near(), "ip", "link", "del", VethLab.NEAR);
    assertThat(VethLab.exit(replay)).isEqualTo(1);
    assertThat(stderr()).contains(VethLab.NEAR + " was lost: No such device");
  }

  @Test
  void aMissingCarrierEndsItThoughTheKernelWouldAcceptTheFrames() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process replay = replay("--json", "--pps", "100", file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    lab.in(lab.far(), "ip", "link", "set", VethLab.FAR, "down");
    assertThat(VethLab.exit(replay)).isEqualTo(1);
    assertThat(stderr()).containsAnyOf("lost its carrier", VethLab.NEAR + " was lost");
  }

  @Test
  void aPipeThatNobodyWritesToDoesNotKeepItFromEnding() throws IOException {
    Path pipe = directory.resolve("pipe");
    VethLab.run("mkfifo", pipe.toString());
    Path socket = directory.resolve("socket");
    Process replay = replay("--control", socket.toString(), pipe.toString());
    VethLab.await(() -> Files.exists(socket), "it can be stopped");
    VethLab.run("kill", "-TERM", Long.toString(replay.pid()));
    assertThat(VethLab.exit(replay)).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(stderr()).contains("ended before it had begun");
    assertThat(lab.received()).isZero();
  }

  static Stream<List<String>> refusals() {
    return Stream.of(
        List.of("there is no interface tdr-none", "-i", "tdr-none", "--netns", "NEAR", "GOOD"),
        List.of("there is no network namespace tdr-none", "-i", "x", "--netns", "tdr-none", "GOOD"),
        List.of("is not a name of a network namespace", "-i", "x", "--netns", "../x", "GOOD"),
        List.of("is not a pcap file", "-i", "tdr-near", "--netns", "NEAR", "GOOD", "FOREIGN"),
        List.of("does not exist", "-i", "tdr-near", "--netns", "NEAR", "GOOD", "MISSING"),
        List.of("holds no complete segment", "-i", "tdr-near", "--netns", "NEAR", "/"),
        List.of("between 1 and 1000000000", "-i", "tdr-near", "--pps", "0", "GOOD"),
        List.of("between 0.001 and 1000", "-i", "tdr-near", "--speed", "0", "GOOD"),
        List.of("exclude each other", "-i", "tdr-near", "--pps", "5", "--topspeed", "GOOD"),
        List.of("1 to 1000000000 times, or 0 for ever", "-i", "tdr-near", "--loop", "-1", "GOOD"),
        List.of("--max-gap is for frames", "-i", "x", "--max-gap", "1s", "--pps", "5", "GOOD"),
        List.of("is not a length of time", "-i", "x", "--loop-delay", "soon", "GOOD"),
        List.of("is not a time", "-i", "x", "--from", "yesterday", "GOOD"),
        List.of("two interfaces", "-i", "x", "--server-interface", "x", "GOOD"),
        List.of("for ever is for an interface only", "--dry-run", "--loop", "0", "GOOD"),
        List.of("name a file", "--write", "-", "GOOD"),
        List.of("it is not a regular file", "--write", "/dev/null", "--force", "GOOD"),
        List.of("--step needs a terminal", "-i", "tdr-near", "--netns", "NEAR", "--step", "GOOD"),
        List.of("could arrive", "--dry-run", "GOOD", "--verify"),
        List.of("write --verify after the files", "-i", "tdr-near", "--verify", "GOOD"),
        List.of("compress it afterwards", "--write", "x.pcap.zst", "GOOD"),
        List.of("expected one of [auto, packet, xdp] but", "-i", "x", "--backend", "fast", "GOOD"),
        List.of("--write is instead of sending", "-i", "x", "--write", "y", "GOOD"),
        List.of("name the interface to send to", "GOOD"),
        List.of("name a FILE to play", "-i", "tdr-near"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatCannotBeBegunIsRefusedInOneLineAndNothingIsSent(List<String> refusal)
      throws IOException {
    String good = capture("good.pcap", 10, 0, 1_000).toString();
    String foreign = Files.writeString(directory.resolve("foreign"), "no capture").toString();
    List<String> arguments = new ArrayList<>(List.of("replay"));
    for (String argument : refusal.subList(1, refusal.size())) {
      arguments.add(
          switch (argument) {
            case "NEAR" -> lab.near();
            case "GOOD" -> good;
            case "FOREIGN" -> foreign;
            case "MISSING" -> directory.resolve("missing").toString();
            default -> argument;
          });
    }
    assertRefused(lab.tapdeck(List.of(), arguments, directory), refusal.getFirst());
  }

  @Test
  void anInterfaceThatIsDownIsRefused() throws IOException {
    lab.in(lab.near(), "ip", "link", "set", VethLab.NEAR, "down");
    assertRefused(
        replay(capture("good.pcap", 10, 0, 1_000).toString()),
        "is down; 'ip -n " + lab.near() + " link set " + VethLab.NEAR + " up' sets it up");
  }

  @Test
  void anInterfaceWithoutCarrierIsRefused() throws IOException {
    lab.in(lab.far(), "ip", "link", "set", VethLab.FAR, "down");
    assertRefused(replay(capture("good.pcap", 10, 0, 1_000).toString()), "has no carrier");
  }

  @ParameterizedTest
  @ValueSource(strings = {VethLab.NEAR, LABELLED, ALTERNATIVE})
  void theNicOfAMirrorIsRefusedByWhateverName(String name) throws IOException {
    addAlternativeName();
    lab.in(lab.near(), "ip", "link", "set", VethLab.NEAR, "alias", "tapdeck tap-service 4711");
    assertRefused(
        replayTo(name, capture("good.pcap", 10, 0, 1_000).toString()),
        VethLab.NEAR + " is the NIC of a mirror");
  }

  @ParameterizedTest
  @ValueSource(strings = {LABELLED, ALTERNATIVE})
  void theSummaryHasTheNameThatTheInterfaceIsListedBy(String name) throws IOException {
    addAlternativeName();
    Process replay = replayTo(name, "--json", capture("good.pcap", 10, 0, 1_000).toString());
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    assertThat(summary().get("interface").asText()).isEqualTo(VethLab.NEAR);
    assertCounts(summary(), 10, 10, 0, 0);
  }

  @Test
  void anInterfaceThatIsBeingRecordedIsRefusedUnlessItIsForced() throws IOException {
    Path recorder = Files.createDirectory(directory.resolve("recorder"));
    Process record =
        lab.tapdeck(
            List.of(),
            List.of(
                "record",
                "-i",
                VethLab.NEAR,
                "--netns",
                lab.near(),
                "-o",
                Files.createDirectory(recorder.resolve("segments")).toString()),
            recorder);
    VethLab.await(
        () -> VethLab.read(recorder.resolve("stderr")).contains("recording on"), "it records");
    String file = capture("good.pcap", 10, 0, 1_000).toString();
    assertRefused(
        replay(file),
        VethLab.NEAR
            + " is being recorded by process "
            + record.pid()
            + "; name another interface, or say --force");
    assertThat(VethLab.exit(replay("--force", "--json", file))).as(stderr()).isZero();
    assertCounts(summary(), 10, 10, 0, 0);
    VethLab.run("kill", "-INT", Long.toString(record.pid()));
    assertThat(VethLab.exit(record)).isZero();
    assertThat(VethLab.exit(replay("--json", file))).as(stderr()).isZero();
  }

  @Test
  void whoOnlyWatchesAnInterfaceDoesNotKeepReplayOffIt() throws IOException {
    Path log = directory.resolve("tcpdump.log");
    Process tcpdump = lab.tcpdump(directory.resolve("far.pcap"), log);
    Process replay =
        lab.tapdeck(
            List.of(),
            List.of(
                "replay",
                "-i",
                VethLab.FAR,
                "--netns",
                lab.far(),
                capture("good.pcap", 10, 0, 1_000).toString()),
            directory);
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    tcpdump.destroy();
    VethLab.exit(tcpdump);
  }

  @Test
  void ordersOnItsSocketPauseStepAndResumeItAndChangeItsPace() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Path socket = directory.resolve("control.sock");
    Process replay =
        replay("--json", "--pps", "100", "--control", socket.toString(), file.toString());
    VethLab.await(() -> lab.received() > 0, "the first frame arrives");
    try (ControlClient client = ControlClient.connect(socket)) {
      client.order("pause");
      ObjectNode paused = status(client, true);
      assertThat(paused.get("pace").toString()).isEqualTo("{\"pps\":100}");
      long sent = paused.get("sent").asLong();
      client.order(order("step").put("frames", 3));
      VethLab.await(() -> lab.received() == sent + 3, "three more frames arrive");
      client.order(order("step").put("frames", 0));
      client.order(order("pace").put("pps", 50_000));
      client.order("resume");
      assertThat(status(client, false).get("pace").toString()).isEqualTo("{\"pps\":50000}");
    }
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    assertCounts(summary(), 10_000, 10_000, 0, 0);
    assertThat(summary().get("pausedSeconds").asDouble()).isPositive();
    assertThat(lab.received()).isEqualTo(10_000);
  }

  /** Asks how it is until it is paused, or not. */
  private static ObjectNode status(ControlClient client, boolean paused) throws IOException {
    client.order("status");
    ObjectNode event = client.next().orElseThrow();
    while (event.path("paused").asBoolean(!paused) != paused) {
      event = client.next().orElseThrow();
    }
    return event;
  }

  private static ObjectNode order(String name) {
    return JsonNodeFactory.instance.objectNode().put("order", name);
  }

  @Test
  void keysOnATerminalSteerItAndTheTerminalIsGivenBack() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process terminal = onTerminal(replayLine(file) + "; echo $? > " + directory + "/status");
    try (var keys = terminal.outputWriter()) {
      VethLab.await(() -> lab.received() > 0, "the first frame arrives");
      keys.write(" ");
      keys.flush();
      awaitStandstill();
      long sent = lab.received();
      keys.write("nn");
      keys.flush();
      VethLab.await(() -> lab.received() == sent + 2, "two more frames arrive");
      keys.write(" ");
      keys.flush();
      VethLab.await(() -> lab.received() > sent + 2, "it goes on");
      keys.write("+++++++++++++++q");
      keys.flush();
      assertThat(VethLab.exit(terminal)).isZero();
    }
    assertThat(VethLab.read(directory.resolve("status")).strip()).isEqualTo("0");
    assertThat(summary().get("stopped").asBoolean()).isTrue();
    assertThat(summary().get("pausedSeconds").asDouble()).isPositive();
    assertThat(VethLab.read(directory.resolve("after")))
        .isEqualTo(VethLab.read(directory.resolve("before")));
  }

  @Test
  void theTerminalIsGivenBackAlsoWhereASignalEndsIt() throws IOException {
    Path file = capture("slow.pcap", 10_000, 0, 1_000);
    Process terminal =
        onTerminal("(echo $BASHPID > " + directory + "/pid; exec " + replayLine(file) + ")");
    try (var keys = terminal.outputWriter()) {
      VethLab.await(() -> lab.received() > 0, "the first frame arrives");
      VethLab.run("kill", "-TERM", VethLab.read(directory.resolve("pid")).strip());
      assertThat(VethLab.exit(terminal)).isZero();
      assertThat(keys).isNotNull();
    }
    assertThat(summary().get("stopped").asBoolean()).isTrue();
    assertThat(VethLab.read(directory.resolve("after")))
        .isNotEmpty()
        .isEqualTo(VethLab.read(directory.resolve("before")));
  }

  /** The line that plays a file slowly. */
  private String replayLine(Path file) {
    List<String> arguments =
        List.of(
            "replay",
            "-i",
            VethLab.NEAR,
            "--netns",
            lab.near(),
            "--pps",
            "100",
            "--json",
            file.toString());
    return "%s > %s/stdout 2> %s/stderr"
        .formatted(String.join(" ", TapdeckCommand.quick(arguments)), directory, directory);
  }

  /** Runs a line on a terminal of its own, whose settings before and after go into files. */
  private Process onTerminal(String line) throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("script"),
            "stty -a > "
                + directory
                + "/before\n"
                + line
                + "\nstty -a > "
                + directory
                + "/after\n");
    return new ProcessBuilder("script", "-qec", "bash " + script, "/dev/null")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Waits until nothing has arrived for longer than frames are apart. */
  private void awaitStandstill() {
    long[] before = {-1};
    VethLab.await(
        () -> {
          long now = lab.received();
          boolean still = now == before[0];
          before[0] = now;
          LockSupport.parkNanos(100_000_000);
          return still;
        },
        "it is paused");
  }

  @Test
  void aDryRunNeedsNeitherAnInterfaceNorAPrivilege() throws IOException {
    String file = capture("good.pcap", 1_001, 0, 10_000_000).toString();
    Process pretend =
        lab.tapdeck(
            List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"),
            List.of("replay", "--dry-run", "--speed", "2", "--json", file),
            directory);
    assertThat(VethLab.exit(pretend)).as(stderr()).isZero();
    assertCounts(summary(), 1_001, 1_001, 0, 0);
    assertThat(summary().get("seconds").asDouble()).isEqualTo(5);
    assertThat(summary().has("interface")).isFalse();
  }

  @Test
  void clientsAndServersArePlayedToTwoInterfacesInOneOrder() throws IOException {
    lab.in(lab.near(), "ip", "link", "add", "tdr-s", "type", "veth", "peer", "name", "tdr-t");
    for (String end : List.of("tdr-s", "tdr-t")) {
      lab.in(lab.near(), "ip", "link", "set", end, "up");
    }
    ByteBuffer pcap = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    PcapFormat.putFileHeader(pcap, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, LinkType.ETHERNET);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (int frame = 0; frame < 300; frame++) {
      PcapFormat.putRecordHeader(pcap, at, frame * 100_000L, LENGTH, LENGTH);
      at += PcapFormat.RECORD_HEADER_LENGTH;
      boolean answer = frame % 3 == 2;
      pcap.put(at, HexFormat.of().parseHex("0200000000020200000000010800"));
      pcap.put(at + 14, HexFormat.of().parseHex("45000056000000004011"));
      pcap.put(at + 34, HexFormat.of().parseHex(answer ? "0035c000" : "c0000035"));
      at += LENGTH;
    }
    byte[] bytes = new byte[at];
    pcap.get(0, bytes);
    Path file = Files.write(directory.resolve("dns.pcap"), bytes);
    Process replay =
        replay("--json", "--server-interface", "tdr-s", "--sides", "port", file.toString());
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    assertCounts(summary(), 300, 300, 0, 0);
    assertThat(summary().get("sentTo").toString())
        .isEqualTo("{\"%s\":200,\"tdr-s\":100}".formatted(VethLab.NEAR));
    assertThat(lab.received()).isEqualTo(200);
  }

  @Test
  void whatIsSelectedRewrittenAndVerifiedArrivesSo() throws IOException {
    Path file = capture("good.pcap", 1_000, 0, 100_000);
    Process replay =
        replay(
            "--json",
            "--skip",
            "100",
            "--limit",
            "500",
            "--loop",
            "2",
            "--vlan",
            "add,id=7",
            "--verify",
            VethLab.FAR + "@" + lab.far(),
            file.toString());
    assertThat(VethLab.exit(replay)).as(stderr()).isZero();
    JsonNode summary = summary();
    assertThat(summary.get("sent").asLong()).isEqualTo(1_000);
    assertThat(summary.get("filtered").asLong()).isEqualTo(200);
    assertThat(summary.get("read").asLong()).isEqualTo(1_200);
    assertThat(summary.get("sentBytes").asLong()).isEqualTo(1_000L * (LENGTH + 4));
    assertThat(summary.get("proven").asBoolean()).isTrue();
    JsonNode arrivals = summary.get("verified").get(0).get("arrivals");
    assertThat(arrivals.get("arrived").asLong()).isEqualTo(1_000);
    assertThat(arrivals.get("missing").asLong()).isZero();
    long buckets = 0;
    for (JsonNode bucket : summary.get("timingErrorHistogram")) {
      buckets += bucket.get("count").asLong();
    }
    assertThat(buckets).isEqualTo(1_000);
  }

  @Test
  void withoutThePrivilegeItIsRefused() throws IOException {
    String file = capture("good.pcap", 10, 0, 1_000).toString();
    assertRefused(
        lab.tapdeck(
            List.of("setpriv", "--bounding-set", "-net_raw"),
            List.of("replay", "-i", VethLab.NEAR, "--netns", lab.near(), file),
            directory),
        "needs CAP_NET_RAW");
  }

  private void addAlternativeName() {
    lab.in(
        lab.near(), "ip", "link", "property", "add", "dev", VethLab.NEAR, "altname", ALTERNATIVE);
  }

  private Process replay(String... arguments) {
    return replayTo(VethLab.NEAR, arguments);
  }

  private Process replayTo(String interfaceName, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("replay", "-i", interfaceName, "--netns", lab.near()));
    all.addAll(List.of(arguments));
    return lab.tapdeck(List.of(), all, directory);
  }

  private void assertRefused(Process replay, String reason) {
    assertThat(VethLab.exit(replay)).as(stderr()).isEqualTo(2);
    assertThat(stderr()).contains(reason).hasLineCount(1);
    assertThat(VethLab.read(directory.resolve("stdout"))).isEmpty();
    assertThat(lab.received()).isZero();
  }

  private static void assertCounts(
      JsonNode summary, long read, long sent, long skipped, long failed) {
    assertThat(
            List.of(
                summary.get("read").asLong(),
                summary.get("sent").asLong(),
                summary.get("skipped").asLong(),
                summary.get("failed").asLong(),
                summary.get("filtered").asLong()))
        .containsExactly(read, sent, skipped, failed, 0L);
  }

  private String stderr() {
    return VethLab.read(directory.resolve("stderr"));
  }

  private JsonNode summary() throws IOException {
    String stdout = VethLab.read(directory.resolve("stdout"));
    return JsonMapper.builder().build().readTree(stdout.lines().toList().getLast());
  }

  private Path capture(String name, int count, long start, long gap) throws IOException {
    int[] lengths = new int[count];
    Arrays.fill(lengths, LENGTH);
    Path file = directory.resolve(name);
    write(file, LinkType.ETHERNET, lengths, start, gap);
    return file;
  }

  private static void write(Path file, LinkType linkType, int[] lengths, long start, long gap)
      throws IOException {
    int size =
        PcapFormat.FILE_HEADER_LENGTH
            + Arrays.stream(lengths).map(length -> PcapFormat.RECORD_HEADER_LENGTH + length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    PcapFormat.putFileHeader(bytes, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, linkType);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (int number = 0; number < lengths.length; number++) {
      long time = 1_700_000_000_000_000_000L + start + number * gap;
      PcapFormat.putRecordHeader(bytes, at, time, lengths[number], lengths[number]);
      at += PcapFormat.RECORD_HEADER_LENGTH;
      // Addresses of nobody, the ethertype for experiments, then what tells frames apart.
      bytes.put(at, (byte) 2).put(at + 6, (byte) 2).putShort(at + 12, (short) 0xB588);
      bytes.putLong(at + 14, time);
      at += lengths[number];
    }
    Files.write(file, bytes.array());
  }

  private static List<String> frames(Path file) throws IOException {
    List<String> frames = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(file)) {
      while (reader.next()) {
        byte[] frame = new byte[reader.captureLength()];
        reader.buffer().get(reader.offset(), frame);
        frames.add(HexFormat.of().formatHex(frame));
      }
      assertThat(reader.damage()).isEmpty();
    }
    return frames;
  }
}
