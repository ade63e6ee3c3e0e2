package io.tapdeck.replay.rewrite;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Puts frames together from the inside out, with right checksums, computed byte by byte in the
 * plainest way there is.
 */
final class Frames {
  static final byte[] CLIENT_MAC = hex("020000000001");
  static final byte[] SERVER_MAC = hex("020000000002");
  static final byte[] BROADCAST = hex("ffffffffffff");

  static final int IPV4 = 0x0800;
  static final int IPV6 = 0x86DD;
  static final int ARP = 0x0806;

  private Frames() {}

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  static byte[] u16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  static byte[] u32(long value) {
    return join(u16((int) (value >> 16)), u16((int) value));
  }

  static byte[] address(String text) {
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Bytes that differ from each other. */
  static byte[] payload(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i * 37 + 11);
    }
    return payload;
  }

  static byte[] ethernet(int type, byte[] payload) {
    return ethernet(SERVER_MAC, CLIENT_MAC, type, payload);
  }

  static byte[] ethernet(byte[] destination, byte[] source, int type, byte[] payload) {
    return join(destination, source, u16(type), payload);
  }

  /** A frame with a tag put before what it has. */
  static byte[] tagged(int type, int control, byte[] frame) {
    return join(
        Arrays.copyOf(frame, 12),
        u16(type),
        u16(control),
        Arrays.copyOfRange(frame, 12, frame.length));
  }

  static byte[] ipv4(byte[] source, byte[] destination, int protocol, byte[] payload) {
    return ipv4(source, destination, protocol, payload, new byte[0], 0);
  }

  /**
   * @param options in bytes, a multiple of 4
   * @param fragmentation flags and offset
   */
  static byte[] ipv4(
      byte[] source,
      byte[] destination,
      int protocol,
      byte[] payload,
      byte[] options,
      int fragmentation) {
    byte[] header =
        join(
            new byte[] {(byte) (0x45 + options.length / 4), 0x48},
            u16(20 + options.length + payload.length),
            u16(0x1234),
            u16(fragmentation),
            new byte[] {64, (byte) protocol, 0, 0},
            source,
            destination,
            options);
    put16(header, 10, checksum(header));
    return join(header, payload);
  }

  static byte[] ipv6(byte[] source, byte[] destination, int next, byte[] payload) {
    return join(
        u32(0x64800000L + 0x12345),
        u16(payload.length),
        new byte[] {(byte) next, 64},
        source,
        destination,
        payload);
  }

  /** Options of a hop-by-hop or destination header: padding. */
  static byte[] options(int next) {
    return join(new byte[] {(byte) next, 0, 1, 4}, new byte[4]);
  }

  /** A routing header. */
  static byte[] routing(int next, int type, int left, byte[]... addresses) {
    return join(
        new byte[] {
          (byte) next,
          (byte) (2 * addresses.length),
          (byte) type,
          (byte) left,
          (byte) (type == 4 ? addresses.length - 1 : 0),
          0,
          0,
          0
        },
        join(addresses));
  }

  static byte[] fragment(int next, int offset, boolean more) {
    return join(new byte[] {(byte) next, 0}, u16((offset << 3) | (more ? 1 : 0)), u32(0xCAFE));
  }

  static byte[] tcp(byte[] source, byte[] destination, int from, int to, byte[] payload) {
    return tcp(source, destination, from, to, 0x18, payload);
  }

  static byte[] tcp(
      byte[] source, byte[] destination, int from, int to, int flags, byte[] payload) {
    byte[] segment =
        join(
            u16(from),
            u16(to),
            u32(0x01020304),
            u32(0x05060708),
            new byte[] {0x50, (byte) flags},
            u16(8192),
            u16(0),
            u16(0),
            payload);
    put16(segment, 16, checksum(join(pseudo(source, destination, 6, segment.length), segment)));
    return segment;
  }

  static byte[] udp(byte[] source, byte[] destination, int from, int to, byte[] payload) {
    byte[] datagram = join(u16(from), u16(to), u16(8 + payload.length), u16(0), payload);
    int checksum = checksum(join(pseudo(source, destination, 17, datagram.length), datagram));
    put16(datagram, 6, checksum == 0 ? 0xFFFF : checksum);
    return datagram;
  }

  static byte[] udpWithoutChecksum(int from, int to, byte[] payload) {
    return join(u16(from), u16(to), u16(8 + payload.length), u16(0), payload);
  }

  static byte[] sctp(int from, int to, byte[] payload) {
    byte[] packet = join(u16(from), u16(to), u32(0xABCD1234L), u32(0), payload);
    ByteBuffer.wrap(packet).putInt(8, Integer.reverseBytes(crc32c(packet)));
    return packet;
  }

  static byte[] icmp(int type, int code, byte[] rest, byte[] body) {
    byte[] message = join(new byte[] {(byte) type, (byte) code, 0, 0}, rest, body);
    put16(message, 2, checksum(message));
    return message;
  }

  static byte[] icmpV6(
      byte[] source, byte[] destination, int type, int code, byte[] rest, byte[] body) {
    byte[] message = join(new byte[] {(byte) type, (byte) code, 0, 0}, rest, body);
    put16(message, 2, checksum(join(pseudo(source, destination, 58, message.length), message)));
    return message;
  }

  static byte[] arp(
      int operation, byte[] senderMac, byte[] sender, byte[] targetMac, byte[] target) {
    return join(hex("0001 0800 06 04"), u16(operation), senderMac, sender, targetMac, target);
  }

  static byte[] pseudo(byte[] source, byte[] destination, int protocol, int length) {
    return join(source, destination, u32(protocol), u32(length));
  }

  static void put16(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  static int checksum(byte[] bytes) {
    return 0xFFFF - sum(bytes);
  }

  /** The ones' complement sum, 1 to 0xffff, or 0 of nothing but zeros. */
  static int sum(byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
      sum = sum > 0xFFFF ? sum - 0xFFFF : sum;
    }
    return sum;
  }

  static int crc32c(byte[] bytes) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
