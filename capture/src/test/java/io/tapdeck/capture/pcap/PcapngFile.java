package io.tapdeck.capture.pcap;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A pcapng file put together block by block, by hand, and what is to be read from it. */
final class PcapngFile {
  static final byte NANOSECONDS = 9;
  static final int NAME_RESOLUTION = 4;
  static final int LOCAL_USE = 0x80001234;

  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  /** What the current section says of an interface. */
  record Interface(String name, LinkType linkType, int snaplen, byte resolution, long offset) {
    long toNanos(long ticks) {
      return nanos(ticks, resolution, offset).min(LARGEST).max(BigInteger.ZERO).longValueExact();
    }
  }

  /** What is to be read of a packet. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts
  record Packet(
      int interfaceId,
      Interface source,
      @Nullable Long nanos,
      byte[] frame,
      long originalLength,
      int blockStart) {}

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Packet> packets = new ArrayList<>();
  private final List<Integer> blockEnds = new ArrayList<>();
  private final List<Interface> interfaces = new ArrayList<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /** All packets, in order. */
  List<Packet> packets() {
    return packets;
  }

  /** Where each block ends. */
  List<Integer> blockEnds() {
    return blockEnds;
  }

  /** Those of the last section. */
  List<Interface> interfaces() {
    return interfaces;
  }

  /** The time that a number of ticks means, as large or small as it may be. */
  static BigInteger nanos(long ticks, byte resolution, long offset) {
    BigInteger unsigned = new BigInteger(Long.toUnsignedString(ticks));
    BigInteger ticksPerSecond = BigInteger.valueOf(resolution < 0 ? 2 : 10).pow(resolution & 0x7F);
    return unsigned
        .multiply(NANOS_PER_SECOND)
        .divide(ticksPerSecond)
        .add(BigInteger.valueOf(offset).multiply(NANOS_PER_SECOND));
  }

