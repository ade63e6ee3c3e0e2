package io.tapdeck.provisioner.agent;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * Frames from every port of a small bridge to every kind of destination, in several VLANs, of every
 * kind that filters tell apart. Each says its number, and in which run it was sent.
 */
final class Battery {
  /** What numbers of frames come after. */
  private static final byte[] MARK = "TdX!".getBytes(StandardCharsets.US_ASCII);

  static final int ARP = -1;
  static final int NOT_IP = -2;
  static final String TUNNEL_HERE = "198.18.255.1";
  static final String TUNNEL_THERE = "198.18.255.2";

  private static final int USUAL = 150;
  private static final int FULL = 1514;
  private static final HexFormat HEX = HexFormat.of();
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  /**
   * What is in a frame after its addresses.
   *
   * @param protocol the IP protocol's number, or {@link #ARP}, or {@link #NOT_IP}
   * @param ports source and destination port, if there are any in the frame
   * @param length of the whole frame without tags
   */
  record Content(
      int version,
      int protocol,
      String source,
      String destination,
      List<Integer> ports,
      Fragment fragment,
      int length) {
    /** Whether a tunnel of ours sent it. */
    boolean isOurTunnels() {
      return source.equals(TUNNEL_HERE) && destination.equals(TUNNEL_THERE);
    }
  }

  /** Which part of a packet. */
  enum Fragment {
    NONE,
    FIRST,
    LATER
  }

  private static final List<Content> CONTENTS =
      List.of(
          four(17, 53, USUAL),
          four(17, 5000, USUAL),
          four(6, 80, USUAL),
          four(132, 80, USUAL),
          new Content(4, 1, "10.1.0.1", "10.2.0.1", List.of(), Fragment.NONE, USUAL),
          new Content(4, 47, "10.1.0.1", "10.2.0.1", List.of(), Fragment.NONE, USUAL),
          new Content(4, 47, TUNNEL_HERE, TUNNEL_THERE, List.of(), Fragment.NONE, USUAL),
          new Content(4, 17, "10.1.0.1", "10.2.0.1", List.of(1000, 53), Fragment.FIRST, USUAL),
          new Content(4, 17, "10.1.0.1", "10.2.0.1", List.of(), Fragment.LATER, USUAL),
          six(17, 53),
          six(6, 80),
          new Content(6, 58, "2001:db8:1::1", "2001:db8:2::1", List.of(), Fragment.NONE, USUAL),
          new Content(
              6, 17, "2001:db8:1::1", "2001:db8:2::1", List.of(1000, 53), Fragment.FIRST, USUAL),
          new Content(6, 17, "2001:db8:1::1", "2001:db8:2::1", List.of(), Fragment.LATER, USUAL),
          new Content(4, ARP, "10.1.0.1", "10.2.0.1", List.of(), Fragment.NONE, USUAL),
          new Content(0, NOT_IP, "", "", List.of(), Fragment.NONE, USUAL),
          four(17, 5001, FULL));

  private static Content four(int protocol, int port, int length) {
    return new Content(
        4, protocol, "10.1.0.1", "10.2.0.1", List.of(1000, port), Fragment.NONE, length);
  }

  private static Content six(int protocol, int port) {
    return new Content(
        6, protocol, "2001:db8:1::1", "2001:db8:2::1", List.of(1000, port), Fragment.NONE, USUAL);
  }

  /** A port of the bridge, and what is beyond it. */
  record Station(String port, String mac, List<Integer> wireTags, int accessTag) {
    boolean isAccess() {
      return accessTag != 0;
    }
  }

  /**
   * A frame.
   *
   * @param wireTag the VLAN tag that its sender gives it; 0 for none
   * @param vlan the VLAN in which the bridge has it; 0 for none
   */
  record Frame(
      int number, Station sender, String destination, int wireTag, int vlan, Content content) {
    boolean isToMany() {
      return (COLONS.parseHex(destination)[0] & 1) == 1;
    }

    /** The frame with these tags. */
    byte[] bytes(int run, int tag) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.writeBytes(COLONS.parseHex(destination));
      frame.writeBytes(COLONS.parseHex(sender.mac()));
      if (tag != 0) {
        frame.writeBytes(shorts(0x8100, tag));
      }
      frame.writeBytes(payload(content, mark(run, number)));
      return frame.toByteArray();
    }

