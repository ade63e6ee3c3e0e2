package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.pcap.Captures.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TimeSearchTest {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** Of the window; records of up to 16 bytes less are believed. */
  private static final int SMALL = 256;

  /** What can be told of a packet. */
  private record Seen(long time, int length, int sum) {}

  @Property(tries = 400)
  void whatIsFoundIsWhatAReadFromFrontToBackFinds(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<Frame> frames = frames(random, 200 + random.nextInt(3_000), SECOND - 1);
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] file = Captures.file(order, random.nextBoolean(), frames);
    if (random.nextInt(4) == 0) {
      file = Arrays.copyOf(file, file.length - 1 - random.nextInt(20));
    }
    for (int search = 0; search < 5; search++) {
      long time = frames.get(random.nextInt(frames.size())).timestampNanos() - random.nextInt(2);
      assertFinds(file, time);
    }
  }

  @Property(tries = 200)
  void theSameOfBlocksThatTheRecorderWrote(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<Frame> frames = frames(random, 200 + random.nextInt(2_000), SECOND - 1);
    PcapngFile file =
        new PcapngFile()
            .section(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
            .ethernet()
            .ethernet();
    for (Frame frame : frames) {
      byte[] bytes = Arrays.copyOf(frame.bytes(), Math.min(frame.bytes().length, 200));
      file.enhanced(random.nextInt(2), frame.timestampNanos(), bytes, bytes.length);
    }
    for (int search = 0; search < 5; search++) {
      assertFinds(file.toByteArray(), frames.get(random.nextInt(frames.size())).timestampNanos());
    }
  }

  @Test
  void aSearchPassesOverNearlyAllThatIsBefore() throws IOException {
    List<Frame> frames = frames(new Random(1), 20_000, SECOND / 2);
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames);
    long time = frames.get(18_000).timestampNanos();
    try (PcapReader reader = open(new BytesChannel(file))) {
      assertThat(reader.skipBefore(time, false)).isGreaterThan(file.length * 80L / 100);
    }
  }

  @Test
  void ofFourGibibytesOnlySomeMebibytesAreRead() throws IOException {
    VirtualFile file = new VirtualFile(4L << 30);
    long wanted = file.records() * 9 / 10;
    ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
    try (PcapReader reader = new PcapReader(file, "virtual", window)) {
      long time = START + wanted * VirtualFile.GAP;
      long place = reader.skipBefore(time, false);
      assertThat(place).isGreaterThan(file.size() * 89 / 100);
      long passed = (place - PcapFormat.FILE_HEADER_LENGTH) / VirtualFile.RECORD;
      while (reader.next() && reader.timestampNanos() < time) {
        passed++;
      }
      assertThat(passed).isEqualTo(wanted);
      assertThat(reader.timestampNanos()).isEqualTo(time);
      assertThat(file.bytesRead).isLessThan(24L << 20);
    }
  }

  /** Two chains of records, each as good as the other: only the front tells which is the file's. */
  @Test
  void aSecondChainThatSomebodyHasWovenInIsNeverTakenForTheFirst() throws IOException {
    List<Frame> frames = new ArrayList<>();
    for (int number = 0; number < 4_000; number++) {
      long time = START + number * SECOND / 10;
      ByteBuffer bytes = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
      PcapFormat.putRecordHeader(bytes, 50, time, 200, 200);
      frames.add(new Frame(time, bytes.array(), 200));
    }
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames);
    for (int number = 0; number < frames.size(); number += 37) {
      assertFinds(file, frames.get(number).timestampNanos());
    }
  }

  /** The pieces of a capture that is being copied while it is captured. */
  @Test
  void capturesInsideOfFramesDoNotKeepItFromFinding() throws IOException {
    Random random = new Random(3);
    List<Frame> frames = new ArrayList<>();
    for (int number = 0; number < 10_000; number++) {
      long time = START + number * SECOND / 10;
      ByteBuffer bytes = ByteBuffer.allocate(240).order(ByteOrder.LITTLE_ENDIAN);
      int at = random.nextInt(20);
      while (at < 200) {
        int length = random.nextInt(24);
        PcapFormat.putRecordHeader(bytes, at, time - random.nextInt(1_000_000), length, length);
        at += 16 + length;
      }
      frames.add(new Frame(time, bytes.array(), 240));
    }
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames);
    for (int number = 500; number < frames.size(); number += 501) {
      assertFinds(file, frames.get(number).timestampNanos());
      try (PcapReader reader = open(new BytesChannel(file))) {
        assertThat(reader.skipBefore(frames.get(number).timestampNanos(), false))
            .isGreaterThan(256L * number - 256 * 64);
      }
    }
  }

  @Test
  void whereTheClockWasSetBackNothingIsPassedOver() throws IOException {
    List<Frame> frames = new ArrayList<>();
    for (int number = 0; number < 6_000; number++) {
      long back = number < 3_000 ? 0 : 100 * SECOND;
      frames.add(new Frame(START + number * SECOND / 10 - back, new byte[100], 100));
    }
    byte[] file = Captures.file(ByteOrder.LITTLE_ENDIAN, true, frames);
    for (int number = 0; number < frames.size(); number += 97) {
      assertFinds(file, frames.get(number).timestampNanos());
    }
  }

  @Test
  void foreignBlocksAreReadFromTheFront() throws IOException {
    PcapngFile file = new PcapngFile().section(ByteOrder.LITTLE_ENDIAN).ethernet();
    for (int number = 0; number < 1_000; number++) {
      file.enhanced(0, START + number * SECOND, new byte[100], 100);
    }
    try (PcapReader reader = open(new BytesChannel(file.toByteArray()))) {
      long front = reader.validLength();
      assertThat(reader.skipBefore(START + 900 * SECOND, false)).isEqualTo(front);
      assertThat(reader.skipBefore(START + 900 * SECOND, true)).isGreaterThan(front * 100);
    }
  }

  @Test
  void aReaderGoesBackToWhereItWas() throws IOException {
    byte[] file =
        Captures.file(ByteOrder.BIG_ENDIAN, true, frames(new Random(5), 3_000, SECOND / 2));
    try (PcapReader reader = open(new BytesChannel(file))) {
      long front = reader.validLength();
      List<Seen> first = read(reader, 0);
      reader.moveTo(front);
      assertThat(read(reader, 0)).isEqualTo(first).hasSize(3_000);
    }
  }

  private static void assertFinds(byte[] file, long time) throws IOException {
    List<Seen> expected;
    try (PcapReader reader = open(new BytesChannel(file))) {
      expected = read(reader, time);
    }
    try (PcapReader reader = open(new BytesChannel(file))) {
      boolean _ = reader.skipBefore(time, true) > 0;
      assertThat(read(reader, time)).isEqualTo(expected);
    }
  }

  private static List<Seen> read(PcapReader reader, long from) throws IOException {
    List<Seen> seen = new ArrayList<>();
    while (reader.next()) {
      if (reader.timestampNanos() >= from) {
        int sum = 0;
        for (int at = 0; at < reader.captureLength(); at++) {
          sum = 31 * sum + reader.buffer().get(reader.offset() + at);
        }
        seen.add(new Seen(reader.timestampNanos(), reader.captureLength(), sum));
      }
    }
    return seen;
  }

  private static PcapReader open(SeekableByteChannel channel) throws IOException {
    return new PcapReader(channel, "test", ByteBuffer.allocate(SMALL));
  }

  /** Frames that look like anything, out of order by up to {@code disorder}. */
  private static List<Frame> frames(Random random, int count, long disorder) {
    long gap = SECOND / (1 + random.nextInt(50));
    List<Frame> frames = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      long early = random.nextInt(3) == 0 ? (long) (random.nextDouble() * disorder) : 0;
      long time = START + 2 * SECOND + number * gap - early;
      byte[] bytes = new byte[random.nextInt(SMALL - 16 + 1)];
      fill(bytes, time, random);
      frames.add(new Frame(time / 1_000 * 1_000, bytes, bytes.length));
    }
    return frames;
  }

  private static void fill(byte[] bytes, long time, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> random.nextBytes(bytes);
      case 1 -> Arrays.fill(bytes, (byte) random.nextInt());
      case 2 -> {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        buffer.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int at = random.nextInt(16); bytes.length - at >= 16; ) {
          int length = random.nextInt(100);
          PcapFormat.putRecordHeader(buffer, at, time, length, length);
          at += 16 + length;
        }
      }
      default -> {
        // Zeros.
      }
    }
  }

  /** A file that is nowhere: records of one length, of which every byte follows from its place. */
  private static final class VirtualFile implements SeekableByteChannel {
    static final int RECORD = 1_040;
    static final long GAP = 1_000_000;

    private final long records;
    private final ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer header =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private long position;
    private long bytesRead;

    VirtualFile(long size) {
      records = (size - PcapFormat.FILE_HEADER_LENGTH) / RECORD;
      PcapFormat.putFileHeader(header, 0, 65_535, LinkType.ETHERNET);
    }

    long records() {
      return records;
    }

    @Override
    public int read(ByteBuffer into) {
      int before = into.position();
      while (into.hasRemaining() && position < size()) {
        ByteBuffer from = header;
        long at = position;
        if (at >= PcapFormat.FILE_HEADER_LENGTH) {
          long number = (at - PcapFormat.FILE_HEADER_LENGTH) / RECORD;
          at = (at - PcapFormat.FILE_HEADER_LENGTH) % RECORD;
          int length = RECORD - PcapFormat.RECORD_HEADER_LENGTH;
          PcapFormat.putRecordHeader(record, 0, START + number * GAP, length, length);
          from = record;
        }
        int count = (int) Math.min(into.remaining(), from.capacity() - at);
        into.put(from.slice((int) at, count));
        position += count;
      }
      int count = into.position() - before;
      bytesRead += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public long size() {
      return PcapFormat.FILE_HEADER_LENGTH + records * RECORD;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
      position = newPosition;
      return this;
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }
}