  PcapngFile section(ByteOrder sectionOrder) {
    order = sectionOrder;
    interfaces.clear();
    ByteBuffer body = body(16);
    body.putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1);
    return block(0x0A0D0D0A, body);
  }

  PcapngFile ethernet() {
    return describe(new Interface("eth0", LinkType.ETHERNET, 0, NANOSECONDS, 0));
  }

  PcapngFile describe(Interface described) {
    byte[] name = described.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = body(8 + 4 + padded(name.length) + 4 + 4 + 4 + 8 + 4);
    body.putShort((short) described.linkType().number()).putShort((short) 0);
    body.putInt(described.snaplen());
    body.putShort((short) 2).putShort((short) name.length).put(name);
    body.position(8 + 4 + padded(name.length));
    body.putShort((short) 9).putShort((short) 1).put(described.resolution());
    body.position(body.position() + 3);
    body.putShort((short) 14).putShort((short) 8).putLong(described.offset());
    interfaces.add(described);
    return block(1, body);
  }

  PcapngFile enhanced(int interfaceId, long ticks, byte[] frame, long originalLength) {
    return enhanced(interfaceId, ticks, frame, originalLength, new byte[0]);
  }

  PcapngFile enhanced(
      int interfaceId, long ticks, byte[] frame, long originalLength, byte[] options) {
    ByteBuffer body = body(20 + padded(frame.length) + options.length);
    body.putInt(interfaceId);
    putPacket(body, ticks, frame, originalLength).put(options);
    add(interfaceId, interfaces.get(interfaceId).toNanos(ticks), frame, originalLength);
    return block(6, body);
  }

  PcapngFile obsolete(int interfaceId, long ticks, byte[] frame, long originalLength) {
    ByteBuffer body = body(20 + padded(frame.length));
    body.putShort((short) interfaceId).putShort((short) 0xFFFF);
    putPacket(body, ticks, frame, originalLength);
    add(interfaceId, interfaces.get(interfaceId).toNanos(ticks), frame, originalLength);
    return block(2, body);
  }

  /** The frame must be as long as the snaplen of the first interface has it. */
  PcapngFile simple(byte[] frame, long originalLength) {
    ByteBuffer body = body(4 + padded(frame.length));
    body.putInt((int) originalLength).put(frame);
    add(0, null, frame, originalLength);
    return block(3, body);
  }

  /** Any block, with its lengths. */
  PcapngFile block(int type, byte[] body) {
    int length = 12 + padded(body.length);
    ByteBuffer block = ByteBuffer.allocate(length).order(order);
    block.putInt(type).putInt(length).put(body).putInt(length - 4, length);
    bytes.writeBytes(block.array());
    blockEnds.add(bytes.size());
    return this;
  }

  private PcapngFile block(int type, ByteBuffer body) {
    return block(type, bytesOf(body));
  }

  /**
   * A file of so many blocks, of every kind there is.
   *
   * @param longest frame
   * @param usual whether only what other tools read alike may be in it
   */
  static PcapngFile random(Random random, int blocks, int longest, boolean usual) {
    PcapngFile file = new PcapngFile().section(anyOrder(random));
    for (int block = 1; block < blocks; block++) {
      int kind = random.nextInt(20);
      if (kind == 0) {
        file.section(anyOrder(random));
      } else if (kind == 1) {
        file.block(LOCAL_USE, bytes(random, random.nextInt(2 * longest)));
      } else if (kind == 2) {
        file.block(NAME_RESOLUTION, new byte[4]);
      } else if (kind < 5 || file.interfaces.isEmpty()) {
        file.describe(anyInterface(random, usual));
      } else {
        file.anyPacket(random, longest, usual);
      }
    }
    return file;
  }

  private void anyPacket(Random random, int longest, boolean usual) {
    int id = random.nextInt(interfaces.size());
    byte[] frame = bytes(random, random.nextInt(longest + 1));
    long original = random.nextBoolean() ? frame.length : frame.length + random.nextInt(2_000);
    long ticks = usual ? ticks(interfaces.get(id), random) : random.nextLong();
    switch (random.nextInt(8)) {
      case 0 -> obsolete(id, ticks, frame, original);
      case 1 -> {
        int snaplen = interfaces.getFirst().snaplen();
        if (snaplen == 0 || frame.length <= snaplen) {
          simple(frame, snaplen > 0 && frame.length == snaplen ? original : frame.length);
        }
      }
      case 2 -> {
        ByteBuffer comment = body(12).putShort((short) 1).putShort((short) 3);
        comment.put("yes".getBytes(StandardCharsets.UTF_8));
        enhanced(id, ticks, frame, original, bytesOf(comment));
      }
      default -> enhanced(id, ticks, frame, original);
    }
  }

  private static Interface anyInterface(Random random, boolean usual) {
    byte[] resolutions = {0, 3, 6, 7, 9, 12, (byte) (0x80 | 10), (byte) (0x80 | 30)};
    int[] linkTypes = {1, 101, 113, 276};
    byte resolution =
        usual ? resolutions[random.nextInt(resolutions.length)] : (byte) random.nextInt();
    long offset = usual || random.nextBoolean() ? 0 : random.nextLong();
    LinkType linkType =
        new LinkType(usual ? linkTypes[random.nextInt(linkTypes.length)] : random.nextInt(1 << 16));
    int snaplen = random.nextBoolean() ? 0 : random.nextInt(200);
    return new Interface("if" + random.nextInt(100), linkType, snaplen, resolution, offset);
  }

  /** A time of the years after 2023. */
  private static long ticks(Interface source, Random random) {
    int exponent = source.resolution() & 0x7F;
    double ticksPerSecond = Math.pow(source.resolution() < 0 ? 2 : 10, exponent);
    long seconds = exponent == 12 ? 9_000_000 : 1_700_000_000;
    return (long) (ticksPerSecond * (seconds + random.nextInt(100_000)))
        + random.nextInt((int) Math.min(ticksPerSecond, 1_000_000_000));
  }

  private static ByteOrder anyOrder(Random random) {
    return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void add(int id, @Nullable Long nanos, byte[] frame, long originalLength) {
    packets.add(new Packet(id, interfaces.get(id), nanos, frame, originalLength, bytes.size()));
  }

  private static ByteBuffer putPacket(
      ByteBuffer body, long ticks, byte[] frame, long originalLength) {
    body.putInt((int) (ticks >>> 32)).putInt((int) ticks);
    body.putInt(frame.length).putInt((int) originalLength).put(frame);
    return body.position(20 + padded(frame.length));
  }

  private static byte[] bytesOf(ByteBuffer buffer) {
    byte[] all = new byte[buffer.capacity()];
    buffer.get(0, all);
    return all;
  }

  private ByteBuffer body(int length) {
    return ByteBuffer.allocate(length).order(order);
  }

  private static int padded(int length) {
    return (length + 3) / 4 * 4;
  }
}
