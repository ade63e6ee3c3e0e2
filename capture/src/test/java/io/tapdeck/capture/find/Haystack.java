package io.tapdeck.capture.find;

import io.tapdeck.capture.dissect.LayeredPacket;
import io.tapdeck.capture.dissect.LayeredPacket.Fact;
import io.tapdeck.capture.query.Expression;
import io.tapdeck.capture.query.PlainMeaning;
import io.tapdeck.capture.segment.RecordedTraffic;
import io.tapdeck.capture.segment.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Recorded packets of which it is known what is true of each. */
final class Haystack {
  static final long BEGIN = 1_764_000_000_123_456_789L;
  static final long MILLI = 1_000_000L;

  /**
   * A packet.
   *
   * @param length of its frame without padding
   * @param name what tells it from others
   */
  record Packet(long time, int length, String name, List<Fact> facts) {}

  final RecordedTraffic traffic;
  final List<Packet> packets = new ArrayList<>();
  private final Random random;

  Haystack(RecordedTraffic traffic, long seed) {
    this.traffic = traffic;
    this.random = new Random(seed);
  }

  static Haystack of(Path directory, long seed) {
    return new Haystack(new RecordedTraffic(directory), seed);
  }

  /**
   * Records a segment of random packets, a millisecond apart.
   *
   * @param length of a frame, padded: so few packets make many blocks
   */
  SegmentName segment(long from, int count, int length) throws IOException, InterruptedException {
    SegmentName name = begin(from, count, length);
    traffic.end();
    return name;
  }

  /** The same, but it is not ended. */
  SegmentName begin(long from, int count, int length) throws InterruptedException {
    SegmentName name = traffic.begin(from);
    for (int i = 0; i < count; i++) {
      LayeredPacket packet = LayeredPacket.ethernet(random);
      byte[] bytes = packet.bytes();
      long time = from + i * MILLI;
      traffic.add(0, time, bytes, Math.max(bytes.length, length));
      packets.add(
          new Packet(
              time,
              bytes.length,
              time + " " + HexFormat.of().formatHex(bytes),
              packet.facts(bytes.length)));
    }
    return name;
  }

  /** A random expression, about one of the packets. */
  Expression random() {
    return PlainMeaning.random(
        random, packets.get(random.nextInt(packets.size())).facts(), random.nextInt(3));
  }

  /** The packets that an expression holds for, in the order in which they were recorded. */
  List<String> expected(Question question) {
    return packets.stream()
        .filter(packet -> question.isWithin(packet.time()))
        .filter(packet -> PlainMeaning.holds(question.terms(), packet.facts()))
        .limit(question.limit())
        .map(Packet::name)
        .toList();
  }

  /** The packets that are found. */
  List<String> found(Question question) throws IOException {
    try (Finder finder = Finder.open(question, SearchedSegment.in(traffic.directory()))) {
      return found(finder);
    }
  }

  /** The packets that a search finds from where it is. */
  List<String> found(Finder finder) throws IOException {
    List<String> names = new ArrayList<>();
    while (finder.next()) {
      names.add(name(finder));
    }
    return names;
  }

  /** The name of the packet that a search is at. */
  String name(Finder finder) {
    byte[] bytes = new byte[finder.captureLength()];
    finder.buffer().get(finder.offset(), bytes);
    int end = bytes.length;
    for (Packet packet : packets) {
      if (packet.time() == finder.timestampNanos()) {
        end = packet.length();
      }
    }
    return finder.timestampNanos() + " " + HexFormat.of().formatHex(bytes, 0, end);
  }
}
