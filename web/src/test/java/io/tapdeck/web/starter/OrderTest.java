package io.tapdeck.web.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.netif.InterfaceDescription;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.netif.InterfaceKind;
import io.tapdeck.capture.os.NetworkNamespace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders to the privileged starter: what is one, and all that is none. */
class OrderTest {
  private static final UUID ID = UUID.fromString("6f1c1d2e-0000-4000-8000-000000000001");
  private static final UUID SOURCE = UUID.fromString("6f1c1d2e-0000-4000-8000-000000000002");
  private static final String SEGMENT = "20261123T135719.123456789Z-000001.pcap";
  private static final Path DATA = Path.of("/var/lib/tapdeck");

  private static Order again(Order order) throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    order.message().write(sent);
    return Order.of(Message.read(new ByteArrayInputStream(sent.toByteArray())));
  }

  private static JobOrder recorder(String... options) {
    List<String> all = new ArrayList<>(List.of("--interface=eth0"));
    all.addAll(List.of(options));
    return JobOrder.record(ID, all);
  }

  private static Message replay(String segment, String... options) {
    List<String> words = Words.begin("replay");
    words.addAll(List.of(ID.toString(), SOURCE.toString(), "1", segment));
    Words.add(words, List.of(options));
    return new Message(words);
  }

  @Test
  void eachOrderArrivesAsItWasGiven() throws Exception {
    Optional<NetworkNamespace> lab = Optional.of(new NetworkNamespace("lab"));
    for (Order order :
        List.of(
            new Order.Start(recorder("--filter=udp\nor tcp", "--stop-after=5p", "--netns=ä b")),
            new Order.Start(
                JobOrder.replay(
                    ID,
                    List.of("--interface=eth0", "--speed=0.5", "--verify=", "--force"),
                    SOURCE,
                    List.of(SEGMENT, SEGMENT + ".zst"))),
            new Order.Interfaces(),
            new Order.Look("eth0", Optional.empty()),
            new Order.Look("eth0", lab),
            new Order.Examine(Optional.of("eth0"), lab, true),
            new Order.Examine(Optional.empty(), Optional.empty(), false))) {
      assertThat(again(order)).isEqualTo(order);
    }
  }

  @Test
  void theCommandLineOfARecorderIsMadeFromTheOrder() {
    assertThat(recorder("--snaplen=96").words(DATA))
        .containsExactly(
            "record",
            "--json",
            "--quiet",
            "--control=/var/lib/tapdeck/recordings/" + ID + "/control.sock",
            "--recording=" + ID,
            "--output=/var/lib/tapdeck/recordings/" + ID,
            "--interface=eth0",
            "--snaplen=96");
  }

  @Test
  void whatAPlayerPlaysIsInTheDirectoryOfThatRecording() {
    JobOrder player = JobOrder.replay(ID, List.of("--interface=eth0"), SOURCE, List.of(SEGMENT));
    assertThat(player.words(DATA))
        .endsWith("--", "/var/lib/tapdeck/recordings/" + SOURCE + "/" + SEGMENT)
        .contains("--control=/var/lib/tapdeck/replays/" + ID + "/control.sock");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--output=/etc",
        "--control=/run/x.sock",
        "--recording=other",
        "--write=/etc/passwd",
        "--write-buffer=1GiB",
        "-o/etc",
        "/etc/passwd",
        "--",
        "",
        "@/etc/shadow",
        "--interface=eth0",
        "--netns=../../etc",
        "--netns=..",
        "--netns=-all",
        "--netns=",
        "--snaplen=96 --output=/etc",
        "--snaplen=$(id)",
        "--rotate-size=-1",
        "--topspeed",
        "--filter=\u0007",
        "--help"
      })
  void aRecorderHasNoOptionsButItsOwn(String option) {
    List<String> words = Words.begin("record");
    words.addAll(List.of(ID.toString(), "", "0"));
    Words.add(words, List.of("--interface=eth0", option));
    assertThatThrownBy(() -> Order.of(new Message(words)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--interface=-eth0",
        "--interface=",
        "--interface=.",
        "--interface=..",
        "--interface=a/b",
        "--interface=a b",
        "--interface",
        "--snaplen=1"
      })
  void aRecorderNeedsAnInterfaceThatCanBeOne(String option) {
    assertThatThrownBy(() -> JobOrder.record(ID, List.of(option)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd",
        "/etc/passwd",
        "--write=/etc/passwd",
        "recording.json",
        "20261123T135719.123456789Z-000001.pcap/../x",
        "20261123T135719.123456789Z-000001.pcap.part",
        ""
      })
  void aPlayerPlaysSegmentsAndNothingElse(String segment) {
    assertThatThrownBy(() -> Order.of(replay(segment, "--interface=eth0")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Order.of(replay(SEGMENT, "--interface=eth0"))).isInstanceOf(Order.Start.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--write=/etc/passwd", "--dry-run", "--preload", "--control=x", "--keys"})
  void aPlayerHasNoOptionsButItsOwn(String option) {
    assertThatThrownBy(() -> Order.of(replay(SEGMENT, "--interface=eth0", option)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", "../6f1c1d2e-0000-4000-8000-000000000001", "1-1-1-1-1", "", "/etc", "x"})
  void aJobIsNamedByItsIdInFull(String id) {
    List<String> words = Words.begin("record");
    words.addAll(List.of(id, "", "0", "1", "--interface=eth0"));
    assertThatThrownBy(() -> Order.of(new Message(words)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoOrderIsNone() {
    for (Message message :
        List.of(
            Message.of(""),
            Message.of("exec", "/bin/sh"),
            Message.of("interfaces", "more"),
            Message.of("look"),
            Message.of("look", "eth0"),
            Message.of("look", "../lo", ""),
            Message.of("look", "lo", "../x"),
            Message.of("examine", "", "", "perhaps"),
            Message.of("record", ID.toString(), "", "9999999", "--interface=eth0"),
            Message.of("record", ID.toString(), "", "-1", "--interface=eth0"),
            Message.of("record", ID.toString(), SOURCE.toString(), "0", "1", "--interface=eth0"),
            Message.of("replay", ID.toString(), "", "0", "1", "--interface=eth0"))) {
      assertThatThrownBy(() -> Order.of(message))
          .as(message.toString())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aJobHasSoManyWordsAtMost() {
    List<String> many = new ArrayList<>(Collections.nCopies(2048, "--keep-files=1"));
    many.add("--interface=eth0");
    assertThatThrownBy(() -> JobOrder.record(ID, many))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many");
  }

  private static Message read(int length, byte[] text) throws IOException {
    return Message.read(
        new ByteArrayInputStream(
            ByteBuffer.allocate(4 + text.length).putInt(length).put(text).array()));
  }

  @Test
  void whatIsNoMessageIsRefusedBeforeItIsTakenIntoMemory() {
    byte[] word = "x\0".getBytes(StandardCharsets.UTF_8);
    for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (2 << 20) + 1}) {
      assertThatThrownBy(() -> read(length, word)).isInstanceOf(MalformedMessageException.class);
    }
    assertThatThrownBy(() -> read(3, word)).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read(1, word)).isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> read(2, new byte[] {(byte) 0xff, 0}))
        .isInstanceOf(MalformedMessageException.class);
    byte[] many = new byte[(1 << 17) + 1];
    assertThatThrownBy(() -> read(many.length, many)).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void interfacesAreToldAsTheyWereSeen() throws Exception {
    InterfaceInventory inventory =
        new InterfaceInventory(
            List.of(
                new InterfaceDescription(
                    "tap0",
                    Optional.of("lab"),
                    InterfaceKind.TAP,
                    true,
                    false,
                    "02:00:00:00:00:01",
                    1500,
                    Optional.of(10_000L),
                    Optional.of("veth"),
                    List.of("192.0.2.1/24", "2001:db8::1/64"),
                    Optional.of(ID)),
                new InterfaceDescription(
                    "lo",
                    Optional.empty(),
                    InterfaceKind.LOOPBACK,
                    true,
                    true,
                    "",
                    65_536,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty())),
            List.of(new InterfaceInventory.Unseen(Optional.of("gone"), "it is no namespace")));
    assertThat(Answer.readInterfaces(Answer.interfaces(inventory))).isEqualTo(inventory);
  }

  @Test
  void aRefusalIsTold() {
    assertThatThrownBy(() -> Answer.readStarted(Answer.refused("eth0 is being recorded")))
        .isInstanceOf(StartRefusedException.class)
        .hasMessage("eth0 is being recorded");
  }
}
