package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Frames.address;
import static io.tapdeck.replay.rewrite.Frames.hex;
import static io.tapdeck.replay.rewrite.Frames.join;
import static io.tapdeck.replay.rewrite.Frames.payload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Frames of every kind in every encapsulation, by name: {@code qinq/v6 hop-by-hop tcp}. */
final class Corpus {
  private static final byte[] CLIENT = address("10.1.2.3");
  private static final byte[] SERVER = address("10.9.8.7");
  private static final byte[] FAR = address("10.77.0.9");
  private static final byte[] CLIENT6 = address("2001:db8::1");
  private static final byte[] SERVER6 = address("2001:db8::2");
  private static final byte[] FAR6 = address("2001:db8::77");
  private static final int FROM = 1234;
  private static final int TO = 80;

  private final Map<String, byte[]> frames = new LinkedHashMap<>();

  private Corpus() {}

  static Map<String, byte[]> frames() {
    Corpus corpus = new Corpus();
    corpus.addEncapsulated("plain", frame -> frame);
    corpus.addEncapsulated("vlan", frame -> Frames.tagged(0x8100, 0xB064, frame));
    corpus.addEncapsulated(
        "qinq", frame -> Frames.tagged(0x8100, 0x6123, Frames.tagged(0x8100, 0x1064, frame)));
    corpus.addEncapsulated(
        "802.1ad", frame -> Frames.tagged(0x88A8, 0x3FFF, Frames.tagged(0x8100, 0x2001, frame)));
    byte[] packet = Frames.ipv4(CLIENT, SERVER, 6, tcp(21));
    corpus.frames.put("mpls", Frames.ethernet(0x8847, join(hex("00064040 00065140"), packet)));
    corpus.frames.put(
        "pppoe",
        Frames.ethernet(
            0x8864, join(hex("1100 0007"), Frames.u16(packet.length + 2), hex("0021"), packet)));
    corpus.frames.put(
        "snap", Frames.ethernet(packet.length + 8, join(hex("aaaa03 000000 0800"), packet)));
    corpus.frames.put(
        "lldp",
        Frames.ethernet(0x88CC, hex("0207 04 020000000001 0403 056531" + "0602 0078 0000")));
    return corpus.frames;
  }

  private void addEncapsulated(String name, UnaryOperator<byte[]> encapsulation) {
    for (int length : new int[] {0, 20, 33}) {
      byte[] v4 = Frames.ipv4(CLIENT, SERVER, 6, tcp(length));
      add(name, "v4 tcp " + length, Frames.ethernet(Frames.IPV4, v4), encapsulation);
      byte[] v6 = Frames.ipv6(CLIENT6, SERVER6, 6, tcp6(SERVER6, length));
      add(name, "v6 tcp " + length, Frames.ethernet(Frames.IPV6, v6), encapsulation);
    }
    addV4(name, encapsulation);
    addV6(name, encapsulation);
    byte[] nobody = new byte[6];
    byte[] request = Frames.arp(1, Frames.CLIENT_MAC, CLIENT, nobody, SERVER);
    add(
        name,
        "arp request",
        Frames.ethernet(Frames.BROADCAST, Frames.CLIENT_MAC, Frames.ARP, request),
        encapsulation);
    byte[] reply = Frames.arp(2, Frames.CLIENT_MAC, CLIENT, Frames.SERVER_MAC, SERVER);
    add(name, "arp reply", Frames.ethernet(Frames.ARP, reply), encapsulation);
  }

