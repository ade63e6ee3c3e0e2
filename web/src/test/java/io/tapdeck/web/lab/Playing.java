package io.tapdeck.web.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code tapdeck replay} as people start it, and the captures that tests play. */
final class Playing {
  static final Path TAPDECK = Path.of("..", "scripts", "tapdeck").toAbsolutePath().normalize();

  private static final int PCAP_NANOSECONDS = 0xA1B23C4D;
  private static final int ETHERNET = 1;
  private static final int FILE_HEADER = 24;
  private static final int RECORD_HEADER = 16;
  private static final int SHORTEST = 18;
  private static final int LARGEST = 262_144;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Playing() {}

  /** Begins to play to a veth; with the report as JSON. */
  static Command start(Veth veth, String... words) {
    return start(Map.of(), veth, words);
  }

  static Command start(Map<String, String> environment, Veth veth, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(TAPDECK.toString(), "replay", "-i", Veth.NEAR, "--netns", veth.near()));
    all.add("--json");
    all.addAll(List.of(words));
    return Command.start(environment, all);
  }

  /** Plays to a veth. */
  static Command.Result play(Veth veth, String... words) {
    return start(veth, words).await();
  }

  /** Plays to nowhere, or into a file. */
  static Command.Result pretend(String... words) {
    return Command.start(
            Map.of(),
            Stream.concat(Stream.of(TAPDECK.toString(), "replay", "--json"), Arrays.stream(words))
                .toList())
        .await();
  }

  /** What the report counts: read, sent, skipped, failed, filtered, whose equation holds. */
  static List<Long> counts(JsonNode report) {
    List<Long> counts =
        Stream.of("read", "sent", "skipped", "failed", "filtered")
            .map(name -> report.get(name).asLong())
            .toList();
    if (counts.getFirst() != counts.stream().skip(1).mapToLong(Long::longValue).sum()) {
      throw new AssertionError("read = sent + skipped + failed + filtered in " + report);
    }
    return counts;
  }

  /** A pcap file of numbered frames, each with its time in nanoseconds since 1970. */
  static Path capture(Path file, long[] times, int[] lengths) {
    int size = FILE_HEADER;
    for (int length : lengths) {
      size += RECORD_HEADER + length;
    }
    ByteBuffer pcap = header(ByteBuffer.allocate(size));
    for (int frame = 0; frame < times.length; frame++) {
      record(pcap, times[frame], lengths[frame]);
      byte[] bytes = new byte[Math.max(lengths[frame], SHORTEST)];
      ByteBuffer.wrap(bytes)
          .put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, (byte) 0x88, (byte) 0xB5})
          .putInt(frame);
      pcap.put(bytes, 0, lengths[frame]);
    }
    return write(file, pcap);
  }

  /** The same, evenly spaced, of 100 bytes each. */
  static Path capture(Path file, int count, long gap) {
    long[] times = new long[count];
    Arrays.setAll(times, i -> 1_700_000_000L * NANOS_PER_SECOND + i * gap);
    int[] lengths = new int[count];
    Arrays.fill(lengths, 100);
    return capture(file, times, lengths);
  }

  static ByteBuffer header(ByteBuffer pcap) {
    return pcap.order(ByteOrder.LITTLE_ENDIAN)
        .putInt(PCAP_NANOSECONDS)
        .putShort((short) 2)
        .putShort((short) 4)
        .putLong(0)
        .putInt(LARGEST)
        .putInt(ETHERNET);
  }

  static ByteBuffer record(ByteBuffer pcap, long time, int length) {
    return pcap.putInt((int) (time / NANOS_PER_SECOND))
        .putInt((int) (time % NANOS_PER_SECOND))
        .putInt(length)
        .putInt(length);
  }

  private static Path write(Path file, ByteBuffer pcap) {
    try {
      byte[] bytes = new byte[pcap.capacity()];
      pcap.get(0, bytes);
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** When each frame of capture files was captured, in nanoseconds since 1970 (tshark). */
  static long[] times(List<Path> files) {
    return Judge.fields(files, "", "frame.time_epoch").stream().mapToLong(Playing::nanos).toArray();
  }

  /** tshark writes seconds with nine decimals. */
  private static long nanos(String epoch) {
    int point = epoch.indexOf('.');
    String fraction = (epoch.substring(point + 1) + "000000000").substring(0, 9);
    return Long.parseLong(epoch.substring(0, point)) * NANOS_PER_SECOND + Long.parseLong(fraction);
  }
}
