package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a guest's NIC to the recorded segments, packet for packet. */
@Tag("lab")
class MirroredTrafficIT {
  private static final int COUNT = 10_000;

  /**
   * How often traffic is sent at most until the guests' own network, a switch in user space, has
   * carried all of it: on a busy machine its sockets can overflow, of which this is no test. Each
   * time it is sent more slowly.
   */
  private static final int ATTEMPTS = 8;

  /** Datagrams a second at first. */
  private static final int RATE = 5_000;

  /** Datagrams of another port by which the sender asks what arrived, before and after. */
  private static final int REPORTS = 4;

  private static final String NUMBERED = "udp port 7777";

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.up();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @AfterEach
  void forgetMirrors() {
    lab.forgetMirrors();
  }

  @ParameterizedTest(name = "{0}: a guest on {1} to {3}, {4}, recorded on {2}")
  @CsvSource({
    "across GRE,   a1, host-b, b1, BOTH",
    "same host,    a1, host-a, a2, BOTH",
    "received,     a1, host-b, a2, IN",
    "sent,         a1, host-b, a2, OUT",
    "access port,  a3, host-b, b2, BOTH",
  })
  void everyDatagramIsRecordedOnceInOrderWithItsBytes(
      String name, String guest, String recordedOn, String peer, String direction)
      throws IOException {
    String nic = lab.activeService("deck", "host", recordedOn).get("nic").asText();
    int attempt = 1;
    while (!isEveryDatagramCarriedAndRecorded(nic, guest, recordedOn, peer, direction, attempt)) {
      assertThat(attempt)
          .as("attempts in which the guests' network lost some")
          .isLessThan(ATTEMPTS);
      lab.forgetFlows();
      attempt++;
    }
  }

  /** Returns whether they were carried; that they are then recorded is asserted. */
  private boolean isEveryDatagramCarriedAndRecorded(
      String nic, String guest, String recordedOn, String peer, String direction, int attempt)
      throws IOException {
    Path segments = Files.createDirectory(directory.resolve("attempt-" + attempt));
    Path atGuest = directory.resolve("guest-" + attempt + ".pcap");
    try (Command witness = witness(guest, atGuest);
        Recording recording = Recording.start(lab, recordedOn, nic, segments);
        Command sender =
            lab.startLab(
                "traffic",
                "numbered",
                guest,
                peer,
                "--count",
                "" + COUNT,
                "--pps",
                "" + RATE / attempt,
                "--hold")) {
      sender.awaitOutput(text -> text.contains("ready"));
      CompletableFuture<Void> active = lab.onceActive("flow", () -> sender.say("go"));
      lab.activeFlow("flow", "deck", guest, "--direction", direction);
      active.join();
      JsonNode sent = sender.await().json();
      if (sent.get("confirmed").asInt() < COUNT || sent.get("answers").asInt() < COUNT) {
        return false;
      }
      assertThat(sent.get("confirmed").asInt()).isEqualTo(COUNT);
      assertThat(sent.get("confirmedInOrder").asBoolean()).isTrue();
      assertThat(sent.get("answers").asInt()).isEqualTo(COUNT);
      assertThat(sent.get("answersInOrder").asBoolean()).isTrue();

      int directions = direction.equals("BOTH") ? 2 : 1;
      // The report that ends it comes after all of them, asked for and given.
      awaitReceived(recordedOn, nic, (long) directions * (COUNT + 1));
      Recording.Summary summary = recording.stop();
      assertThat(witness.await().status()).isZero();

      assertThat(summary.count("droppedKernel")).isZero();
      List<Path> files = summary.files();
      boolean sends = !direction.equals("IN");
      boolean receives = !direction.equals("OUT");
      assertThat(missing(numbersIn(files, "udp.dstport == 7777"))).isEqualTo(sends ? "" : "all");
      assertThat(missing(numbersIn(files, "udp.srcport == 7777"))).isEqualTo(receives ? "" : "all");
      assertThat(Judge.frames(files, "udp dst port 7777"))
          .isEqualTo(sends ? Judge.frames(List.of(atGuest), "udp dst port 7777") : List.of());
      assertThat(Judge.frames(files, "udp src port 7777"))
          .isEqualTo(receives ? Judge.frames(List.of(atGuest), "udp src port 7777") : List.of());
      return true;
    }
  }

