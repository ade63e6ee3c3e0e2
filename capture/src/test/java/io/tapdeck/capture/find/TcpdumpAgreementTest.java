package io.tapdeck.capture.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.dissect.LayeredPacket;
import io.tapdeck.capture.libpcap.OfflineFilter;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.CaptureStream;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.RecordedTraffic;
import io.tapdeck.capture.segment.SegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code --bpf} the records are those that tcpdump takes from the same file, byte for byte.
 */
class TcpdumpAgreementTest {
  private static final CaptureInterface ETHERNET =
      new CaptureInterface("", LinkType.ETHERNET, 262_144);

  private static final int FILTERS = 500;
  private static final long BYTES = 200L << 20;
  private static final int DISTINCT = 4000;
  private static final int THREADS = 2;

  @TempDir private Path directory;

  /** Frames of all lengths, tagged and tunnelled, of few hosts and ports. */
  private Path corpus() throws Exception {
    Random random = new Random(1);
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < DISTINCT; i++) {
      frames.add(LayeredPacket.ethernet(random).bytes());
    }
    RecordedTraffic traffic = new RecordedTraffic(directory);
    SegmentName name = traffic.begin(Haystack.BEGIN);
    long written = 0;
    for (int i = 0; written < BYTES; i++) {
      byte[] frame = frames.get(random.nextInt(DISTINCT));
      int length = Math.max(frame.length, 60 + random.nextInt(random.nextBoolean() ? 100 : 4000));
      traffic.add(0, Haystack.BEGIN + i * 1001L, frame, length);
      written += PcapFormat.RECORD_HEADER_LENGTH + length;
    }
    traffic.end();
    return name.in(directory);
  }

  @Test
  void fiveHundredFiltersTakeTheSameRecords() throws Exception {
    Path file = corpus();
    List<String> filters = filters(new Random(2));
    List<String> different = new ArrayList<>();
    int some = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<String>> compared = new ArrayList<>();
      for (String filter : filters) {
        Callable<String> comparison = () -> compare(file, filter);
        compared.add(threads.submit(comparison));
      }
      for (int i = 0; i < compared.size(); i++) {
        String outcome = compared.get(i).get();
        if (outcome.startsWith("different")) {
          different.add(filters.get(i) + ": " + outcome);
        }
        some += outcome.equals("none") ? 0 : 1;
      }
    }
    assertThat(different).isEmpty();
    assertThat(filters).hasSize(FILTERS);
    assertThat(some).as("filters that take anything").isGreaterThan(FILTERS * 2 / 3);
  }

  private String compare(Path file, String filter) throws Exception {
    MessageDigest ours = MessageDigest.getInstance("SHA-1");
    long found = ours(file, filter, ours);
    String theirs = tcpdump(file, filter);
    String hex = HexFormat.of().formatHex(ours.digest());
    return !hex.equals(theirs) ? "different, of ours " + found : found == 0 ? "none" : "same";
  }

  private long ours(Path file, String filter, MessageDigest digest) throws IOException {
    OutputStream out =
        new OutputStream() {
          private boolean header = true;

          @Override
          public void write(int value) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int from, int length) {
            int skipped = header ? PcapFormat.FILE_HEADER_LENGTH : 0;
            header = false;
            digest.update(bytes, from + skipped, length - skipped);
          }
        };
    CaptureStream stream = new CaptureStream(out, CaptureFormat.PCAP, ETHERNET, List.of());
    try (Finder finder =
        Finder.open(Question.EVERYTHING.withBpf(filter), SearchedSegment.in(file))) {
      while (finder.next()) {
        stream.add(
            finder.captureInterface(),
            finder.timestampNanos(),
            finder.captureLength(),
            (int) finder.originalLength(),
            finder.buffer(),
            finder.offset());
      }
      stream.flush();
      assertThat(finder.problems()).isEmpty();
      return finder.found();
    }
  }

  private static String tcpdump(Path file, String filter) throws Exception {
    Process process =
        new ProcessBuilder("tcpdump", "--nano", "-r", file.toString(), "-w", "-", filter)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    MessageDigest digest = MessageDigest.getInstance("SHA-1");
    try (InputStream in = process.getInputStream()) {
      byte[] header = in.readNBytes(PcapFormat.FILE_HEADER_LENGTH);
      assertThat(header).hasSize(PcapFormat.FILE_HEADER_LENGTH);
      byte[] piece = new byte[1 << 17];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        digest.update(piece, 0, count);
      }
    }
    assertThat(process.waitFor()).as(filter).isZero();
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<String> filters(Random random) {
    List<String> filters = new ArrayList<>();
    while (filters.size() < FILTERS) {
      String filter = filter(random, 2);
      try {
        OfflineFilter _ = OfflineFilter.compile(filter, LinkType.ETHERNET);
        filters.add(filter);
      } catch (PcapException none) {
        // Of these, tcpdump would take none either.
      }
    }
    return filters;
  }

  private static String filter(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      String one = filter(random, depth - 1);
      String other = filter(random, depth - 1);
      return switch (random.nextInt(4)) {
        case 0, 1 -> "(" + one + ") and (" + other + ")";
        case 2 -> "(" + one + ") or (" + other + ")";
        default -> "(" + one + ") and not (" + other + ")";
      };
    }
    String direction = new String[] {"", "src ", "dst "}[random.nextInt(3)];
    String host = LayeredPacket.address(random, random.nextBoolean() ? 4 : 6).toString();
    return switch (random.nextInt(16)) {
      case 0, 1 -> direction + "host " + host;
      case 2 -> direction + "net 10." + random.nextInt(2) + ".0.0/16";
      case 3, 4 -> direction + "port " + LayeredPacket.port(random);
      case 5 -> "portrange 440-" + LayeredPacket.port(random);
      case 6 -> new String[] {"tcp", "udp", "icmp", "arp", "ip6", "sctp"}[random.nextInt(6)];
      case 7 -> "less " + (60 + random.nextInt(200));
      case 8 -> "greater " + (1500 + random.nextInt(500));
      case 9 -> "vlan " + random.nextInt(5);
      case 10 -> "vlan and " + direction + "port " + LayeredPacket.port(random);
      case 11 -> "ip[" + random.nextInt(20) + "] & " + (1 + random.nextInt(255)) + " != 0";
      case 12 -> "ether[" + random.nextInt(60) + ":2] > " + random.nextInt(1 << 16);
      case 13 -> "mpls and host " + host;
      case 14 -> "tcp[tcpflags] & (tcp-syn|tcp-rst) != 0";
      default -> "ip proto " + new int[] {4, 41, 47}[random.nextInt(3)];
    };
  }
}
