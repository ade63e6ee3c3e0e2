package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Searches any bytes as a capture file, and fails if what a search finds is not what a read from
 * front to back finds, in a file that keeps to what the search relies on. Driven by Jazzer ({@code
 * scripts/fuzz/readers}), and by a test of the suite.
 */
public final class TimeSearchFuzz {
  /** Records have 48 bytes of a frame at most: a file of a kilobyte is a long one. */
  private static final int WINDOW = 64;

  private static final int SEEDS = 24;
  private static final long START = 1_700_000_000_000_000_000L;

  private TimeSearchFuzz() {}

  private record Seen(long time, long offset) {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] file) throws IOException {
    List<Seen> all;
    boolean isExact;
    try (PcapReader reader = open(file)) {
      all = read(reader);
      isExact = reader.damage().isEmpty() && reader.format() == CaptureFormat.PCAP;
    } catch (NotPcapException none) {
      return;
    }
    long latest = Long.MIN_VALUE;
    for (Seen seen : all) {
      isExact &= seen.time() >= latest - PcapReader.DISORDER_NANOS || latest == Long.MIN_VALUE;
      latest = Math.max(latest, seen.time());
    }
    for (int wanted = 0; wanted < all.size(); wanted += 1 + all.size() / 7) {
      search(file, all, all.get(wanted).time(), isExact);
    }
  }

  private static void search(byte[] file, List<Seen> all, long time, boolean isExact)
      throws IOException {
    try (PcapReader reader = open(file)) {
      long front = reader.validLength();
      long place = reader.skipBefore(time, true);
      require(place >= front && place <= file.length, "it stays in the file");
      require(place == reader.validLength(), "it is where it says");
      List<Seen> found = read(reader).stream().filter(seen -> seen.time() >= time).toList();
      List<Seen> expected = all.stream().filter(seen -> seen.time() >= time).toList();
      require(!isExact || found.equals(expected), "nothing is missed, and nothing invented");
    }
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

  /** A file of frames that are seconds apart, and hold what looks like records. */
  static byte[] seed(Random random) {
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    PcapngFile blocks = new PcapngFile().section(order).ethernet();
    List<Captures.Frame> frames = new ArrayList<>();
    int count = 30 + random.nextInt(40);
    for (int number = 0; number < count; number++) {
      long time = START + number * 4_000_000_000L - random.nextInt(900_000_000);
      ByteBuffer bytes = ByteBuffer.allocate(random.nextInt(WINDOW - 15)).order(order);
      if (bytes.capacity() >= 16) {
        int claimed = random.nextInt(WINDOW - 15);
        int at = random.nextInt(bytes.capacity() - 15);
        PcapFormat.putRecordHeader(bytes, at, time, claimed, claimed);
      }
      frames.add(new Captures.Frame(time, bytes.array(), bytes.capacity()));
      if (bytes.capacity() <= WINDOW - 32) {
        blocks.enhanced(0, time, bytes.array(), bytes.capacity());
      }
    }
    return random.nextInt(4) == 0
        ? blocks.toByteArray()
        : Captures.file(order, random.nextBoolean(), frames);
  }

  private static List<Seen> read(PcapReader reader) throws IOException {
    List<Seen> seen = new ArrayList<>();
    while (reader.next()) {
      seen.add(new Seen(reader.timestampNanos(), reader.recordOffset()));
    }
    return seen;
  }

  private static PcapReader open(byte[] file) throws IOException {
    return new PcapReader(new BytesChannel(file), "fuzz", ByteBuffer.allocate(WINDOW));
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("not so: " + rule);
    }
  }
}
