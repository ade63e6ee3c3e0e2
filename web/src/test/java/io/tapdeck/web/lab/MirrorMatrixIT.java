package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sources, directions, VLANs, filters, cuts, stripping and destinations on two hosts, by commands:
 * numbered frames of every kind go from one guest to another, and tshark says which were recorded.
 */
@Tag("lab")
class MirrorMatrixIT {
  /** Frames of each kind. */
  private static final int EACH = 60;

  /**
   * How often frames are sent at most until none is missing: a switch in user space that waits for
   * the processor loses some, of which this is no test.
   */
  private static final int ATTEMPTS = 4;

  private static final Set<String> ALL =
      Set.of(
          "unicast",
          "broadcast",
          "multicast",
          "unknown",
          "reserved",
          "vlan",
          "ipv6",
          "fragment",
          "full");

  private static final String TO_DECK = "--tap-id deck ";

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

  /** The destination that there is, and its NIC; it is kept for the cases that want the same. */
  private static Optional<Deck> made = Optional.empty();

  private static String nic = "";

  @AfterEach
  void forgetFlows() {
    lab.forgetFlows();
  }

  /** Where copies are to go, and where they are then recorded. */
  enum Deck {
    HOST_A("host", "host-a", "host-a", ""),
    HOST_B("host", "host-b", "host-b", ""),
    NIC_A("host", "host-a", "far-a", "02:7d:00:00:01:01"),
    NIC_B("host", "host-b", "far-b", "02:7d:00:00:01:02"),
    GUEST_A("guest", "a4", "a4", ""),
    GUEST_B("guest", "b2", "b2", "");

    private final String type;
    private final String target;
    private final String node;
    private final String mac;

    Deck(String type, String target, String node, String mac) {
      this.type = type;
      this.target = target;
      this.node = node;
      this.mac = mac;
    }

    /** Makes it, and answers the name of the NIC where copies come out. */
    String make() {
      if (!made.equals(Optional.of(this))) {
        lab.forgetMirrors();
        nic = makeAnew();
        made = Optional.of(this);
      }
      return nic;
    }

    private String makeAnew() {
      List<String> words =
          new ArrayList<>(
              List.of("tap-service-create", "deck", "--type", type, "--target-id", target));
      if (!mac.isEmpty()) {
        words.addAll(List.of("--mac-addr", mac));
      }
      lab.tapdeck(words.toArray(String[]::new));
      lab.tapdeck("tap-service-enable", "deck", "--wait");
      JsonNode made = lab.tapdeck("tap-service-show", "deck", "--json").json();
      return mac.isEmpty() ? made.get("nic").asText() : "far0";
    }
  }

