package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Takes any bytes for what a recorder left, has them recovered, and fails if recovery does what it
 * must never do. Driven by Jazzer ({@code scripts/fuzz/readers --of recovery}), and by a test of
 * the suite.
 */
public final class SegmentRecoveryFuzz {
  /** Bits of an input's first byte; the others are the file. */
  private static final int PCAPNG = 1;

  private static final int COMPLETE = 2;
  private static final int WITH_SIDECAR = 4;
  private static final int WITH_SENSELESS_SIDECAR = 8;

  private static final long OPENED = 1_700_000_000_000_000_000L;
  private static final int SNAPLEN = 96;
  private static final int SEEDS = 32;
  private static final Origin ORIGIN =
      new Origin(new UUID(1, 2), "eth0", null, "", "both", SNAPLEN, 1 << 20, null);
  private static final Path MEMORY = Path.of("/dev/shm");

  private SegmentRecoveryFuzz() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    boolean _ = isRecovered(input);
  }

  /**
   * Writes inputs to begin with.
   *
   * @param arguments the directory for them
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (int seed = 0; seed < SEEDS; seed++) {
      Files.write(directory.resolve("seed-" + seed), seed(new Random(seed)));
    }
  }

  /** A whole segment of either format, in any state. */
  static byte[] seed(Random random) throws IOException {
    int how = random.nextInt(2 * WITH_SENSELESS_SIDECAR);
    SegmentName name = name(how);
    Path directory = Files.createTempDirectory(MEMORY, "tapdeck-seed");
    try {
      InlineDisk disk = InlineDisk.withSmallBlocks(directory);
      SegmentWriter writer = disk.open(name, ORIGIN, layout(name.format()));
      for (int frames = random.nextInt(6); frames > 0; frames--) {
        int length = 1 + random.nextInt(SNAPLEN);
        int _ = disk.append(writer, OPENED + random.nextInt(1000), length, length);
      }
      if (random.nextBoolean()) {
        disk.close(writer, new SegmentCounters(9, 1, 0)).publish();
        return input(how, Files.readAllBytes(name.in(directory)));
      }
      disk.flush(writer);
      return input(how, Files.readAllBytes(name.unfinishedIn(directory)));
    } finally {
      deleteAll(directory);
    }
  }

  /** Returns false if it is refused. */
  static boolean isRecovered(byte[] input) throws IOException {
    if (input.length == 0) {
      return false;
    }
    Path directory = Files.createTempDirectory(MEMORY, "tapdeck-recovery");
    try {
      return recover(directory, input[0], Arrays.copyOfRange(input, 1, input.length));
    } finally {
      deleteAll(directory);
    }
  }

  private static boolean recover(Path directory, int how, byte[] file) throws IOException {
    SegmentName name = name(how);
    boolean complete = (how & COMPLETE) != 0;
    Path left = complete ? name.in(directory) : name.unfinishedIn(directory);
    Files.write(left, file);
    if ((how & WITH_SIDECAR) != 0) {
      Sidecar begun =
          Sidecar.of(
              name,
              LinkType.ETHERNET.number(),
              Tally.empty(PcapFormat.FILE_HEADER_LENGTH),
              ORIGIN,
              null,
              null);
      SidecarFile.writeUnfinished(directory, name, begun, false);
    } else if ((how & WITH_SENSELESS_SIDECAR) != 0) {
      Files.write(name.unfinishedSidecarIn(directory), file);
    }
    SegmentDirectory.Recovery recovery = SegmentRecovery.recover(directory);
    require(recovery.recovered().size() + recovery.leftAlone().size() == 1, "it is told of once");
    boolean recovered = recovery.leftAlone().isEmpty();
    if (recovered) {
      checkRecovered(directory, name, complete, file, recovery.recovered().getFirst());
    } else {
      require(recovery.leftAlone().getFirst().contains(left.toString()), "a refusal names it");
      require(Arrays.equals(Files.readAllBytes(left), file), "what is refused stays as it is");
    }
    checkAgain(directory, recovered ? name.in(directory) : left, recovery);
    return recovered;
  }

  private static void checkRecovered(
      Path directory, SegmentName name, boolean complete, byte[] file, Sidecar sidecar)
      throws IOException {
    require(!Files.exists(name.unfinishedIn(directory)), "it is finished");
    require(!Files.exists(name.unfinishedSidecarIn(directory)), "its sidecar is finished");
    require(
        SidecarFile.read(name.sidecarIn(directory)).filter(sidecar::equals).isPresent(),
        "its sidecar is what is told");
    byte[] bytes = Files.readAllBytes(name.in(directory));
    require(sidecar.bytes() == bytes.length, "the sidecar knows the length");
    if (complete) {
      require(Arrays.equals(bytes, file), "a complete segment stays as it is");
      return;
    }
    // What has no whole header may get one, if it is known which.
    if (file.length >= PcapFormat.FILE_HEADER_LENGTH) {
      require(
          Arrays.equals(bytes, 0, bytes.length, file, 0, Math.min(bytes.length, file.length)),
          "it is only cut");
    }
    try (PcapReader reader = PcapReader.open(name.in(directory))) {
      long packets = 0;
      while (reader.next()) {
        packets++;
        require(reader.timestampNanos() >= 0, "a frame has a time");
        require(reader.captureLength() <= reader.snaplen(), "a frame is not too long");
      }
      require(reader.damage().isEmpty(), "what is left is whole");
      require(packets == sidecar.packets(), "the sidecar knows the packets");
    }
  }

  private static void checkAgain(Path directory, Path file, SegmentDirectory.Recovery first)
      throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    SegmentDirectory.Recovery second = SegmentRecovery.recover(directory);
    require(second.recovered().isEmpty(), "what is recovered needs no recovery");
    require(second.leftAlone().equals(first.leftAlone()), "what is refused stays refused");
    require(Arrays.equals(Files.readAllBytes(file), bytes), "a second recovery changes nothing");
  }

  private static SegmentName name(int how) {
    return new SegmentName(
        UtcTime.ofNanos(OPENED),
        1,
        (how & PCAPNG) != 0 ? SegmentFormat.PCAPNG : SegmentFormat.PCAP);
  }

  private static SegmentLayout layout(SegmentFormat format) {
    return switch (format) {
      case PCAP -> new PcapLayout(LinkType.ETHERNET, SNAPLEN, TimestampPrecision.NANOSECONDS);
      case PCAPNG ->
          new PcapngLayout(
              new PcapngSection("", "", "", List.of()),
              List.of(
                  new PcapngInterface(
                      "eth0",
                      "",
                      "",
                      OptionalLong.empty(),
                      SNAPLEN,
                      LinkType.ETHERNET,
                      List.of())));
    };
  }

  private static byte[] input(int how, byte[] file) {
    byte[] input = new byte[1 + file.length];
    input[0] = (byte) how;
    System.arraycopy(file, 0, input, 1, file.length);
    return input;
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("not so: " + rule);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
