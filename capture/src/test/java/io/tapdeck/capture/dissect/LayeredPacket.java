package io.tapdeck.capture.dissect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A packet of random headers within headers, and what is true of it: known from how it was made,
 * not from reading it. Addresses, ports, VLANs and keys are of few, so that packets have some in
 * common.
 */
public final class LayeredPacket {
  /** Something true of a packet of which so many bytes are there. */
  public sealed interface Fact {
    /** How many bytes of the packet have to be there. */
    int from();

    /** An IP or ARP header. */
    record Network(int from, Address source, Address destination) implements Fact {}

    /** Ports, and which of the network headers they belong to, from 0. */
    record Ports(int from, int network, int source, int destination) implements Fact {}

    /** A protocol's name or number. */
    record Proto(int from, String name) implements Fact {}

    /** A tag. */
    record Vlan(int from, int id) implements Fact {}

    /** A tunnel's. */
    record Key(int from, long key) implements Fact {}
  }

  private static final int DEEPEST = 4;

  private final Random random;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Fact> facts = new ArrayList<>();

  private LayeredPacket(Random random) {
    this.random = random;
  }

  /** An Ethernet frame. */
  public static LayeredPacket ethernet(Random random) {
    LayeredPacket packet = new LayeredPacket(random);
    packet.ethernet(0);
    return packet;
  }

  /** Its bytes. */
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** What is true of its first bytes. */
  public List<Fact> facts(int length) {
    return facts.stream().filter(fact -> fact.from() <= length).toList();
  }

  /** One of few addresses. */
  public static Address address(Random random, int version) {
    int host = random.nextInt(6);
    return version == 4
        ? Address.ofV4(0x0A000000 | random.nextInt(2) << 16 | host)
        : Address.ofV6(0x20010DB8_00000000L | random.nextInt(2), host);
  }

  /** One of few ports, none of which a tunnel has. */
  public static int port(Random random) {
    return 440 + random.nextInt(6);
  }

  private int size() {
    return bytes.size();
  }

  private void put16(int value) {
    bytes.write(value >>> 8);
    bytes.write(value);
  }

  private void put32(long value) {
    put16((int) (value >>> 16) & 0xFFFF);
    put16((int) value & 0xFFFF);
  }

  private void put(Address address) {
    if (address.version() == 6) {
      bytes.writeBytes(ByteBuffer.allocate(8).putLong(address.high()).array());
      bytes.writeBytes(ByteBuffer.allocate(8).putLong(address.low()).array());
    } else {
      put32(address.low());
    }
  }

  private void zeros(int count) {
    bytes.writeBytes(new byte[count]);
  }

  private void fill(int count) {
    byte[] any = new byte[count];
    random.nextBytes(any);
    bytes.writeBytes(any);
  }