    @Override
    public String toString() {
      return number
          + " "
          + sender.port()
          + ">"
          + destination
          + " vlan "
          + vlan
          + " "
          + content.version()
          + "/"
          + content.protocol()
          + content.ports()
          + content.fragment();
    }
  }

  private Battery() {}

  static List<Frame> of(List<Station> stations, List<String> destinations) {
    List<Frame> frames = new ArrayList<>();
    for (Station sender : stations) {
      for (int tag : sender.wireTags()) {
        for (String destination : destinations) {
          for (Content content : CONTENTS) {
            int vlan = sender.isAccess() ? sender.accessTag() : tag;
            frames.add(new Frame(frames.size(), sender, destination, tag, vlan, content));
          }
        }
      }
    }
    return frames;
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  private static byte[] mark(int run, int number) {
    return ByteBuffer.allocate(12).put(MARK).putInt(run).putInt(number).array();
  }

  /** The number of a frame of that run, if it is one. */
  static OptionalInt number(byte[] frame, int run) {
    byte[] mark = ByteBuffer.allocate(8).put(MARK).putInt(run).array();
    for (int at = 14; at + 12 <= frame.length; at++) {
      if (Arrays.equals(frame, at, at + 8, mark, 0, 8)) {
        return OptionalInt.of(ByteBuffer.wrap(frame).getInt(at + 8));
      }
    }
    return OptionalInt.empty();
  }

  /** What follows the addresses and tags. */
  private static byte[] payload(Content content, byte[] mark) {
    int length = content.length() - 14;
    ByteBuffer body = ByteBuffer.allocate(length);
    switch (content.version()) {
      case 4 -> {
        if (content.protocol() == ARP) {
          body.put(shorts(1, 0x0800, 0x0604, 1)).put(new byte[6]);
          body.put(address(content.source())).put(new byte[6]).put(address(content.destination()));
        } else {
          four(body, content);
        }
      }
      case 6 -> six(body, content);
      default -> body.put(new byte[4]);
    }
    body.put(mark);
    for (byte filler = 1; body.hasRemaining(); filler++) {
      body.put(filler);
    }
    ByteBuffer all = ByteBuffer.allocate(2 + length);
    all.putShort((short) etherType(content)).put(body.array());
    return all.array();
  }

  private static int etherType(Content content) {
    return switch (content.version()) {
      case 4 -> content.protocol() == ARP ? 0x0806 : 0x0800;
      case 6 -> 0x86dd;
      default -> 0x88b5;
    };
  }

  private static byte[] address(String text) {
    return java.net.InetAddress.ofLiteral(text).getAddress();
  }

  private static void four(ByteBuffer body, Content content) {
    int fragment =
        switch (content.fragment()) {
          case NONE -> 0;
          case FIRST -> 0x2000;
          case LATER -> 100;
        };
    byte[] header = new byte[20];
    ByteBuffer.wrap(header)
        .put((byte) 0x45)
        .put((byte) 0)
        .putShort((short) body.capacity())
        .putShort((short) 7)
        .putShort((short) fragment)
        .put((byte) 64)
        .put((byte) content.protocol())
        .putShort((short) 0)
        .put(address(content.source()))
        .put(address(content.destination()));
    int sum = 0;
    for (int at = 0; at < 20; at += 2) {
      sum += ByteBuffer.wrap(header).getShort(at) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >> 16);
    ByteBuffer.wrap(header).putShort(10, (short) ~((sum & 0xffff) + (sum >> 16)));
    body.put(header);
    transport(body, content);
  }

  private static void six(ByteBuffer body, Content content) {
    boolean whole = content.fragment() == Fragment.NONE;
    body.putInt(0x60000000)
        .putShort((short) (body.capacity() - 40))
        .put((byte) (whole ? content.protocol() : 44))
        .put((byte) 64)
        .put(address(content.source()))
        .put(address(content.destination()));
    if (!whole) {
      body.put((byte) content.protocol())
          .put((byte) 0)
          .putShort((short) (content.fragment() == Fragment.FIRST ? 1 : 800))
          .putInt(7);
    }
    transport(body, content);
  }

  private static void transport(ByteBuffer body, Content content) {
    int length = body.remaining();
    switch (content.protocol()) {
      case 17 -> {
        if (content.fragment() != Fragment.LATER) {
          body.put(shorts(content.ports().get(0), content.ports().get(1), length, 0));
        }
      }
      case 6 ->
          body.put(shorts(content.ports().get(0), content.ports().get(1)))
              .put(HEX.parseHex("00000001000000005010100000000000"));
      case 132 -> body.put(shorts(content.ports().get(0), content.ports().get(1))).put(new byte[8]);
      case 1 -> body.put(HEX.parseHex("0800000000070001"));
      case 58 -> body.put(HEX.parseHex("8000000000070001"));
      default -> body.put(new byte[8]);
    }
  }
}
