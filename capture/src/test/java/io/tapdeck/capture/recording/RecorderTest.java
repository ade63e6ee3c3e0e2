package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.DescriptorWait;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.recording.ScriptedSource.Frame;
import io.tapdeck.capture.segment.InlineDisk;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Where one segment ends and the next begins, with whatever comes and whatever is asked for. */
class RecorderTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long BEGIN = 1_700_000_000L * SECOND;
  private static final int SNAPLEN = 300;

  /** A frame after a pause, of which the clock is told as well if the link was idle. */
  record Arrival(long after, int length, boolean idle) {}

  /** Limits of a segment; 0 for none. */
  record Limit(SegmentFormat format, int bytes, long intervalNanos, int packets) {
    RecordingSettings settings(Path directory) {
      RecordingSettings.Builder builder =
          RecordingSettings.builder("eth0", directory)
              .format(format)
              .snaplen(SNAPLEN)
              .rotateSize(new DataSize(bytes));
      if (intervalNanos > 0) {
        builder.rotateEvery(Duration.ofNanos(intervalNanos));
      }
      if (packets > 0) {
        builder.rotatePackets(packets);
      }
      return builder.build();
    }
  }

  @Provide
  Arbitrary<List<Arrival>> arrivals() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 3 * SECOND),
            Arbitraries.integers().between(1, SNAPLEN),
            Arbitraries.of(true, false))
        .as(Arrival::new)
        .list()
        .ofMaxSize(200);
  }

  @Provide
  Arbitrary<Limit> limits() {
    Arbitrary<Long> intervals =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, Arbitraries.just(0L)),
            net.jqwik.api.Tuple.of(3, Arbitraries.longs().between(SECOND / 10, 10 * SECOND)));
    Arbitrary<Integer> packets = Arbitraries.of(0, 1, 2, 7, 50);
    Arbitrary<Limit> pcap =
        Combinators.combine(Arbitraries.integers().between(340, 20_000), intervals, packets)
            .as((bytes, interval, most) -> new Limit(SegmentFormat.PCAP, bytes, interval, most));
    Arbitrary<Limit> pcapng =
        Combinators.combine(Arbitraries.integers().between(140_000, 150_000), intervals, packets)
            .as((bytes, interval, most) -> new Limit(SegmentFormat.PCAPNG, bytes, interval, most));
    return Arbitraries.oneOf(pcap, pcap, pcapng);
  }

  @Example
  void framesThatReachFromOneBlockIntoTheNextAreWhole() throws Exception {
    for (SegmentFormat format : SegmentFormat.values()) {
      everyFrameIsInOneSegmentAndEverySegmentEndsWhereItMust(
          Collections.nCopies(200, new Arrival(1000, 299, false)),
          new Limit(format, 150_000, 0, 0));
    }
  }

  @Property(tries = 200)
  void everyFrameIsInOneSegmentAndEverySegmentEndsWhereItMust(
      @ForAll("arrivals") List<Arrival> arrivals, @ForAll("limits") Limit limit) throws Exception {
    Path directory = Files.createTempDirectory("recorder");
    try {
      List<Frame> sent = record(directory, limit, arrivals);
      List<List<Frame>> segments = read(directory);
      assertThat(segments.stream().flatMap(List::stream).toList()).isEqualTo(sent);
      for (int i = 0; i < segments.size(); i++) {
        List<Frame> segment = segments.get(i);
        assertThat(isWithin(limit, segment)).as("segment %d: %s", i, segment).isTrue();
        if (i + 1 < segments.size()) {
          List<Frame> longer = new ArrayList<>(segment);
          longer.add(segments.get(i + 1).getFirst());
          assertThat(isWithin(limit, longer)).as("with one more: %s", longer).isFalse();
        }
      }
    } finally {
      delete(directory);
    }
  }

  @Example
  void itWaitsForMemoryAlsoWhenASegmentIsOver() throws Exception {
    Path directory = Files.createTempDirectory("recorder");
    Limit limit = new Limit(SegmentFormat.PCAP, 20_000, SECOND, 0);
    InlineDisk disk = InlineDisk.withSmallBlocks(directory);
    ScriptedSource source = new ScriptedSource("eth0");
    source.rest();
    AtomicLong clock = new AtomicLong(BEGIN);
    try (DescriptorWait wait = new DescriptorWait(1)) {
      Recorder recorder = recorder(limit.settings(directory), limit, source, disk, wait, clock);
      // More than the blocks hold that nobody writes.
      for (int i = 1; i <= 40; i++) {
        source.put(new Frame(i, BEGIN, SNAPLEN));
      }
      clock.addAndGet(10 * SECOND);
      recorder.doWork();
      assertThat(recorder.packets()).isBetween(1L, 39L);
      long before = System.nanoTime();
      for (int round = 0; round < 3; round++) {
        recorder.doWork();
      }
      assertThat(System.nanoTime() - before).isGreaterThan(SECOND / 10);
      recorder.stop();
      while (recorder.doWork()) {
        disk.work();
      }
      recorder.finish();
      disk.work();
      assertThat(recorder.packets()).isEqualTo(40);
    } finally {
      delete(directory);
    }
  }

  private static boolean isWithin(Limit limit, List<Frame> frames) {
    // What a pcapng file has besides is bounded, and no pcapng case here is as large.
    int bytes = 24 + frames.stream().mapToInt(frame -> 16 + frame.length()).sum();
    boolean fits = limit.format() == SegmentFormat.PCAPNG || bytes <= limit.bytes();
    boolean few = limit.packets() == 0 || frames.size() <= limit.packets();
    boolean sameInterval =
        limit.intervalNanos() == 0
            || frames.stream()
                    .map(frame -> frame.timestamp() / limit.intervalNanos())
                    .distinct()
                    .count()
                == 1;
    return !frames.isEmpty() && fits && few && sameInterval;
  }

  private static List<Frame> record(Path directory, Limit limit, List<Arrival> arrivals)
      throws Exception {
    RecordingSettings settings = limit.settings(directory);
    InlineDisk disk = InlineDisk.withSmallBlocks(directory);
    ScriptedSource source = new ScriptedSource("eth0");
    AtomicLong clock = new AtomicLong(BEGIN);
    List<Frame> sent = new ArrayList<>();
    try (DescriptorWait wait = new DescriptorWait(1)) {
      Recorder recorder = recorder(settings, limit, source, disk, wait, clock);
      for (Arrival arrival : arrivals) {
        clock.addAndGet(arrival.after());
        if (arrival.idle()) {
          recorder.doWork();
          disk.work();
        }
        Frame frame = new Frame(sent.size() + 1, clock.get(), arrival.length());
        sent.add(frame);
        source.put(frame);
        if (sent.size() % 3 == 0) {
          recorder.doWork();
          disk.work();
        }
      }
      recorder.stop();
      while (recorder.doWork()) {
        disk.work();
      }
      recorder.finish();
      disk.work();
    }
    for (var closed : disk.closed()) {
      closed.publish();
    }
    return sent;
  }

  private static Recorder recorder(
      RecordingSettings settings,
      Limit limit,
      ScriptedSource source,
      InlineDisk disk,
      DescriptorWait wait,
      AtomicLong clock)
      throws Exception {
    Recorder recorder =
        new Recorder(
            settings,
            new Origin(new UUID(7, 1), "eth0", null, "", "both", SNAPLEN, limit.bytes(), null),
            List.of(source),
            disk.disk(),
            new Healthy(),
            wait,
            1,
            clock::get,
            List.of(),
            standing -> {});
    recorder.begin();
    return recorder;
  }

  private record Healthy() implements Recorder.Downstream {
    @Override
    public Optional<Obstacle> obstacle() {
      return Optional.empty();
    }

    @Override
    public Optional<Throwable> failure() {
      return Optional.empty();
    }
  }

  private static List<List<Frame>> read(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().matches(".*\\.pcap(ng)?")).sorted().toList();
    }
    List<List<Frame>> segments = new ArrayList<>();
    for (Path file : files) {
      List<Frame> frames = new ArrayList<>();
      try (PcapReader reader = PcapReader.open(file)) {
        while (reader.next()) {
          int number = Byte.toUnsignedInt(reader.buffer().get(reader.offset()));
          for (int i = 0; i < reader.captureLength(); i++) {
            assertThat(reader.buffer().get(reader.offset() + i)).isEqualTo((byte) number);
          }
          frames.add(new Frame(number, reader.timestampNanos(), reader.captureLength()));
        }
        assertThat(reader.damage()).isEmpty();
      }
      segments.add(frames);
    }
    return segments;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