  private void addV4(String name, UnaryOperator<byte[]> encapsulation) {
    Map<String, byte[]> packets = new LinkedHashMap<>();
    byte[] udp = Frames.udp(CLIENT, SERVER, FROM, TO, payload(25));
    packets.put("udp", Frames.ipv4(CLIENT, SERVER, 17, udp));
    packets.put(
        "udp none",
        Frames.ipv4(CLIENT, SERVER, 17, Frames.udpWithoutChecksum(FROM, TO, payload(24))));
    packets.put(
        "echo",
        Frames.ipv4(CLIENT, SERVER, 1, Frames.icmp(8, 0, Frames.u32(0x10001), payload(16))));
    byte[] about =
        Frames.ipv4(SERVER, CLIENT, 17, Frames.udp(SERVER, CLIENT, TO, FROM, payload(20)));
    packets.put("error", Frames.ipv4(CLIENT, SERVER, 1, Frames.icmp(3, 3, new byte[4], about)));
    packets.put(
        "options tcp", Frames.ipv4(CLIENT, SERVER, 6, tcp(20), hex("01010101 94040000"), 0));
    packets.put(
        "source route tcp",
        Frames.ipv4(
            CLIENT,
            SERVER,
            6,
            Frames.tcp(CLIENT, FAR, FROM, TO, payload(20)),
            join(hex("830704"), FAR, hex("00")),
            0));
    packets.put("first fragment udp", Frames.ipv4(CLIENT, SERVER, 17, udp, new byte[0], 0x2000));
    packets.put(
        "later fragment udp",
        Frames.ipv4(CLIENT, SERVER, 17, join(hex("04d20050"), payload(28)), new byte[0], 0x2005));
    packets.put(
        "sctp",
        Frames.ipv4(
            CLIENT,
            SERVER,
            132,
            Frames.sctp(FROM, TO, hex("00030010 00000001 00010000 00000000"))));
    byte[] inner = Frames.ipv4(CLIENT, SERVER, 17, udp);
    packets.put("gre", Frames.ipv4(CLIENT, SERVER, 47, join(hex("00000800"), inner)));
    packets.forEach((kind, packet) ->
        add(name, "v4 " + kind, Frames.ethernet(Frames.IPV4, packet), encapsulation));

    byte[] small = Frames.ipv4(CLIENT, SERVER, 17, Frames.udp(CLIENT, SERVER, FROM, TO, hex("61")));
    add(
        name,
        "v4 padded udp",
        Frames.ethernet(Frames.IPV4, join(small, new byte[17])),
        encapsulation);
    byte[] all = address("255.255.255.255");
    byte[] discover = Frames.ipv4(CLIENT, all, 17, Frames.udp(CLIENT, all, FROM, TO, payload(9)));
    add(
        name,
        "v4 broadcast udp",
        Frames.ethernet(Frames.BROADCAST, Frames.CLIENT_MAC, Frames.IPV4, discover),
        encapsulation);
    byte[] group = address("224.0.0.1");
    byte[] query = Frames.ipv4(CLIENT, group, 2, Frames.icmp(0x11, 0, new byte[4], new byte[0]));
    add(
        name,
        "v4 igmp",
        Frames.ethernet(hex("01005e000001"), Frames.CLIENT_MAC, Frames.IPV4, query),
        encapsulation);
  }

  private void addV6(String name, UnaryOperator<byte[]> encapsulation) {
    byte[] udp = Frames.udp(CLIENT6, SERVER6, FROM, TO, payload(25));
    Map<String, byte[]> packets = new LinkedHashMap<>();
    packets.put("udp", v6(17, udp));
    packets.put("udp none", v6(17, Frames.udpWithoutChecksum(FROM, TO, payload(24))));
    packets.put(
        "echo", v6(58, Frames.icmpV6(CLIENT6, SERVER6, 128, 0, Frames.u32(0x10001), payload(16))));
    byte[] about =
        Frames.ipv6(SERVER6, CLIENT6, 17, Frames.udp(SERVER6, CLIENT6, TO, FROM, payload(20)));
    packets.put("error", v6(58, Frames.icmpV6(CLIENT6, SERVER6, 1, 4, new byte[4], about)));
    byte[] told = join(SERVER6, hex("0101"), Frames.CLIENT_MAC);
    packets.put(
        "neighbour solicitation",
        v6(58, Frames.icmpV6(CLIENT6, SERVER6, 135, 0, new byte[4], told)));
    packets.put("hop-by-hop tcp", v6(0, join(Frames.options(6), tcp6(SERVER6, 20))));
    packets.put("destination udp", v6(60, join(Frames.options(17), udp)));
    packets.put("route gone tcp", v6(43, join(Frames.routing(6, 0, 0, FAR6), tcp6(SERVER6, 20))));
    packets.put("route tcp", v6(43, join(Frames.routing(6, 0, 1, FAR6), tcp6(FAR6, 20))));
    packets.put(
        "many tcp",
        v6(
            0,
            join(
                Frames.options(60),
                Frames.options(43),
                Frames.routing(6, 0, 0, FAR6),
                tcp6(SERVER6, 20))));
    packets.put("first fragment udp", v6(44, join(Frames.fragment(17, 0, true), udp)));
    packets.put(
        "later fragment udp",
        v6(44, join(Frames.fragment(17, 5, false), hex("04d20050"), payload(28))));
    packets.put("atomic fragment udp", v6(44, join(Frames.fragment(17, 0, false), udp)));
    packets.forEach((kind, packet) ->
        add(name, "v6 " + kind, Frames.ethernet(Frames.IPV6, packet), encapsulation));
  }

  private void add(
      String encapsulation, String kind, byte[] frame, UnaryOperator<byte[]> encapsulate) {
    frames.put(encapsulation + "/" + kind, encapsulate.apply(frame));
  }

  private static byte[] v6(int next, byte[] payload) {
    return Frames.ipv6(CLIENT6, SERVER6, next, payload);
  }

  private static byte[] tcp(int length) {
    return Frames.tcp(CLIENT, SERVER, FROM, TO, payload(length));
  }

  private static byte[] tcp6(byte[] last, int length) {
    return Frames.tcp(CLIENT6, last, FROM, TO, payload(length));
  }
}