  /**
   * What is to be recorded of what a guest sends to another.
   *
   * @param flows options of tap-flow-create, with blanks between; a filter's blanks are written
   *     {@code _}
   * @param kinds those that are to be recorded, all of them and once each
   * @param tag the VLAN tag of the kind that is sent with one; -1 for none
   * @param longest bytes of the longest frame
   */
  record Case(
      String name,
      String from,
      String to,
      List<String> flows,
      Set<String> kinds,
      int tag,
      int longest) {
    Case cut(int bytes) {
      return new Case(name, from, to, flows, kinds, tag, bytes);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case a1ToB1(String name, String flow, Set<String> kinds, int tag) {
    return new Case(name, "a1", "b1", List.of(flow), kinds, tag, 1514);
  }

  private static Set<String> without(String... kinds) {
    Set<String> some = new TreeSet<>(ALL);
    some.removeAll(Set.of(kinds));
    return some;
  }

  static Stream<Case> cases() {
    String a1 = "--type vnic --guest-id a1";
    String a2 = "--type vnic --guest-id a2";
    String switchA = "--type vswitch --host-id host-a --wire-id tenant";
    String switchB = "--type vswitch --host-id host-b --wire-id tenant";
    Set<String> flooded = Set.of("broadcast", "multicast", "unknown", "vlan");
    Stream<Case> cases =
        Stream.of(
            a1ToB1("a guest that sends", a1, ALL, 20),
            a1ToB1("what it receives", a1 + " --direction IN", Set.of(), -1),
            a1ToB1("a guest that receives", "--type vnic --guest-id b1", without("reserved"), 20),
            a1ToB1("a bystander", a2, flooded, 20),
            a1ToB1("an access port", "--type vnic --guest-id a3", Set.of("vlan"), -1),
            a1ToB1(
                "an access port's tag kept",
                "--type vnic --guest-id a3 --strip-vlan off",
                Set.of("vlan"),
                20),
            a1ToB1("a trunk's tag taken off", a1 + " --strip-vlan on", ALL, -1),
            a1ToB1("a trunk of some VLANs", "--type vnic --guest-id a4", flooded, 20),
            a1ToB1("a switch", switchA, ALL, 20),
            a1ToB1("a switch, in", switchA + " --direction IN", Set.of(), -1),
            a1ToB1("a switch, out", switchA + " --direction OUT", without("reserved"), 20),
            a1ToB1("the other switch, in", switchB + " --direction IN", without("reserved"), 20),
            a1ToB1("untagged", switchA + " --vlan-id 0", without("vlan"), -1),
            a1ToB1("a VLAN", switchA + " --vlan-id 20", Set.of("vlan"), 20),
            new Case(
                "two VLANs",
                "a1",
                "b1",
                List.of(switchA + " --vlan-id 20", switchA + " --vlan-id 0"),
                ALL,
                20,
                1514),
            a1ToB1(
                "filtered by port",
                a1 + " --filter accept_proto_udp_dst_198.19.0.21:7779",
                Set.of("unicast", "vlan", "fragment", "full"),
                20),
            a1ToB1(
                "filtered by IPv6 address",
                a1 + " --filter accept_src_2001:2::/64",
                Set.of("ipv6"),
                -1),
            a1ToB1(
                "all but IPv6, sent",
                a1 + " --filter reject_out_dst_2001:2::21 --filter accept_out",
                without("ipv6"),
                20),
            a1ToB1("cut", a1 + " --truncate 96", ALL, 20).cut(96),
            new Case("both of a group", "a1", "a2", List.of(a1, a2), ALL, 20, 1514),
            new Case(
                "filtered and not",
                "a1",
                "a2",
                List.of(a1 + " --filter accept_proto_udp", a2),
                without("reserved"),
                20,
                1514),
            new Case("a guest and its switch", "a1", "b1", List.of(a1, switchA), ALL, 20, 1514));
    return cases.sorted(Comparator.comparing(MirrorMatrixIT::deckOf));
  }

  /** The destination is on the host where the copies are taken, or on the other one, in turn. */
  private static Deck deckOf(Case asked) {
    return asked.name().length() % 2 == 0 ? Deck.HOST_A : Deck.HOST_B;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyFrameAskedForIsRecordedOnce(Case asked) throws IOException {
    assertRecorded(asked, deckOf(asked));
  }

  static Stream<Deck> decks() {
    return Stream.of(Deck.values());
  }

  @ParameterizedTest
  @MethodSource("decks")
  void everyKindOfDestinationGetsEveryFrame(Deck deck) throws IOException {
    assertRecorded(
        new Case(
            "to " + deck,
            "a1",
            "b1",
            List.of(
                "--type vnic --guest-id a1",
                "--type vswitch --host-id host-a --wire-id tenant --vlan-id 20"),
            ALL,
            20,
            1514),
        deck);
  }

  private void assertRecorded(Case asked, Deck deck) throws IOException {
    String nic = deck.make();
    int number = 0;
    for (String flow : asked.flows()) {
      // What the switch has decided about such frames before is not to outlast the change.
      lab.lab("traffic", "kinds", asked.from(), asked.to(), "--count", "" + 2 * ALL.size());
      lab.flow("flow" + number++, TO_DECK + flow);
    }
    List<String> faults = List.of("not sent");
    for (int attempt = 1; attempt <= ATTEMPTS && !faults.isEmpty(); attempt++) {
      List<Numbered.Seen> seen = record(deck.node, nic, asked.from(), asked.to(), attempt);
      faults = faults(asked, seen);
      assertThat(faults).noneMatch(fault -> !fault.startsWith("missing"));
    }
    assertThat(faults).isEmpty();
  }

  /** Records what comes while frames of all kinds are sent. */
  private List<Numbered.Seen> record(String node, String nic, String from, String to, int series)
      throws IOException {
    // So that the bridges know who is where.
    for (String guest : List.of(to, from)) {
      lab.lab("traffic", "kinds", guest, from, "--kinds", "broadcast", "--count", "1");
    }
    Path segments = Files.createDirectory(directory.resolve(nic + "-" + series));
    try (Recording recording = Recording.start(lab, node, nic, segments)) {
      lab.lab(
          "traffic", "kinds", from, to, "--count", "" + EACH * ALL.size(), "--series", "" + series);
      lab.awaitQuiet(node, nic);
      return Numbered.of(recording.stop().files(), series);
    }
  }

  private static List<String> faults(Case asked, List<Numbered.Seen> seen) {
    List<String> faults = new ArrayList<>();
    Map<String, Integer> times = new TreeMap<>();
    Map<String, Set<Integer>> numbers = new TreeMap<>();
    for (Numbered.Seen frame : seen) {
      int tag = frame.kind().equals("vlan") ? asked.tag() : -1;
      if (!asked.kinds().contains(frame.kind())) {
        faults.add("not asked for: " + frame);
      } else if (frame.vlan() != tag) {
        faults.add("not of VLAN " + tag + ": " + frame);
      } else if (frame.captured() > asked.longest()) {
        faults.add("too long: " + frame);
      }
      times.merge(frame.kind(), 1, Integer::sum);
      numbers.computeIfAbsent(frame.kind(), any -> new TreeSet<>()).add(frame.number());
    }
    for (String kind : asked.kinds()) {
      int parts = kind.equals("fragment") ? 2 : 1;
      int all = times.getOrDefault(kind, 0);
      if (all > EACH * parts || numbers.getOrDefault(kind, Set.of()).size() * parts < all) {
        faults.add("twice: " + kind);
      } else if (all < EACH * parts) {
        faults.add("missing: " + (EACH * parts - all) + " " + kind);
      }
    }
    return faults.stream().limit(10).toList();
  }

  @Test
  void theUnderlayIsMirroredFromBothHostsToEachOtherWithoutALoop() throws IOException {
    lab.forgetMirrors();
    made = Optional.empty();
    for (String host : List.of("host-a", "host-b")) {
      lab.exec(host, "ovs-vsctl", "set", "Bridge", "br-phy", "external_ids:tapdeck-wire=underlay");
    }
    String flow = "--type vswitch --wire-id underlay --host-id ";
    String atB = lab.activeService("at-b", "host", "host-b").get("nic").asText();
    Await.until("wires", () -> lab.tapdeck("wire-list").out().split("underlay", -1).length == 3);
    lab.flow("a", "--tap-id at-b " + flow + "host-a");
    assertPingsRecordedOnce("host-b", atB, "one");
    String atA = lab.activeService("at-a", "host", "host-a").get("nic").asText();
    lab.flow("b", "--tap-id at-a " + flow + "host-b");
    assertPingsRecordedOnce("host-b", atB, "both, at b");
    assertPingsRecordedOnce("host-a", atA, "both, at a");
  }

  private void assertPingsRecordedOnce(String node, String nic, String name) throws IOException {
    Path segments = Files.createDirectory(directory.resolve(name));
    try (Recording recording = Recording.start(lab, node, nic, segments)) {
      lab.exec("host-a", "ping", "-c", "10", "-i", "0.05", "198.18.0.2");
      lab.awaitQuiet(node, nic);
      List<Path> files = recording.stop().files();
      assertThat(Judge.fields(files, "icmp", "icmp.seq")).hasSize(20);
      assertThat(Judge.fields(files, "gre", "frame.number")).isEmpty();
    }
  }
}