  private void ethernet(int depth) {
    fill(12);
    int tags = random.nextInt(4) - 1;
    for (int i = 0; i < tags; i++) {
      put16(new int[] {0x8100, 0x88A8, 0x9100}[random.nextInt(3)]);
      int id = random.nextInt(5);
      put16(random.nextInt(8) << 13 | id);
      // The tag is read with the EtherType that follows it.
      facts.add(new Fact.Vlan(size() + 2, id));
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        put16(0x0806);
        arp();
      }
      case 1 -> {
        put16(0x8847);
        mpls(depth);
      }
      case 2 -> {
        put16(0x1234 + random.nextInt(100));
        fill(30);
      }
      case 3, 4, 5 -> {
        put16(0x0800);
        ipv4(depth);
      }
      default -> {
        put16(0x86DD);
        ipv6(depth);
      }
    }
  }

  private void arp() {
    int start = size();
    facts.add(new Fact.Proto(start, "arp"));
    put16(1);
    put16(0x0800);
    bytes.write(6);
    bytes.write(4);
    put16(1);
    Address sender = address(random, 4);
    Address target = address(random, 4);
    fill(6);
    put(sender);
    fill(6);
    put(target);
    facts.add(new Fact.Network(start + 28, sender, target));
  }

  private void mpls(int depth) {
    facts.add(new Fact.Proto(size(), "mpls"));
    int labels = 1 + random.nextInt(3);
    for (int i = 0; i < labels; i++) {
      put16(random.nextInt(1 << 16));
      bytes.write(i == labels - 1 ? random.nextInt(128) << 1 | 1 : random.nextInt(128) << 1);
      bytes.write(64);
    }
    if (random.nextInt(3) == 0) {
      zeros(4);
      ethernet(depth + 1);
    } else if (random.nextBoolean()) {
      ipv4(depth);
    } else {
      ipv6(depth);
    }
  }

  private interface Body {
    void write();
  }

  /** Its protocol, and what comes then. */
  private record Carried(int protocol, Body body) {}

  private void ipv4(int depth) {
    int start = size();
    int options = random.nextInt(3) * 4;
    boolean later = random.nextInt(8) == 0;
    Carried carried = carried(depth);
    Address source = address(random, 4);
    Address destination = address(random, 4);
    bytes.write(0x45 + options / 4);
    bytes.write(0);
    // As segmentation offloads leave it: the true length is known only after what is inside.
    put16(0);
    put16(random.nextInt(1 << 16));
    put16(later ? 1 + random.nextInt(8000) : random.nextBoolean() ? 0x4000 : 0x2000);
    bytes.write(64);
    bytes.write(carried.protocol());
    put16(0);
    put(source);
    put(destination);
    facts.add(new Fact.Proto(start + 20, "ip"));
    facts.add(new Fact.Proto(start + 20, Integer.toString(carried.protocol())));
    facts.add(new Fact.Network(start + 20, source, destination));
    fill(options);
    if (later) {
      fill(40);
    } else {
      carried.body().write();
    }
  }

  private void ipv6(int depth) {
    int start = size();
    boolean later = random.nextInt(8) == 0;
    int extensions = random.nextInt(3);
    Carried carried = carried(depth);
    Address source = address(random, 6);
    Address destination = address(random, 6);
    int[] kinds = {0, 43, 60, 51};
    List<Integer> chain = new ArrayList<>();
    for (int i = 0; i < extensions; i++) {
      chain.add(kinds[random.nextInt(kinds.length)]);
    }
    boolean fragment = later || random.nextInt(8) == 0;
    if (fragment) {
      chain.add(44);
    }
    chain.add(carried.protocol());
    put32(6L << 28);
    put16(0);
    bytes.write(chain.getFirst());
    bytes.write(64);
    put(source);
    put(destination);
    facts.add(new Fact.Proto(start + 40, "ip6"));
    facts.add(new Fact.Network(start + 40, source, destination));
    int lastExtension = start + 40;
    for (int i = 0; i + 1 < chain.size(); i++) {
      lastExtension = size() + 8;
      bytes.write(chain.get(i + 1));
      if (chain.get(i) == 44) {
        bytes.write(0);
        put16(later ? (1 + random.nextInt(8000)) << 3 : 1);
        put32(7);
      } else {
        int units = random.nextInt(3);
        int unit = chain.get(i) == 51 ? 4 : 8;
        bytes.write(chain.get(i) == 51 ? units + 1 : units);
        fill((chain.get(i) == 51 ? (units + 3) * unit : (units + 1) * unit) - 2);
      }
    }
    facts.add(new Fact.Proto(lastExtension, Integer.toString(carried.protocol())));
    if (later) {
      fill(40);
    } else {
      carried.body().write();
    }
  }

  private Carried carried(int depth) {
    if (depth >= DEEPEST) {
      return ports(6, 20);
    }
    return switch (random.nextInt(12)) {
      case 0 -> new Carried(1, () -> fill(16));
      case 1 -> new Carried(4, () -> ipv4(depth + 1));
      case 2 -> new Carried(41, () -> ipv6(depth + 1));
      case 3, 4 -> new Carried(47, () -> gre(depth));
      case 5 -> new Carried(17, () -> vxlan(depth));
      case 6 -> new Carried(17, () -> geneve(depth));
      case 7 -> ports(132, 30);
      case 8 -> ports(17, 30);
      default -> ports(6, 20);
    };
  }

  /** Which network header was written last. */
  private int network() {
    return (int) facts.stream().filter(fact -> fact instanceof Fact.Network).count() - 1;
  }

  private void portsOf(int source, int destination) {
    put16(source);
    put16(destination);
    facts.add(new Fact.Ports(size(), network(), source, destination));
  }

  private Carried ports(int protocol, int rest) {
    int source = port(random);
    int destination = port(random);
    return new Carried(
        protocol,
        () -> {
          portsOf(source, destination);
          fill(rest);
        });
  }

  private void gre(int depth) {
    boolean checksum = random.nextBoolean();
    boolean keyed = random.nextBoolean();
    int kind = random.nextInt(6);
    boolean sequence = kind == 1 || (kind != 2 && random.nextBoolean());
    int[] types = {0x6558, 0x88BE, 0x88BE, 0x22EB, 0x0800, 0x86DD};
    put16((checksum ? 0x8000 : 0) | (keyed ? 0x2000 : 0) | (sequence ? 0x1000 : 0));
    put16(types[kind]);
    zeros(checksum ? 4 : 0);
    if (keyed) {
      key(random.nextInt(4), 0);
    }
    zeros(sequence ? 4 : 0);
    int start = size();
    switch (kind) {
      case 0 -> ethernet(depth + 1);
      case 1 -> {
        erspan(start, 1, 8);
        ethernet(depth + 1);
      }
      case 2 -> {
        facts.add(new Fact.Proto(start, "erspan"));
        ethernet(depth + 1);
      }
      case 3 -> {
        boolean platform = random.nextBoolean();
        erspan(start, 2, 12);
        put16(5);
        put16(platform ? 1 : 0);
        zeros(platform ? 8 : 0);
        ethernet(depth + 1);
      }
      case 4 -> ipv4(depth + 1);
      default -> ipv6(depth + 1);
    }
  }

  /** What type II and III begin with. */
  private void erspan(int start, int version, int length) {
    int vlan = random.nextInt(5);
    int session = random.nextInt(4);
    facts.add(new Fact.Proto(start, "erspan"));
    put16(version << 12 | vlan);
    put16(session);
    put32(0);
    if (vlan != 0) {
      facts.add(new Fact.Vlan(start + length, vlan));
    }
    facts.add(new Fact.Key(start + length, session));
  }

  /** In the first bits of 32, with some bits less. */
  private void key(long key, int shift) {
    put32(key << shift);
    facts.add(new Fact.Key(size(), key));
  }

  private void vxlan(int depth) {
    int start = size();
    portsOf(port(random), random.nextBoolean() ? 4789 : 8472);
    zeros(4);
    bytes.write(8);
    zeros(3);
    key(random.nextInt(4), 8);
    facts.add(new Fact.Proto(start + 16, "vxlan"));
    ethernet(depth + 1);
  }

  private void geneve(int depth) {
    int start = size();
    int options = random.nextInt(3);
    portsOf(port(random), 6081);
    zeros(4);
    bytes.write(options);
    bytes.write(0);
    int kind = random.nextInt(3);
    put16(new int[] {0x6558, 0x0800, 0x86DD}[kind]);
    key(random.nextInt(4), 8);
    facts.add(new Fact.Proto(start + 16, "geneve"));
    fill(options * 4);
    switch (kind) {
      case 0 -> ethernet(depth + 1);
      case 1 -> ipv4(depth + 1);
      default -> ipv6(depth + 1);
    }
  }
}
