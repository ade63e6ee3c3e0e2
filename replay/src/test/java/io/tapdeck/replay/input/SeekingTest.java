package io.tapdeck.replay.input;

import static io.tapdeck.replay.input.NumberedFrames.SECOND;
import static io.tapdeck.replay.input.NumberedFrames.START;
import static io.tapdeck.replay.input.NumberedFrames.range;
import static io.tapdeck.replay.input.NumberedFrames.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.ArchiveWriter;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeekingTest {
  private static final int GAP = 10_000_000;

  @TempDir private Path directory;

  private final Random random = new Random(23);

  /** What a frame is known by: its time is its own. */
  private final List<Long> times = new ArrayList<>();

  /**
   * A file of frames that are 10 ms apart, some up to a second early, many of which hold what looks
   * like records of just this time.
   */
  private Path write(String name, long start, int bytes) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(bytes + 70_000).order(ByteOrder.LITTLE_ENDIAN);
    PcapFormat.putFileHeader(file, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, LinkType.ETHERNET);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (long number = 0; at < bytes; number++) {
      int length = random.nextInt(200) == 0 ? random.nextInt(65_536) : random.nextInt(1_500);
      long early = random.nextInt(4) == 0 ? random.nextLong(SECOND) : 0;
      // Not to the nanosecond the time of another.
      long time = start + SECOND + number * GAP - early / 1_000 * 1_000 + number % 1_000;
      times.add(time);
      PcapFormat.putRecordHeader(file, at, time, length, length);
      at += PcapFormat.RECORD_HEADER_LENGTH;
      int end = at + length;
      for (int fake = at + random.nextInt(64); fake < end - 16 && number % 3 > 0; ) {
        int claimed = random.nextInt(300);
        PcapFormat.putRecordHeader(file, fake, time, claimed, claimed);
        fake += 16 + claimed;
      }
      at = end;
    }
    byte[] all = new byte[at];
    file.get(0, all);
    return Files.write(directory.resolve(name), all);
  }

  private static List<Long> play(InputSettings settings, List<Long> filtered) throws IOException {
    List<Long> played = new ArrayList<>();
    try (CaptureInput input = CaptureInput.check(settings);
        FrameSource source = input.open()) {
      while (source.next()) {
        played.add(source.timestampNanos());
      }
      filtered.add(source.filtered());
    }
    return played;
  }

  private static Selection between(long from, long to) {
    return range(TimePoint.parse(decimal(from)).toString(), new TimePoint.At(to).toString());
  }

  private static String decimal(long nanos) {
    return nanos / SECOND + "." + String.format(Locale.ROOT, "%09d", nanos % SECOND);
  }

  private List<Long> expected(long from, long to) {
    return times.stream().filter(time -> time >= from && time < to).toList();
  }

  @Test
  void anyRangeOfSeveralFilesIsPlayedAsIfAllWasRead() throws IOException {
    Path[] files = new Path[3];
    long start = START;
    for (int file = 0; file < files.length; file++) {
      files[file] = write("f" + file, start, 6 << 20);
      start = times.getLast() + SECOND;
    }
    long first = times.getFirst();
    long whole = times.getLast() - first;
    for (int round = 0; round < 60; round++) {
      long from = first + random.nextLong(whole);
      long to = from + 1 + random.nextLong(60 * SECOND);
      List<Long> filtered = new ArrayList<>();
      assertThat(play(settings(between(from, to), files), filtered))
          .as("from %d to %d", from, to)
          .isEqualTo(expected(from, to));
      // Of 18 MiB, what is not known to be before or after is looked at, 2 MiB a file or so.
      assertThat(filtered.getFirst()).isLessThan(times.size() / 2);
    }
  }

  @Test
  void compressedSegmentsAreEnteredAtTheFrameThatIsWanted() throws IOException {
    Path plain = write("plain", START, 60 << 20);
    Path packed = directory.resolve("packed");
    try (FileChannel from = FileChannel.open(plain);
        FileChannel to =
            FileChannel.open(packed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ArchiveWriter writer = ArchiveWriter.of(Compression.ZSTD)) {
      writer.begin(to);
      ByteBuffer piece = ByteBuffer.allocateDirect(ArchiveWriter.PIECE);
      while (from.read(piece) >= 0 || piece.position() > 0) {
        if (!piece.hasRemaining() || from.position() == from.size()) {
          writer.write(piece.flip());
          piece.clear();
        }
      }
      writer.finish();
    }
    for (int round = 0; round < 5; round++) {
      long from = times.getFirst() + (times.getLast() - times.getFirst()) * (round + 1) / 6;
      List<Long> filtered = new ArrayList<>();
      assertThat(play(settings(between(from, from + 10 * SECOND), packed), filtered))
          .isEqualTo(expected(from, from + 10 * SECOND));
      assertThat(filtered.getFirst()).isLessThan(times.size() / 3);
    }
  }

  @Test
  void aLargeFileIsEnteredNearItsEndAtOnce() throws IOException {
    // A hole of four gigabytes that ends in frames of a later time: what is read of it are zeros.
    Path file = NumberedFrames.write(directory.resolve("a"), 0, 1_000);
    Path later = NumberedFrames.write(directory.resolve("b"), 100_000, 50_000);
    int record = (1 << 18) + PcapFormat.RECORD_HEADER_LENGTH;
    int holes = 16_000;
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      long at = sparse.length();
      for (int hole = 0; hole < holes; hole++) {
        PcapFormat.putRecordHeader(header, 0, START + (2_000 + hole) * SECOND, 1 << 18, 1 << 18);
        sparse.seek(at);
        sparse.write(header.array());
        at += record;
      }
      byte[] frames = Files.readAllBytes(later);
      sparse.seek(at);
      sparse.write(frames, PcapFormat.FILE_HEADER_LENGTH, frames.length - 24);
    }
    assertThat(Files.size(file)).isGreaterThan(4_000_000_000L);
    List<Long> filtered = new ArrayList<>();
    long from = START + 120_000 * SECOND;
    List<Long> played = play(settings(between(from, from + 10 * SECOND), file), filtered);
    assertThat(played).hasSize(10);
    assertThat(played.getFirst()).isEqualTo(from);
    assertThat(filtered.getFirst()).isLessThan(40_000);
  }
}
