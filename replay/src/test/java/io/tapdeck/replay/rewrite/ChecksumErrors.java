package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * By how much the checksums of a frame are wrong: a judge that knows nothing of how frames are
 * changed. The error of one is what all it covers sums up to, itself included, modulo 0xffff; 0 if
 * it is right. Of a packet whose end is not there it says only whether the error stays the same.
 */
final class ChecksumErrors {
  private final byte[] frame;
  private final List<String> errors = new ArrayList<>();
  private final List<Integer> fields = new ArrayList<>();
  private boolean fragment;

  private ChecksumErrors(byte[] frame) {
    this.frame = frame;
  }

  /** Each checksum that there is, from the outside in, with its error. */
  static List<String> of(byte[] frame) {
    return judge(frame).errors;
  }

  /** Where the checksums are. */
  static List<Integer> fields(byte[] frame) {
    return judge(frame).fields;
  }

  /** Whether it is a part of a packet. */
  static boolean isFragment(byte[] frame) {
    return judge(frame).fragment;
  }

  private static ChecksumErrors judge(byte[] frame) {
    ChecksumErrors judge = new ChecksumErrors(frame);
    int at = 12;
    while (List.of(0x8100, 0x88A8, 0x9100).contains(judge.u16(at))) {
      at += 4;
    }
    int type = judge.u16(at);
    at += 2;
    if (type == 0x8847) {
      while ((frame[at + 2] & 1) == 0) {
        at += 4;
      }
      at += 4;
      type = frame[at] >> 4 == 4 ? 0x0800 : 0x86DD;
    } else if (type == 0x8864) {
      type = judge.u16(at + 6) == 0x21 ? 0x0800 : 0x86DD;
      at += 8;
    } else if (type <= 1500) {
      type = judge.u16(at + 6);
      at += 8;
    }
    if (type == 0x0800) {
      judge.ipv4("", at, frame.length);
    } else if (type == 0x86DD) {
      judge.ipv6("", at, frame.length);
    }
    return judge;
  }

  private void ipv4(String name, int at, int limit) {
    fragment |= name.isEmpty() && (u16(at + 6) & 0x3FFF) != 0;
    int headerLength = (frame[at] & 0xF) * 4;
    int end = Math.min(limit, at + u16(at + 2));
    error(name + "ip", at + 10, slice(at, at + headerLength));
    if ((u16(at + 6) & 0x1FFF) != 0 || at + headerLength > end) {
      return;
    }
    byte[] destination = slice(at + 16, at + 20);
    for (int option = at + 20; option < at + headerLength && frame[option] != 0; ) {
      if (frame[option] == 1) {
        option++;
        continue;
      }
      int length = frame[option + 1];
      if (frame[option] == (byte) 131 && frame[option + 2] <= length) {
        destination = slice(option + length - 4, option + length);
      }
      option += length;
    }
    transport(
        name,
        frame[at + 9] & 0xFF,
        at + headerLength,
        end,
        slice(at + 12, at + 16),
        destination,
        u16(at + 2) - headerLength);
  }

  private void ipv6(String name, int at, int limit) {
    int declared = u16(at + 4);
    int end = Math.min(limit, at + 40 + declared);
    byte[] destination = slice(at + 24, at + 40);
    int next = frame[at + 6] & 0xFF;
    int header = at + 40;
    while (next == 0 || next == 43 || next == 44 || next == 60) {
      if (header + 8 > end || header + (frame[header + 1] & 0xFF) * 8 + 8 > end) {
        return;
      }
      fragment |= name.isEmpty() && next == 44 && (u16(header + 2) & 0xFFF9) != 0;
      int length = next == 44 ? 8 : (frame[header + 1] & 0xFF) * 8 + 8;
      if (next == 44 && u16(header + 2) >> 3 != 0) {
        return;
      }
      if (next == 43 && frame[header + 3] > 0) {
        int last = frame[header + 2] == 4 ? header + 8 : header + length - 16;
        destination = slice(last, last + 16);
      }
      next = frame[header] & 0xFF;
      header += length;
    }
    transport(
        name, next, header, end, slice(at + 8, at + 24), destination, at + 40 + declared - header);
  }

  private void transport(
      String name, int protocol, int at, int end, byte[] source, byte[] destination, int length) {
    byte[] message = slice(at, end);
    byte[] pseudo = Frames.pseudo(source, destination, protocol, length);
    switch (protocol) {
      case 6 -> {
        if (message.length >= 18) {
          error(name + "tcp", at + 16, Frames.join(pseudo, message));
        }
      }
      case 17 -> {
        if (message.length >= 8 && u16(at + 6) == 0) {
          errors.add(name + "udp none");
          fields.add(at + 6);
        } else if (message.length >= 8) {
          error(name + "udp", at + 6, Frames.join(pseudo, message));
        }
      }
      case 132 -> {
        ByteBuffer copy = ByteBuffer.wrap(message);
        if (message.length == length) {
          int stored = copy.getInt(8);
          copy.putInt(8, 0);
          fields.add(at + 8);
          errors.add(name + "sctp " + (stored ^ Integer.reverseBytes(Frames.crc32c(message))));
        }
      }
      case 1 -> {
        error(name + "icmp", at + 2, message);
        if (List.of(3, 5, 11).contains((int) frame[at])) {
          ipv4(name + "embedded ", at + 8, end);
        }
      }
      case 58 -> {
        error(name + "icmpv6", at + 2, Frames.join(pseudo, message));
        if (frame[at] > 0) {
          ipv6(name + "embedded ", at + 8, end);
        }
      }
      default -> {}
    }
  }

  private void error(String name, int field, byte[] covered) {
    fields.add(field);
    errors.add(name + " " + Frames.sum(covered) % 0xFFFF);
  }

  private byte[] slice(int from, int to) {
    int end = Math.min(to, frame.length);
    return Arrays.copyOfRange(frame, Math.min(from, end), end);
  }

  private int u16(int at) {
    return ((frame[at] & 0xFF) << 8) | (frame[at + 1] & 0xFF);
  }
}
