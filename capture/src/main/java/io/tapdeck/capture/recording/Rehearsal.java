package io.tapdeck.capture.recording;

import io.tapdeck.capture.os.DescriptorWait;
import io.tapdeck.capture.os.MemoryFile;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.TimestampPrecision;
import io.tapdeck.capture.segment.BlockPool;
import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.DiskWriter;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.SegmentHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends frames of its own making the whole way from libpcap to a block, before the first real one
 * comes. What the JVM has not compiled is many times as slow, and while it compiles a full link
 * fills the ring. Nothing is sent, and nothing written.
 */
final class Rehearsal implements DiskWriter.Surroundings, Recorder.Downstream {
  /** Of one round; with these sizes two blocks are filled in part. */
  static final int FRAMES = 8192;

  /** Copying takes other ways for short frames than for long ones. */
  private static final int[] SIZES = {60, 1514, 590};

  static final int MOST_ROUNDS = 40;
  private static final long MOST_NANOS = Duration.ofMillis(300).toNanos();

  /** Code stays compiled while the process lives. */
  private static final AtomicBoolean DONE = new AtomicBoolean();

  private final RecordingSettings settings;
  private final BlockPool blocks;

  private Rehearsal(RecordingSettings settings, BlockPool blocks) {
    this.settings = settings;
    this.blocks = blocks;
  }

  /**
   * Rehearses, once in a process. Should it fail, the first frames are slow; that is no reason not
   * to record.
   *
   * @param blocks none of which is in use
   */
  static void hold(RecordingSettings settings, BlockPool blocks) {
    if (!DONE.compareAndSet(false, true)) {
      return;
    }
    try {
      long _ = rehearse(settings, blocks);
    } catch (IOException | RuntimeException notPossible) {
      // As said.
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Rehearses for a while.
   *
   * @return how many frames went the whole way
   */
  static long rehearse(RecordingSettings settings, BlockPool blocks)
      throws IOException, InterruptedException {
    // Without its limits and rotation, which would end a rehearsal early.
    RecordingSettings plain =
        RecordingSettings.builder("rehearsal", settings.directory())
            .format(settings.format())
            .precision(settings.precision())
            .build();
    try (MemoryFile file = new MemoryFile("tapdeck-rehearsal")) {
      return new Rehearsal(plain, blocks).rounds(file);
    }
  }

  private long rounds(MemoryFile file) throws IOException, InterruptedException {
    fill(file);
    long frames = 0;
    long begun = System.nanoTime();
    for (int i = 0; i < MOST_ROUNDS && System.nanoTime() - begun < MOST_NANOS; i++) {
      frames += round(file);
    }
    return frames;
  }

  private static void fill(MemoryFile file) throws IOException {
    int longest = SIZES[1] + PcapFormat.RECORD_HEADER_LENGTH;
    ByteBuffer bytes = ByteBuffer.allocate(FRAMES * longest).order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(
        bytes,
        0,
        RecordingSettings.DEFAULT_SNAPLEN,
        LinkType.ETHERNET,
        TimestampPrecision.NANOSECONDS);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    for (int i = 0; i < FRAMES; i++) {
      int size = SIZES[i % SIZES.length];
      PcapFormat.putRecordHeader(bytes, at, i, size, size, TimestampPrecision.NANOSECONDS);
      at += PcapFormat.RECORD_HEADER_LENGTH + size;
    }
    bytes.limit(at);
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private long round(MemoryFile file) throws IOException, InterruptedException {
    SegmentHasher hasher = new SegmentHasher(blocks, this);
    DiskWriter disk = DiskWriter.toNowhere(blocks, hasher, this);
    try (InterfaceCapture source = InterfaceCapture.ofFile(settings, file.path());
        DescriptorWait wait = new DescriptorWait(1)) {
      Recorder recorder =
          new Recorder(
              settings,
              Recording.origin(settings),
              List.of(source),
              disk,
              this,
              wait,
              0,
              Recorder::machineClock,
              List.of(),
              standing -> {});
      recorder.begin();
      recorder.stop();
      while (recorder.doWork()) {
        disk.doAll();
        hasher.doAll();
      }
      recorder.finish();
      disk.doAll();
      hasher.doAll();
      return recorder.packets();
    }
  }

  @Override
  public void closed(ClosedSegment segment) {}

  @Override
  public boolean makeRoom() {
    return false;
  }

  @Override
  public void blockIsFree() {}

  @Override
  public Optional<Obstacle> obstacle() {
    return Optional.empty();
  }

  @Override
  public Optional<Throwable> failure() {
    return Optional.empty();
  }
}
