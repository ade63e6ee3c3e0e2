package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Frames.address;
import static io.tapdeck.replay.rewrite.Side.CLIENT;
import static io.tapdeck.replay.rewrite.Side.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SidesTest {
  private static final byte[] LOW = address("10.0.0.1");
  private static final byte[] HIGH = address("10.9.0.1");
  private static final byte[] LOW6 = address("2001:db8::1");
  private static final byte[] HIGH6 = address("2001:db8::2");
  private static final int SYN = 0x02;
  private static final int SYN_ACK = 0x12;
  private static final int ACK = 0x10;

  @Test
  void withoutASplitEverybodyIsAClient() {
    assertThat(side("none", tcp(HIGH, LOW, 80, 40000, SYN_ACK))).isEqualTo(CLIENT);
  }

  @Test
  void serversAreKnownByTheirAddresses() {
    Sides sides = new Sides(SideSplit.parse("servers=10.9.0.0/16,2001:db8::2"));
    assertThat(of(sides, tcp(HIGH, LOW, 40000, 80, SYN))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(LOW, HIGH, 80, 40000, ACK))).isEqualTo(CLIENT);
    assertThat(of(sides, udp6(HIGH6, LOW6, 1, 2))).isEqualTo(SERVER);
    assertThat(of(sides, udp6(LOW6, HIGH6, 1, 2))).isEqualTo(CLIENT);
    assertThat(of(sides, arp(HIGH, LOW))).isEqualTo(SERVER);
    assertThat(of(sides, arp(LOW, HIGH))).isEqualTo(CLIENT);
    assertThat(of(sides, Frames.tagged(0x8100, 5, arp(HIGH, LOW)))).isEqualTo(SERVER);
    assertThat(of(sides, Frames.ethernet(0x88CC, new byte[46]))).isEqualTo(CLIENT);
  }

  @Test
  void clientsAreKnownByTheirAddresses() {
    Sides sides = new Sides(SideSplit.parse("clients=10.0.0.0/16"));
    assertThat(of(sides, tcp(LOW, HIGH, 80, 40000, ACK))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(HIGH, LOW, 40000, 80, SYN))).isEqualTo(SERVER);
    assertThat(of(sides, Frames.ethernet(0x88CC, new byte[46]))).isEqualTo(CLIENT);
  }

  @Test
  void theLowerPortIsTheServersAndWithoutPortsTheLowerAddressTheClients() {
    Sides sides = new Sides(SideSplit.parse("port"));
    assertThat(of(sides, tcp(HIGH, LOW, 40000, 80, SYN_ACK))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(LOW, HIGH, 80, 40000, SYN))).isEqualTo(SERVER);
    assertThat(of(sides, udp6(HIGH6, LOW6, 53, 5353))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(LOW, HIGH, 179, 179, ACK))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(HIGH, LOW, 179, 179, ACK))).isEqualTo(SERVER);
    assertThat(of(sides, v4(HIGH, LOW, 47, new byte[8]))).isEqualTo(SERVER);
    assertThat(of(sides, v4(HIGH, address("224.0.0.1"), 2, new byte[8]))).isEqualTo(CLIENT);
  }

  @Test
  void whoAsksForAnEchoIsAClientAndAnErrorComesFromTheOtherSide() {
    for (String split : new String[] {"port", "auto"}) {
      Sides sides = new Sides(SideSplit.parse(split));
      assertThat(of(sides, icmp(HIGH, LOW, 8, new byte[8]))).isEqualTo(CLIENT);
      assertThat(of(sides, icmp(HIGH, LOW, 0, new byte[8]))).isEqualTo(SERVER);
      byte[] query = Frames.ipv4(LOW, HIGH, 17, Frames.udp(LOW, HIGH, 40000, 53, new byte[9]));
      assertThat(of(sides, icmp(HIGH, LOW, 3, query))).isEqualTo(SERVER);
      byte[] answer = Frames.ipv4(HIGH, LOW, 17, Frames.udp(HIGH, LOW, 53, 40000, new byte[9]));
      assertThat(of(sides, icmp(LOW, HIGH, 3, answer))).isEqualTo(CLIENT);
    }
  }

  @Test
  void whoSendsTheFirstSynIsTheClientWhateverThePorts() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    assertThat(of(sides, tcp(HIGH, LOW, 20, 40000, SYN))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(LOW, HIGH, 40000, 20, SYN_ACK))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(HIGH, LOW, 20, 40000, ACK))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(LOW, HIGH, 40000, 20, ACK))).isEqualTo(SERVER);
    // Another conversation of the same two, begun by the other.
    assertThat(of(sides, tcp(LOW, HIGH, 40001, 80, SYN))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(HIGH, LOW, 80, 40001, ACK))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(LOW, HIGH, 40000, 20, ACK))).isEqualTo(SERVER);
  }

  @Test
  void aConversationThatHadBegunBeforeIsJudgedByPortUntilItTellsMore() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    assertThat(of(sides, tcp(HIGH, LOW, 30000, 40000, ACK))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(HIGH, LOW, 30000, 40000, SYN))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(LOW, HIGH, 40000, 30000, ACK))).isEqualTo(SERVER);
  }

  @Test
  void overUdpAServicesPortTellsAndElseWhoSendsFirst() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    assertThat(of(sides, udp6(HIGH6, LOW6, 53, 40000))).isEqualTo(SERVER);
    assertThat(of(sides, udp6(LOW6, HIGH6, 40000, 53))).isEqualTo(CLIENT);
    assertThat(of(sides, udp6(HIGH6, LOW6, 5004, 40000))).isEqualTo(CLIENT);
    assertThat(of(sides, udp6(LOW6, HIGH6, 40000, 5004))).isEqualTo(SERVER);
    assertThat(of(sides, udp6(HIGH6, LOW6, 5004, 40000))).isEqualTo(CLIENT);
  }

  @Test
  void aLaterFragmentComesFromTheSideOfTheTwosConversation() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    byte[] later = Frames.ipv4(HIGH, LOW, 17, new byte[64], new byte[0], 0x00B9);
    assertThat(of(sides, Frames.ethernet(Frames.IPV4, later))).isEqualTo(SERVER);
    byte[] first =
        Frames.ipv4(
            HIGH, LOW, 17, Frames.udp(HIGH, LOW, 5004, 6000, new byte[8]), new byte[0], 0x2000);
    assertThat(of(sides, Frames.ethernet(Frames.IPV4, first))).isEqualTo(CLIENT);
    assertThat(of(sides, Frames.ethernet(Frames.IPV4, later))).isEqualTo(CLIENT);
  }

  @Test
  void aHostThatTalksWithItselfHasTwoSides() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    assertThat(of(sides, tcp(LOW, LOW, 30000, 40000, SYN))).isEqualTo(CLIENT);
    assertThat(of(sides, tcp(LOW, LOW, 40000, 30000, SYN_ACK))).isEqualTo(SERVER);
    assertThat(of(sides, tcp(LOW, LOW, 30000, 40000, ACK))).isEqualTo(CLIENT);
  }

  @Test
  void theMemoryHoldsThousandsOfConversationsAndForgetsTheOldest() {
    Sides sides = new Sides(SideSplit.parse("auto"));
    int count = 15_000;
    for (int port = 0; port < count; port++) {
      assertThat(of(sides, tcp(LOW, HIGH, 20, 40000 + port, SYN))).isEqualTo(CLIENT);
    }
    int remembered = 0;
    for (int port = 0; port < count; port++) {
      remembered += of(sides, tcp(LOW, HIGH, 20, 40000 + port, ACK)) == CLIENT ? 1 : 0;
    }
    assertThat(remembered).isGreaterThan(count * 98 / 100);
    for (int host = 0; host < 4 * Sides.CONVERSATIONS; host++) {
      byte[] other = {11, (byte) (host >> 16), (byte) (host >> 8), (byte) host};
      of(sides, tcp(LOW, other, 20, 40000, SYN));
    }
    assertThat(of(sides, tcp(LOW, HIGH, 20, 40000, ACK))).isEqualTo(SERVER);
  }

  @Property(tries = 500)
  void bothDirectionsOfAConversationAreOfDifferentSides(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 1) int split) {
    Random random = new Random(seed);
    Sides sides = new Sides(SideSplit.parse(split == 0 ? "port" : "auto"));
    int from = random.nextInt(65536);
    int to = random.nextInt(65536);
    byte[] there = tcp(LOW, HIGH, from, to, random.nextBoolean() ? SYN : ACK);
    byte[] back = tcp(HIGH, LOW, to, from, ACK);
    Side first = of(sides, there);
    assertThat(of(sides, back)).isNotEqualTo(first);
    assertThat(of(sides, there)).isEqualTo(first);
  }

  @Property(tries = 1000)
  void nothingIsReadBeyondTheFrame(
      @ForAll long seed, @ForAll @IntRange(min = 14, max = 90) int length) {
    byte[] frame = new RandomFrames(seed).next();
    byte[] cut = Arrays.copyOf(frame, Math.min(length, frame.length));
    Random random = new Random(seed);
    cut[random.nextInt(cut.length)] = (byte) random.nextInt();
    of(new Sides(SideSplit.parse("auto")), cut);
    of(new Sides(SideSplit.parse("servers=10.0.0.0/8")), cut);
  }

  private static Side side(String split, byte[] frame) {
    return of(new Sides(SideSplit.parse(split)), frame);
  }

  private static Side of(Sides sides, byte[] frame) {
    return sides.of(ByteBuffer.wrap(frame), 0, frame.length);
  }

  private static byte[] tcp(byte[] source, byte[] destination, int from, int to, int flags) {
    return v4(
        source, destination, 6, Frames.tcp(source, destination, from, to, flags, new byte[0]));
  }

  private static byte[] udp6(byte[] source, byte[] destination, int from, int to) {
    byte[] udp = Frames.udp(source, destination, from, to, new byte[4]);
    return Frames.ethernet(Frames.IPV6, Frames.ipv6(source, destination, 17, udp));
  }

  private static byte[] icmp(byte[] source, byte[] destination, int type, byte[] body) {
    return v4(source, destination, 1, Frames.icmp(type, 0, new byte[4], body));
  }

  private static byte[] v4(byte[] source, byte[] destination, int protocol, byte[] payload) {
    return Frames.ethernet(Frames.IPV4, Frames.ipv4(source, destination, protocol, payload));
  }

  private static byte[] arp(byte[] sender, byte[] target) {
    return Frames.ethernet(
        Frames.ARP, Frames.arp(1, Frames.CLIENT_MAC, sender, new byte[6], target));
  }
}
