package io.tapdeck.capture.dissect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Reads any bytes as the headers of packets, and fails if the dissector does what it must never do.
 * Driven by Jazzer ({@code scripts/fuzz/readers}), and by a test of the suite.
 */
public final class DissectorFuzz {
  private static final int[] LINK_TYPES = {0, 1, 101, 108, 113, 147, 228, 229, 276};
  private static final int SEEDS = 64;
  private static final Dissector DISSECTOR = new Dissector();

  private DissectorFuzz() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] packet) {
    for (int linkType : LINK_TYPES) {
      dissect(packet, linkType);
    }
  }

  /**
   * Writes packets to begin with.
   *
   * @param arguments the directory for them
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (int seed = 0; seed < SEEDS; seed++) {
      byte[] packet = LayeredPacket.ethernet(new Random(seed)).bytes();
      Files.write(directory.resolve("seed-" + seed), packet);
    }
  }

  private static void dissect(byte[] packet, int linkType) {
    ByteBuffer exact = ByteBuffer.wrap(packet);
    String read = words(DISSECTOR.dissect(exact, 0, packet.length, linkType));
    // What is around it, and the order of the buffer, must not matter.
    ByteBuffer within =
        ByteBuffer.allocate(packet.length + 600).order(ByteOrder.LITTLE_ENDIAN).put(300, packet);
    for (int i = 0; i < within.capacity(); i++) {
      if (i < 300 || i >= 300 + packet.length) {
        within.put(i, (byte) 0x45);
      }
    }
    String again = words(DISSECTOR.dissect(within, 300, packet.length, linkType));
    if (!read.equals(again)) {
      throw new IllegalStateException("read beyond the packet: " + read + " and " + again);
    }
  }

  private static String words(Headers headers) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < headers.networks(); i++) {
      words.append(headers.source(i)).append(headers.destination(i)).append(headers.sourcePort(i));
      words.append(headers.destinationPort(i)).append(headers.protocol(i)).append(' ');
      if (headers.hasPorts(i)
          && Math.max(headers.sourcePort(i), headers.destinationPort(i)) > 0xFFFF) {
        throw new IllegalStateException("no port: " + words);
      }
    }
    for (int i = 0; i < headers.vlans(); i++) {
      words.append("v").append(headers.vlan(i));
    }
    for (int i = 0; i < headers.keys(); i++) {
      words.append("k").append(headers.key(i));
    }
    for (int i = 0; i < Protocol.COUNT; i++) {
      words.append(headers.has(i) ? "p" + i : "");
    }
    return words.toString();
  }
}
