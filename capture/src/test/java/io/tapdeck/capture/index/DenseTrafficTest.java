package io.tapdeck.capture.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many conversations there are, an index stays small, and says no wrong. */
class DenseTrafficTest {
  private static final int ETHERNET = 1;
  private static final int HEADER = 24;
  private static final int SAMPLE = 997;

  @TempDir private Path directory;

  private final Dissector dissector = new Dissector();
  private final ByteBuffer frame = ByteBuffer.allocate(64);

  private record Sampled(int source, int destination, int sourcePort, long place) {}

  private interface Traffic {
    /** Source, destination and source port of the packet of a number. */
    int[] packet(int number);
  }

  /** Writes an index of TCP packets of 64 bytes. */
  private List<Sampled> write(Path file, int packets, Traffic traffic) throws IOException {
    frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45).put(23, (byte) 6);
    frame.putShort(36, (short) 443);
    IndexBuilder builder = new IndexBuilder();
    builder.begin(HEADER);
    List<Sampled> sampled = new ArrayList<>();
    long at = HEADER;
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        IndexWriter writer = IndexWriter.begin(channel, file.toString())) {
      for (int i = 0; i < packets; i++) {
        int[] ends = traffic.packet(i);
        frame.putInt(26, ends[0]).putInt(30, ends[1]).putShort(34, (short) ends[2]);
        Headers headers = dissector.dissect(frame, 0, 64, ETHERNET);
        builder.add(at, at + 80, i, headers, writer);
        if (i % SAMPLE == 0) {
          sampled.add(new Sampled(ends[0], ends[1], ends[2] & 0xFFFF, at));
        }
        at += 80;
      }
      builder.endChapter(writer);
      writer.complete(at, false);
    }
    return sampled;
  }

  /** The part of all blocks that an index leaves for conversations which are there, on average. */
  private double leftOfConversations(IndexFile index, List<Sampled> sampled) throws IOException {
    long left = 0;
    long all = 0;
    for (Sampled one : sampled) {
      for (Chapter chapter : index.chapters()) {
        int term =
            Terms.conversation(
                0,
                Integer.toUnsignedLong(one.source()),
                one.sourcePort(),
                0,
                Integer.toUnsignedLong(one.destination()),
                443);
        long blocks =
            chapter.find(TermKind.CONVERSATION, term)
                & chapter.find(TermKind.HOST_V4, one.source())
                & chapter.find(TermKind.PORT, one.sourcePort());
        left += Long.bitCount(blocks);
        all += chapter.blocks();
        for (int i = 0; i < chapter.blocks(); i++) {
          if (one.place() >= chapter.blockStart(i) && one.place() < chapter.blockEnd(i)) {
            assertThat(blocks >>> i & 1).as("block %d, which has it", i).isEqualTo(1);
          }
        }
      }
    }
    return (double) left / all;
  }

  private double check(int packets, Traffic traffic) throws IOException {
    Path file = directory.resolve("dense.idx");
    List<Sampled> sampled = write(file, packets, traffic);
    try (IndexFile index = IndexFile.open(file).orElseThrow()) {
      assertThat(index.packets()).isEqualTo(packets);
      assertThat(file)
          .satisfies(
              path -> assertThat(path.toFile().length()).isLessThanOrEqualTo(packets * 80L / 100));
      for (Sampled one : sampled) {
        assertThat(index.mayHold(TermKind.HOST_V4, one.source())).isTrue();
      }
      return leftOfConversations(index, sampled);
    }
  }

  @Test
  void everyPacketOfAnotherSourceTakesNoMoreThanAHundredth() throws IOException {
    Random random = new Random(1);
    double left =
        check(1_700_000, _ -> new int[] {random.nextInt(), 0x0A000001, random.nextInt(1 << 16)});
    assertThat(left).as("part of the blocks that are read for one").isLessThan(0.25);
  }

  @Test
  void everyPacketBetweenOthersTakesNoMoreThanAHundredth() throws IOException {
    Random random = new Random(2);
    double left =
        check(
            1_700_000,
            _ -> new int[] {random.nextInt(), random.nextInt(), random.nextInt(1 << 16)});
    assertThat(left).as("part of the blocks that are read for one").isLessThan(0.5);
  }

  @Test
  void aThousandConversationsAtATimeAreToldApart() throws IOException {
    Random random = new Random(3);
    double left =
        check(
            900_000,
            number -> {
              int conversation = number / 9000 * 1000 + random.nextInt(1000);
              return new int[] {0x0A010000 + conversation % 5000, 0x0A000001, conversation * 7};
            });
    assertThat(left).isLessThan(0.05);
  }
}
