package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Reads any bytes as a capture file, and fails if the reader does what it must never do. Driven by
 * Jazzer ({@code scripts/fuzz/readers}), and by a test of the suite.
 */
public final class PcapReaderFuzz {
  private static final int SMALL_WINDOW = 256;
  private static final int LARGE_WINDOW = 1 << 16;
  private static final int SEEDS = 24;

  private PcapReaderFuzz() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] file) throws IOException {
    read(file, SMALL_WINDOW);
    read(file, LARGE_WINDOW);
  }

  /**
   * Writes capture files to begin with.
   *
   * @param arguments the directory for them
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (int seed = 0; seed < SEEDS; seed++) {
      Files.write(directory.resolve("seed-" + seed), seed(new Random(seed)));
    }
  }

  /** A whole file in one of the formats. */
  static byte[] seed(Random random) {
    if (random.nextBoolean()) {
      return PcapngFile.random(random, 2 + random.nextInt(8), 100, random.nextBoolean())
          .toByteArray();
    }
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int[] lengths = random.ints(1 + random.nextInt(5), 0, 100).toArray();
    return Captures.file(order, random.nextBoolean(), Captures.frames(lengths));
  }

  /** Reads a file, and what of it was valid once more. */
  private static void read(byte[] file, int window) throws IOException {
    BytesChannel channel = new BytesChannel(file);
    try (PcapReader reader = open(channel, window)) {
      int packets = readAll(reader, channel);
      long valid = reader.validLength();
      long left = reader.damage().map(Damage::bytesLeft).orElse(0L);
      require(valid + left == file.length, "every byte is valid or left");
      require(reader.damage().map(Damage::offset).orElse(valid) == valid, "damage is after that");
      BytesChannel again = new BytesChannel(Arrays.copyOf(file, Math.toIntExact(valid)));
      try (PcapReader second = open(again, window)) {
        require(readAll(second, again) == packets, "what is valid holds the same packets");
        require(second.damage().isEmpty(), "what is valid is undamaged");
      }
    } catch (NotPcapException refused) {
      require(
          String.valueOf(refused.getMessage()).startsWith("fuzz is "), "a refusal names the file");
    }
  }

  private static int readAll(PcapReader reader, BytesChannel channel) throws IOException {
    int packets = 0;
    long valid = reader.validLength();
    while (true) {
      boolean buffered = reader.isNextBuffered();
      int reads = channel.reads();
      boolean moved = reader.next();
      require(!buffered || channel.reads() == reads, "what is buffered is not read");
      if (!moved) {
        break;
      }
      packets++;
      require(reader.recordOffset() >= valid, "packets are in the order of the file");
      require(reader.validLength() > reader.recordOffset(), "packets take room");
      valid = reader.validLength();
      require(valid <= channel.size(), "packets are in the file");
      require(reader.timestampNanos() >= 0, "times are not negative");
      require(reader.originalLength() >= 0, "lengths are not negative");
      require(reader.captureLength() >= 0, "lengths are not negative");
      require(
          reader.offset() + reader.captureLength() <= reader.buffer().capacity(),
          "frames are in the window");
      CaptureInterface source = reader.interfaces().get(reader.interfaceId());
      require(source.linkType().equals(reader.linkType()), "a packet is of its interface");
      require(source.snaplen() == reader.snaplen(), "a packet is of its interface");
    }
    require(!reader.next(), "there is nothing after the end");
    return packets;
  }

  private static PcapReader open(BytesChannel channel, int window) throws IOException {
    return new PcapReader(channel, "fuzz", ByteBuffer.allocate(window));
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("not so: " + rule);
    }
  }
}
