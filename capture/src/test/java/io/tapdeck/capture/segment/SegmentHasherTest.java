package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentHasherTest implements DiskWriter.Surroundings {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 3 * SegmentHasher.MOST_WAITING;
  private static final long START = 1_700_000_000_000_000_000L;

  private static final Origin ORIGIN =
      new Origin(new UUID(0, 1), "eth0", null, "", "both", 65_535, 1 << 30, null);
  private static final PcapLayout LAYOUT =
      new PcapLayout(LinkType.ETHERNET, ORIGIN.snaplen(), TimestampPrecision.NANOSECONDS);

  @TempDir private Path directory;
  private final BlockPool blocks = new BlockPool(BLOCKS, BLOCK);
  private final SegmentHasher hasher = new SegmentHasher(blocks, this);
  private final List<ClosedSegment> closed = new ArrayList<>();
  private @Nullable DiskWriter writing;
  private int number;

  @Test
  void theHashIsThatOfTheFileWhateverItsLength() throws Exception {
    for (int bytes : new int[] {0, 100, BLOCK, BLOCK + 1, 3 * BLOCK - 24, 5 * BLOCK + 77}) {
      append(bytes);
      work();
      assertThat(published().sha256()).as(bytes + " bytes").isEqualTo(hashOfTheLast());
    }
    assertThat(blocksInUse()).isZero();
  }

  @Test
  void whatWasWrittenLittleByLittleIsHashedOnce() throws Exception {
    SegmentWriter writer = open();
    for (int i = 0; i < 40; i++) {
      frame(writer, 300);
      writer.flush();
      disk().doAll();
    }
    close(writer);
    work();
    assertThat(published().sha256()).isEqualTo(hashOfTheLast());
  }

  @Test
  void aSegmentThatIsTooMuchIsLeftWithoutAndTheNextIsHashed() throws Exception {
    SegmentWriter writer = open();
    for (int i = 0; i < BLOCKS + 4; i++) {
      frame(writer, BLOCK - 16);
      disk().doAll();
    }
    assertThat(blocksInUse()).isEqualTo(SegmentHasher.MOST_WAITING + 1);
    hasher.doAll();
    // It has time again, but what it missed of this segment it has missed.
    for (int i = 0; i < 3; i++) {
      frame(writer, BLOCK - 16);
      disk().doAll();
      assertThat(blocksInUse()).isEqualTo(1);
    }
    close(writer);
    work();
    append(3 * BLOCK);
    work();
    assertThat(closed).hasSize(2);
    assertThat(closed.getFirst().sidecar().sha256()).isNull();
    assertThat(published().sha256()).isEqualTo(hashOfTheLast());
    assertThat(blocksInUse()).isZero();
  }

  @Test
  void halfOfTheMemoryIsLeftToFramesHoweverLittleThereIs() throws Exception {
    for (int most : new int[] {2, 4, 8}) {
      BlockPool few = new BlockPool(most, BLOCK);
      SegmentHasher slow = new SegmentHasher(few, this);
      List<NativeBuffer> given = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        given.add(Objects.requireNonNull(few.poll()));
        assertThat(few.isHalfFree()).isEqualTo(2 * (i + 1) <= most);
      }
      assertThat(few.isPressed()).isTrue();
      assertThat(slow.take(given.getFirst(), BLOCK)).isFalse();
      given.forEach(few::give);
      slow.close(Optional.empty());
      assertThat(slow.take(Objects.requireNonNull(few.poll()), BLOCK)).isTrue();
      assertThat(few.isPressed()).isFalse();
      slow.doAll();
      assertThat(few.inUse()).isZero();
    }
  }

  @Test
  void aBlockCannotBeGivenBackTwice() {
    NativeBuffer block = Objects.requireNonNull(blocks.poll());
    blocks.give(block);
    assertThatThrownBy(() -> blocks.give(block)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSegmentThatCannotBeClosedLeavesNothingToTheNextOnesHash() throws Exception {
    SegmentName name = nextName();
    SegmentFile file = disk().create(name, ORIGIN, LAYOUT);
    disk().doAll();
    NativeBuffer block = Objects.requireNonNull(blocks.poll());
    LAYOUT.putHeader(block.bytes());
    disk().flush(file, block, 0, BLOCK / 2, 0);
    disk().doAll();
    file.giveUp("no space left");
    // What it is to be cut to cannot be found out.
    Files.delete(name.unfinishedIn(directory));
    Contents contents = new Tally().contents(LAYOUT.headerLength());
    disk().close(file, block, 0, BLOCK / 2, 1, contents, null, List.of());
    disk().doAll();
    assertThat(disk().failure()).isPresent();
    append(BLOCK);
    work();
    assertThat(closed).hasSize(1);
    assertThat(published().sha256()).isEqualTo(hashOfTheLast());
    assertThat(blocksInUse()).isZero();
  }

  @Test
  void whatIsLeftOfASegmentThatWasGivenUpHasNone() throws Exception {
    SegmentName name = nextName();
    SegmentFile file = disk().create(name, ORIGIN, LAYOUT);
    NativeBuffer block = Objects.requireNonNull(blocks.poll());
    LAYOUT.putHeader(block.bytes());
    disk().flush(file, block, 0, LAYOUT.headerLength(), 0);
    disk().doAll();
    file.giveUp("no space left");
    Contents contents = new Tally().contents(LAYOUT.headerLength());
    disk().close(file, block, 0, BLOCK / 2, 1, contents, null, List.of());
    append(BLOCK);
    work();
    assertThat(closed.getFirst().sidecar().recovered()).isNotNull();
    assertThat(closed.getFirst().sidecar().sha256()).isNull();
    assertThat(published().sha256()).isEqualTo(hashOfTheLast());
    assertThat(blocksInUse()).isZero();
  }

  @Test
  void itEndsAfterEverythingBefore() throws Exception {
    append(2 * BLOCK);
    disk().doAll();
    hasher.finish();
    int jobs = 0;
    while (hasher.doWork()) {
      jobs++;
    }
    assertThat(jobs).as("two blocks, and the end of the segment").isEqualTo(3);
    assertThat(closed).hasSize(1);
  }

  private DiskWriter disk() {
    if (writing == null) {
      writing = new DiskWriter(directory, blocks, DirectIo.AUTO, hasher, this);
    }
    return writing;
  }

  private SegmentName nextName() {
    number++;
    return new SegmentName(UtcTime.ofNanos(START + number), number);
  }

  private SegmentWriter open() throws InterruptedException {
    SegmentWriter writer =
        Objects.requireNonNull(SegmentWriter.open(disk(), nextName(), ORIGIN, LAYOUT, 0));
    disk().doAll();
    return writer;
  }

  private static void frame(SegmentWriter writer, int length) {
    assertThat(writer.isReady()).isTrue();
    int at = writer.append(0, START, length, length);
    for (int i = 0; i < length; i++) {
      writer.block().bytes().put(at + i, (byte) (at * 31 + i));
    }
  }

  private void append(int bytes) throws InterruptedException {
    SegmentWriter writer = open();
    for (int left = bytes; left > 0; left -= 1000) {
      frame(writer, Math.min(left, 1000));
    }
    close(writer);
    disk().doAll();
  }

  private static void close(SegmentWriter writer) {
    writer.close(new SegmentEnding(writer.name().opened(), writer.name().opened(), List.of()));
  }

  private void work() throws InterruptedException {
    disk().doAll();
    hasher.doAll();
  }

  private Sidecar published() throws IOException {
    closed.getLast().publish();
    return closed.getLast().sidecar();
  }

  private String hashOfTheLast() throws IOException {
    return Sha256.of(directory.resolve(published().file()));
  }

  private int blocksInUse() {
    return blocks.inUse();
  }

  @Override
  public void closed(ClosedSegment segment) {
    closed.add(segment);
  }

  @Override
  public boolean makeRoom() {
    return false;
  }

  @Override
  public void blockIsFree() {}
}