  @Test
  void aDisabledFlowMirrorsNothingAndLeavesNothing() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    try (Recording recording = Recording.start(lab, "host-b", nic, directory, "-f", NUMBERED)) {
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "500");
      awaitReceived("host-b", nic, 1000 + REPORTS);
      lab.tapdeck("tap-flow-disable", "flow", "--wait");
      assertThat(lab.exec("host-a", "ovs-vsctl", "--bare", "list", "Mirror").out()).isBlank();
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "500");
      assertThat(recording.stop().count("written")).isEqualTo(1000);
    }
  }

  @Test
  void aDisabledServiceMirrorsNothingAndLeavesNothing() {
    lab.activeService("deck", "host", "host-b");
    lab.activeFlow("flow", "deck", "a1");
    assertThat(lab.ours()).isNotEmpty();
    lab.tapdeck("tap-service-disable", "deck", "--wait");
    assertThat(lab.ours()).isEmpty();
    lab.tapdeck("tap-service-enable", "deck", "--wait");
    Await.until("the flow to be active again", () -> lab.flowState("flow").equals("active"));
  }

  @Test
  void nobodyWaitsForAFlowWhoseServiceIsDisabled() {
    lab.tapdeck("tap-service-create", "deck", "--type", "host", "--target-id", "host-b");
    try (Command create =
        lab.startTapdeck(
            "tap-flow-create flow --type vnic --tap-id deck --guest-id a1 --wait".split(" ", -1))) {
      Command.Result result = create.await();
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("disabled").contains("deck");
    }
  }

  @Test
  void aGuestRecordsAnotherGuestOnANicOfItsOwn() {
    String nic = lab.activeService("deck", "guest", "b1").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    try (Recording recording = Recording.start(lab, "b1", nic, directory, "-f", NUMBERED)) {
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "1000");
      awaitReceived("b1", nic, 2000 + REPORTS);
      Recording.Summary summary = recording.stop();
      assertThat(summary.count("written")).isEqualTo(2000);
      assertThat(numbersIn(summary.files(), "udp.dstport == 7777")).hasSize(1000);
    }
  }

  @Test
  void anIdleTapRecordsNothing() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    Command.Result result =
        lab.tapdeck(
            "record",
            "-i",
            nic,
            "--netns",
            Lab.namespace("host-b"),
            "-o",
            directory.toString(),
            "--stop-after",
            "20s",
            "--json");
    assertThat(result.json().get("received").asLong()).isZero();
    assertThat(result.json().get("segments")).isEmpty();
  }

  @Test
  void mirroredRouterAdvertisementsArpAndDhcpChangeNothingOnTheHost() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    try (Recording recording = Recording.start(lab, "host-b", nic, directory);
        Command dhcpServer =
            lab.startInside(
                "host-b",
                "python3",
                "-u",
                "-c",
                """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'%s')
                s.bind(('0.0.0.0', 67))
                print('bound')
                print(s.recv(2048))\
                """
                    .formatted(nic))) {
      dhcpServer.awaitOutput(text -> text.contains("bound"));
      List<String> before = lab.networkState("host-b");
      lab.lab("traffic", "frames", "a1", "--count", "40", "--arp-target", "198.18.0.2");
      awaitReceived("host-b", nic, 40);
      assertThat(lab.networkState("host-b")).isEqualTo(before);
      Recording.Summary summary = recording.stop();
      assertThat(summary.count("written")).isEqualTo(40);
      assertThat(Judge.fields(summary.files(), "icmpv6.type == 134", "frame.number")).hasSize(10);
      assertThat(Judge.fields(summary.files(), "arp", "frame.number")).hasSize(20);
      assertThat(Judge.fields(summary.files(), "dhcp", "frame.number")).hasSize(10);
      dhcpServer.signal("INT");
      assertThat(dhcpServer.await().out().strip()).isEqualTo("bound");
    }
  }

  @Test
  void aKilledAgentThatStartsAgainChangesNothingInTheDatapath() {
    lab.activeService("deck", "host", "host-b");
    lab.activeFlow("flow", "deck", "a1");
    lab.lab("traffic", "numbered", "a1", "a2", "--count", "100");
    for (String host : List.of("host-a", "host-b")) {
      Await.until(
          "the mirrored packets to be counted",
          () -> lab.datapath(host).stream().anyMatch(line -> line.contains("n_packets=204,")));
      List<String> before = lab.datapath(host);
      Path pidFile = Path.of("/run", Lab.PREFIX, host, "agent.pid");
      String killed = Command.run("cat", pidFile.toString()).out().strip();
      Command.run("kill", "-KILL", killed);
      lab.lab("agent", host);
      assertThat(Command.run("cat", pidFile.toString()).out().strip()).isNotEqualTo(killed);
      Await.until(
          "the new agent to report",
          () ->
              lab.exec(host, "cat", "/run/" + Lab.PREFIX + "/" + host + "/agent.log")
                      .out()
                      .lines()
                      .filter(line -> line.contains("in step"))
                      .count()
                  >= 2);
      assertThat(lab.datapath(host)).isEqualTo(before);
    }
    assertThat(lab.flowState("flow")).isEqualTo("active");
  }

  @Test
  void whatWasRecordedIsReplayedExactlyToAnotherInterface() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    Recording.Summary summary;
    try (Recording recording =
        Recording.start(
            lab,
            "host-b",
            nic,
            directory,
            "-f",
            NUMBERED + " or not udp or udp port 67",
            "-s",
            "2000",
            "--rotate-size",
            "256KiB")) {
      lab.lab("traffic", "numbered", "a1", "b1", "--count", "2000");
      lab.lab("traffic", "frames", "a1", "--count", "20");
      awaitReceived("host-b", nic, 4020 + REPORTS);
      summary = recording.stop();
    }
    assertThat(summary.files()).hasSizeGreaterThan(2);

    String namespace = Lab.namespace("b1");
    Command.run(
        "ip", "-n", namespace, "link", "add", "near", "type", "veth", "peer", "name", "far");
    for (String end : List.of("near", "far")) {
      Command.run("ip", "-n", namespace, "link", "set", end, "up");
    }
    Path arrived = directory.resolve("arrived.pcap");
    try (Command witness =
        lab.startInside(
            "b1",
            "tcpdump",
            "-i",
            "far",
            "-Q",
            "in",
            "-c",
            "4020",
            "-s",
            "2000",
            "-B",
            "32768",
            "-w",
            arrived.toString())) {
      witness.awaitOutput(text -> text.contains("listening on"));
      List<String> words =
          Stream.concat(
                  Stream.of("replay", "-i", "near", "--netns", namespace, "--speed", "4", "--json"),
                  summary.files().stream().map(Path::toString))
              .toList();
      JsonNode replayed = lab.tapdeck(words.toArray(String[]::new)).json();
      assertThat(replayed.get("read").asLong()).isEqualTo(4020);
      assertThat(replayed.get("sent").asLong()).isEqualTo(4020);
      assertThat(replayed.get("skipped").asLong()).isZero();
      assertThat(replayed.get("failed").asLong()).isZero();
      assertThat(replayed.get("sentBytes").asLong()).isEqualTo(summary.count("writtenBytes"));
      List<String> expected = Judge.frames(summary.files(), "");
      assertThat(witness.await().status()).isZero();
      assertThat(Judge.frames(List.of(arrived), "")).isEqualTo(expected);
    } finally {
      Command.run("ip", "-n", namespace, "link", "delete", "near");
    }
  }

  @Test
  void aKilledRecorderLeavesASegmentThatTheNextStartPublishes() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("flow", "deck", "a1");
    try (Recording recording = Recording.start(lab, "host-b", nic, directory, "-f", NUMBERED)) {
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "500");
      awaitReceived("host-b", nic, 1000 + REPORTS);
      // What was captured is on disk within a second: 1000 records of 16 + 242 bytes, and the
      // header.
      Await.until("the packets to be on disk", () -> bytesIn(directory) >= 24 + 1000 * 258);
      recording.kill();
    }
    assertThat(names(directory)).anyMatch(name -> name.endsWith(".part"));
    lab.tapdeck(
        "record",
        "-i",
        nic,
        "--netns",
        Lab.namespace("host-b"),
        "-o",
        directory.toString(),
        "--stop-after",
        "1s",
        "--json");
    List<Path> published =
        names(directory).stream()
            .filter(name -> name.endsWith(".pcap"))
            .map(directory::resolve)
            .toList();
    assertThat(published).hasSize(1);
    assertThat(names(directory)).noneMatch(name -> name.endsWith(".part"));
    assertThat(Judge.facts(published.getFirst()).packets()).isEqualTo(1000);
    assertThat(numbersIn(published, "udp.dstport == 7777")).hasSize(500);
  }

  /** Records all that a guest's own NIC sends and receives, with a tool that is not ours. */
  private static Command witness(String guest, Path file) {
    Command witness =
        lab.startInside(
            guest,
            "tcpdump",
            "-i",
            "eth0",
            "-c",
            "" + 2 * COUNT,
            "-s",
            "2000",
            "-B",
            "32768",
            "-w",
            file.toString(),
            NUMBERED);
    witness.awaitOutput(text -> text.contains("listening on"));
    return witness;
  }

  /** The eight bytes of the number in each datagram, as hexadecimal. */
  private static List<String> numbersIn(List<Path> files, String displayFilter) {
    return Judge.fields(files, displayFilter, "udp.payload").stream()
        .map(payload -> payload.substring(2, 18))
        .toList();
  }

  /** Which of the numbered datagrams are not there, or are there twice or out of order. */
  private static String missing(List<String> recorded) {
    if (recorded.isEmpty()) {
      return "all";
    }
    List<String> numbers = IntStream.range(0, COUNT).mapToObj("%016x"::formatted).toList();
    List<String> absent = new ArrayList<>(numbers);
    absent.removeAll(new HashSet<>(recorded));
    if (!absent.isEmpty()) {
      return absent.size() + " from " + absent.getFirst() + " to " + absent.getLast();
    }
    return recorded.equals(numbers) ? "" : "twice or out of order: " + recorded;
  }

  /**
   * Waits until so many have arrived; when some never do, the comparison that follows says which.
   */
  private static void awaitReceived(String node, String nic, long packets) {
    try {
      Await.until(
          packets + " packets at " + nic, () -> received(Lab.namespace(node), nic) >= packets);
    } catch (AssertionError some) {
      System.err.println(some.getMessage());
    }
  }

  private static long received(String namespace, String nic) {
    String statistics = Command.run("ip", "-n", namespace, "-s", "-j", "link", "show", nic).out();
    return Long.parseLong(
        statistics.replaceAll("(?s).*\"rx\":\\{\"bytes\":\\d+,\"packets\":(\\d+).*", "$1"));
  }

  private static List<String> names(Path directory) {
    return Command.run("ls", directory.toString()).lines();
  }

  private static long bytesIn(Path directory) {
    return Command.run("find", directory.toString(), "-type", "f", "-printf", "%s\\n")
        .lines()
        .stream()
        .mapToLong(Long::parseLong)
        .sum();
  }
}
