package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Frames.address;
import static io.tapdeck.replay.rewrite.Frames.hex;
import static io.tapdeck.replay.rewrite.Frames.join;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames of all kinds that are looked into, put together at random from a seed. */
final class RandomFrames {
  private static final List<byte[]> V4 =
      List.of(
          address("10.1.2.3"),
          address("10.255.0.1"),
          address("172.1.2.3"),
          address("192.168.7.9"),
          address("224.0.0.251"),
          address("255.255.255.255"),
          address("0.0.0.0"));

  private static final List<byte[]> V6 =
      List.of(
          address("2001:db8::1"),
          address("2001:db8:ffff:ffff:ffff:ffff:ffff:fffe"),
          address("fd00:1::17"),
          address("fe80::1:2"),
          address("ff02::1:ff00:17"),
          address("::"));

  private static final int[] PORTS = {53, 80, 8080, 1000, 1999, 3000, 3500, 40000, 65535, 0};

  private final Random random;

  RandomFrames(long seed) {
    random = new Random(seed);
  }

  /** One with right checksums. */
  byte[] next() {
    byte[] packet = random.nextInt(2) == 0 ? v4(true) : v6(true);
    int type = (packet[0] & 0xF0) == 0x40 ? Frames.IPV4 : Frames.IPV6;
    byte[] frame =
        switch (random.nextInt(8)) {
          case 0 -> Frames.ethernet(0x8847, join(hex("00064040 00065140"), packet));
          case 1 ->
              Frames.ethernet(
                  0x8864,
                  join(
                      hex("1100 0007"),
                      Frames.u16(packet.length + 2),
                      Frames.u16(type == Frames.IPV4 ? 0x21 : 0x57),
                      packet));
          case 2 ->
              Frames.ethernet(
                  packet.length + 8, join(hex("aaaa03 000000"), Frames.u16(type), packet));
          default -> Frames.ethernet(type, packet);
        };
    for (int tags = random.nextInt(4); tags > 0; tags--) {
      frame = Frames.tagged(tags == 1 ? 0x88A8 : 0x8100, random.nextInt(1 << 16), frame);
    }
    return random.nextInt(4) == 0 ? join(frame, new byte[random.nextInt(20)]) : frame;
  }

  /** One of ARP, in two cases out of three whole. */
  byte[] nextArp() {
    byte[] arp =
        Frames.arp(1 + random.nextInt(2), Frames.CLIENT_MAC, any(V4), new byte[6], any(V4));
    return Frames.ethernet(
        Frames.BROADCAST,
        Frames.CLIENT_MAC,
        Frames.ARP,
        Arrays.copyOf(arp, random.nextInt(3) == 0 ? random.nextInt(28) : 28));
  }

  private byte[] v4(boolean withErrors) {
    byte[] source = any(V4);
    byte[] destination = any(V4);
    byte[] last = destination;
    byte[] options = new byte[0];
    if (random.nextInt(5) == 0) {
      boolean under = random.nextBoolean();
      byte[] hop = any(V4);
      byte[] end = any(V4);
      last = under ? end : destination;
      byte[] route = join(new byte[] {(byte) 131, 11, (byte) (under ? 4 : 12)}, hop, end);
      options = random.nextBoolean() ? join(new byte[] {1}, route) : join(route, new byte[1]);
    }
    int kind = random.nextInt(withErrors ? 8 : 5);
    byte[] payload = Frames.payload(random.nextInt(40));
    byte[] transport =
        switch (kind) {
          case 0, 1 -> Frames.tcp(source, last, port(), port(), payload);
          case 2 -> Frames.udp(source, last, port(), port(), payload);
          case 3 -> Frames.udpWithoutChecksum(port(), port(), payload);
          case 4 -> Frames.sctp(port(), port(), payload);
          case 5 -> Frames.icmp(8, 0, Frames.u32(0x10001), payload);
          case 6 -> Frames.icmp(11, 0, new byte[4], cut(v4(false), 28));
          default -> Frames.icmp(5, 1, any(V4), cut(v4(false), 28));
        };
    int protocol =
        switch (kind) {
          case 0, 1 -> 6;
          case 2, 3 -> 17;
          case 4 -> 132;
          default -> 1;
        };
    int fragmentation =
        kind >= 4 ? 0x4000 : new int[] {0, 0x4000, 0x2000, 0x2005}[random.nextInt(4)];
    return Frames.ipv4(source, destination, protocol, transport, options, fragmentation);
  }

  private byte[] v6(boolean withErrors) {
    byte[] source = any(V6);
    byte[] destination = any(V6);
    byte[] last = destination;
    int kind = random.nextInt(withErrors ? 9 : 4);
    byte[] payload = Frames.payload(random.nextInt(40));
    int protocol =
        switch (kind) {
          case 0, 1 -> 6;
          case 2 -> 17;
          case 3 -> 132;
          default -> 58;
        };
    List<byte[]> extensions = new ArrayList<>();
    int next = protocol;
    if (kind != 3 && random.nextInt(4) == 0) {
      extensions.addFirst(Frames.fragment(next, random.nextInt(2) * 3, random.nextBoolean()));
      next = 44;
    }
    if (random.nextInt(4) == 0) {
      extensions.addFirst(Frames.options(next));
      next = 60;
    }
    if (random.nextInt(4) == 0) {
      int left = random.nextInt(2);
      int type = random.nextBoolean() ? 0 : 4;
      byte[] one = any(V6);
      byte[] other = any(V6);
      last = left == 0 ? destination : type == 4 ? one : other;
      extensions.addFirst(Frames.routing(next, type, left, one, other));
      next = 43;
    }
    if (random.nextInt(4) == 0) {
      extensions.addFirst(Frames.options(next));
      next = 0;
    }
    byte[] mac = join(new byte[] {1, 1}, Frames.CLIENT_MAC);
    byte[] transport =
        switch (kind) {
          case 0, 1 -> Frames.tcp(source, last, port(), port(), payload);
          case 2 -> Frames.udp(source, last, port(), port(), payload);
          case 3 -> Frames.sctp(port(), port(), payload);
          case 4 -> Frames.icmpV6(source, last, 128, 0, Frames.u32(0x10001), payload);
          case 5 -> Frames.icmpV6(source, last, 135, 0, new byte[4], join(any(V6), mac));
          case 6 -> Frames.icmpV6(source, last, 136, 0, new byte[4], join(any(V6), mac));
          case 7 ->
              Frames.icmpV6(
                  source,
                  last,
                  134,
                  0,
                  new byte[4],
                  join(new byte[8], mac, hex("0304 40c0 00000001 00000001 00000000"), any(V6)));
          default -> Frames.icmpV6(source, last, 3, 0, new byte[4], cut(v6(false), 60));
        };
    return Frames.ipv6(
        source, destination, next, join(join(extensions.toArray(byte[][]::new)), transport));
  }

  private byte[] cut(byte[] packet, int least) {
    return Arrays.copyOf(packet, Math.min(packet.length, least + 8 * random.nextInt(4)));
  }

  private int port() {
    return PORTS[random.nextInt(PORTS.length)];
  }

  private byte[] any(List<byte[]> addresses) {
    return addresses.get(random.nextInt(addresses.size()));
  }
}
