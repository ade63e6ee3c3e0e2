package io.tapdeck.capture.find;

import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.CaptureStream;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.query.ExpressionException;
import io.tapdeck.capture.query.ExpressionParser;
import io.tapdeck.capture.segment.RecordedTraffic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What {@code scripts/bench/find} runs: makes varied traffic, and answers searches in one process.
 *
 * <pre>
 * make DIR BYTES      segments of 1 GiB, indexed as they are written
 * answer DIR          for each line of standard input a search, tab between its parts: expression,
 *                     filter, from and to in nanoseconds (or nothing); prints packets found,
 *                     milliseconds until the first, milliseconds in all, bytes read
 * </pre>
 */
public final class FindBench {
  private static final CaptureInterface ETHERNET =
      new CaptureInterface("", LinkType.ETHERNET, 262_144);

  private static final long SEGMENT = 1L << 30;
  private static final int ACTIVE = 2000;
  private static final int LIFE = 50;
  private static final long SPACING = 35_000;
  private static final int[] PORTS = {443, 443, 443, 443, 443, 80, 80, 53, 22, 8080};
  private static final int RARE_HOST_PACKETS = 20;
  private static final int RARE_CONVERSATION_PACKETS = 500;

  private final Random random = new Random(1);
  private final byte[][] flows = new byte[ACTIVE][];

  private FindBench() {}

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "make" -> new FindBench().make(directory, Long.parseLong(arguments[2]));
      case "answer" -> answer(directory);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private void make(Path directory, long bytes) throws IOException, InterruptedException {
    RecordedTraffic traffic = new RecordedTraffic(Files.createDirectories(directory));
    for (int i = 0; i < ACTIVE; i++) {
      flows[i] = flow();
    }
    byte[] rareHost = plain(0xC6336407, 0xC6336408, 40_001, 8443);
    byte[] rareConversation = plain(0xC6336409, 0xCB007105, 40_000, 443);
    long time = Haystack.BEGIN;
    long written = 0;
    long inSegment = 0;
    int rareHosts = 0;
    int rareConversations = 0;
    traffic.begin(time);
    while (written < bytes) {
      byte[] frame = next();
      int length = length();
      if (written > bytes / 2 && rareHosts < RARE_HOST_PACKETS && random.nextInt(500) == 0) {
        frame = rareHost;
        rareHosts++;
      } else if (written > bytes / 3 * 2
          && rareConversations < RARE_CONVERSATION_PACKETS
          && random.nextInt(200) == 0) {
        frame = rareConversation;
        rareConversations++;
      }
      length = Math.max(length, frame.length);
      if (inSegment + length > SEGMENT) {
        traffic.end();
        traffic.begin(time);
        inSegment = 0;
      }
      traffic.add(0, time, frame, length);
      time += SPACING;
      written += PcapFormat.RECORD_HEADER_LENGTH + length;
      inSegment += PcapFormat.RECORD_HEADER_LENGTH + length;
    }
    traffic.end();
    System.out.println(Haystack.BEGIN + " " + time);
  }

  private int length() {
    return switch (random.nextInt(5)) {
      case 0, 1 -> 64;
      case 2 -> 576;
      default -> 1514;
    };
  }

  private byte[] next() {
    double skewed = random.nextDouble();
    int at = (int) (skewed * skewed * skewed * ACTIVE);
    if (random.nextInt(LIFE) == 0) {
      flows[at] = flow();
    }
    return flows[at];
  }

  private byte[] flow() {
    int client = 0x0A000000 | (1 + random.nextInt(200)) << 16 | random.nextInt(250) << 8 | 1;
    int server = 0xAC100000 | random.nextInt(500);
    int port = random.nextInt(20) == 0 ? random.nextInt(1 << 16) : PORTS[random.nextInt(10)];
    byte[] frame = plain(client, server, 1024 + random.nextInt(60_000), port);
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> tagged(frame, 1 + random.nextInt(100));
      case 3 -> vxlan(frame, 5000 + random.nextInt(50));
      default -> frame;
    };
  }

  private static byte[] plain(int source, int destination, int sourcePort, int destinationPort) {
    ByteBuffer frame = ByteBuffer.allocate(54);
    frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45).put(22, (byte) 64).put(23, (byte) 6);
    frame.putInt(26, source).putInt(30, destination);
    frame.putShort(34, (short) sourcePort).putShort(36, (short) destinationPort);
    return frame.array();
  }

  private static byte[] tagged(byte[] frame, int vlan) {
    ByteBuffer tagged = ByteBuffer.allocate(frame.length + 4);
    tagged.put(frame, 0, 12).putShort((short) 0x8100).putShort((short) vlan);
    return tagged.put(frame, 12, frame.length - 12).array();
  }

  private static byte[] vxlan(byte[] frame, int vni) {
    byte[] outer = Arrays.copyOf(plain(0xC0A80001, 0xC0A80002, 50_000, 4789), 50);
    ByteBuffer all = ByteBuffer.allocate(outer.length + frame.length).put(outer).put(frame);
    return all.put(23, (byte) 17).put(42, (byte) 8).putInt(46, vni << 8).array();
  }

  private static void answer(Path directory) throws IOException, ExpressionException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split("\t", -1);
      Question question =
          Question.EVERYTHING
              .withTerms(ExpressionParser.parse(parts[0]))
              .withBpf(parts[1])
              .between(
                  parts[2].isEmpty() ? Long.MIN_VALUE : Long.parseLong(parts[2]),
                  parts[3].isEmpty() ? Long.MAX_VALUE : Long.parseLong(parts[3]));
      System.out.println(answer(directory, question));
    }
  }

  private static String answer(Path directory, Question question) throws IOException {
    long begun = System.nanoTime();
    long first = -1;
    CaptureStream out =
        new CaptureStream(OutputStream.nullOutputStream(), CaptureFormat.PCAP, ETHERNET, List.of());
    try (Finder finder = Finder.open(question, SearchedSegment.in(directory))) {
      while (finder.next()) {
        if (first < 0) {
          first = System.nanoTime() - begun;
        }
        out.add(
            finder.captureInterface(),
            finder.timestampNanos(),
            finder.captureLength(),
            (int) finder.originalLength(),
            finder.buffer(),
            finder.offset());
      }
      out.flush();
      long all = System.nanoTime() - begun;
      return String.format(
          Locale.ROOT,
          "%d %.3f %.3f %d",
          finder.found(),
          (first < 0 ? all : first) / 1e6,
          all / 1e6,
          finder.bytesRead());
    }
  }
}
