package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.Uninterrupted;
import io.tapdeck.capture.segment.Sidecar.Gap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes segments to the disk, in the order in which they were laid out. {@link #doWork} does one
 * thing; whoever owns the thread calls it until there is nothing left to do.
 *
 * <p>What cannot be written is tried again until it can: nothing that was handed over is lost
 * because a disk is full for a while. Meanwhile no block becomes free, so that no further frame is
 * read. Only at the end is it given up.
 *
 * <p>What was written is then hashed, if wanted, by {@link SegmentHasher}.
 *
 * <p>One write is on its way at a time, which keeps a file without holes at every moment; appending
 * past the page cache, that is as fast as the disk.
 */
public final class DiskWriter {
  /** There can be so many more jobs than blocks: the end, and a flush. */
  private static final int MORE_JOBS = 2;

  /** Of a segment with one block only: opened, written in part, and closed. */
  private static final int JOBS_A_BLOCK = 3;

  /** Nothing can be made there. */
  private static final Path NOWHERE = Path.of("/proc/nowhere");

  private static final Duration RETRY = Duration.ofMillis(250);

  /** At the end, so much time is given to a disk that does not take anything. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  /** What is told of, and asked for help. */
  public interface Surroundings {
    /** A segment is written, and is to be completed. */
    void closed(ClosedSegment segment);

    /**
     * The disk is full; old segments may be removed.
     *
     * @return whether any was
     */
    boolean makeRoom();

    /** There is memory again for those who wait for it. */
    void blockIsFree();
  }

  private sealed interface Job {
    record Create(SegmentFile file) implements Job {}

    record Write(SegmentFile file, NativeBuffer block, long start, long packets) implements Job {}

    record Flush(SegmentFile file, NativeBuffer block, long start, int upTo, long packets)
        implements Job {}

    record Close(
        SegmentFile file,
        NativeBuffer block,
        long start,
        int upTo,
        long packets,
        Contents contents,
        @Nullable SegmentCounters counters,
        List<Gap> gaps)
        implements Job {}

    record Finish() implements Job {}
  }

  private final BlockingQueue<Job> jobs;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final BlockPool blocks;
  private final Path directory;
  private final DirectIo directIo;
  private final @Nullable SegmentHasher hasher;
  private final Surroundings surroundings;

  private volatile boolean flushing;
  private volatile long packetsWritten;
  private volatile @Nullable Obstacle obstacle;
  private volatile @Nullable Throwable failure;
  private volatile boolean directRefused;

  /** Since when, at the end, nothing has been written; of the thread that writes. */
  private long stuckSince;

  /**
   * @param directory of the segments
   * @param hasher takes over what was written, and closed segments; null for none
   */
  public DiskWriter(
      Path directory,
      BlockPool blocks,
      DirectIo directIo,
      @Nullable SegmentHasher hasher,
      Surroundings surroundings) {
    this.directory = directory;
    this.blocks = blocks;
    this.directIo = directIo;
    this.hasher = hasher;
    this.surroundings = surroundings;
    // Never full: who reads frames must not wait here.
    this.jobs = new ArrayBlockingQueue<>(JOBS_A_BLOCK * blocks.most() + MORE_JOBS);
  }

  /** One that does as if, and writes nothing. */
  public static DiskWriter toNowhere(
      BlockPool blocks, @Nullable SegmentHasher hasher, Surroundings surroundings) {
    return new DiskWriter(NOWHERE, blocks, DirectIo.OFF, hasher, surroundings);
  }

  /** One thing to be done; waits for it. Returns whether anything can follow. */
  public boolean doWork() throws InterruptedException {
    Job job = jobs.take();
    try {
      return perform(job);
    } catch (RuntimeException | Error mistake) {
      failure = mistake;
      giveUp(job, "the recorder failed: " + mistake);
      return true;
    }
  }

  /** Does what there is to do now. */
  public void doAll() throws InterruptedException {
    while (!jobs.isEmpty()) {
      doWork();
    }
  }

  /** What keeps it from writing now; empty while nothing does. Any thread may ask. */
  public Optional<Obstacle> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /** A mistake of ours, after which nothing more can be expected. Any thread may ask. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether direct writes were wanted, and the file system does not take them. */
  public boolean isDirectRefused() {
    return directRefused;
  }

  /** How many of the recording's frames are wholly in files. Any thread may ask. */
  public long packetsWritten() {
    return packetsWritten;
  }

  /**
   * Says that nothing will follow, and that what cannot be written within a second is to be given
   * up. {@link #doWork} returns false after everything before.
   */
  public void finish() {
    put(new Job.Finish());
    ending.countDown();
  }

  BlockPool blocks() {
    return blocks;
  }

  SegmentFile create(SegmentName name, Origin origin, SegmentLayout layout) {
    SegmentFile file = new SegmentFile(directory, name, origin, layout, directIo);
    if (directory.equals(NOWHERE)) {
      file.giveUp("nothing is to be written");
    }
    put(new Job.Create(file));
    return file;
  }

  /** Takes over a block whose own bytes are full. */
  void write(SegmentFile file, NativeBuffer block, long start, long packets) {
    put(new Job.Write(file, block, start, packets));
  }

  /** Writes the beginning of a block that is still being filled; false if that must wait. */
  boolean flush(SegmentFile file, NativeBuffer block, long start, int upTo, long packets) {
    if (flushing) {
      return false;
    }
    flushing = true;
    put(new Job.Flush(file, block, start, upTo, packets));
    return true;
  }

  /** Takes over the last block of a segment. */
  void close(
      SegmentFile file,
      NativeBuffer block,
      long start,
      int upTo,
      long packets,
      Contents contents,
      @Nullable SegmentCounters counters,
      List<Gap> gaps) {
    put(new Job.Close(file, block, start, upTo, packets, contents, counters, List.copyOf(gaps)));
  }

  private boolean perform(Job job) throws InterruptedException {
    switch (job) {
      case Job.Create(var file) -> {
        persist(file, file::create);
        directRefused |= file.isDirectRefused();
      }
      case Job.Write(var file, var block, var start, var packets) -> {
        try {
          persist(file, () -> file.write(block, start, blocks.blockBytes()));
          written(file, packets);
        } finally {
          passOn(block, blocks.blockBytes());
        }
        directRefused |= file.isDirectRefused();
      }
      case Job.Flush(var file, var block, var start, var upTo, var packets) -> {
        try {
          persist(file, () -> file.write(block, start, upTo));
          written(file, packets);
        } finally {
          flushing = false;
        }
      }
      case Job.Close close -> close(close);
      case Job.Finish() -> {
        return false;
      }
    }
    return true;
  }

  private void close(Job.Close job) throws InterruptedException {
    SegmentFile file = job.file();
    try {
      persist(file, () -> file.write(job.block(), job.start(), job.upTo()));
      written(file, job.packets());
    } finally {
      // Whatever happens: who reads frames would wait for memory for ever.
      passOn(job.block(), job.upTo());
    }
    Optional<ClosedSegment> closed = Optional.empty();
    try {
      closed = file.close(job.contents(), job.counters(), job.gaps());
    } catch (IOException failed) {
      failure = failed;
    } finally {
      // Also after a mistake: or the next segment's hash would begin with this one's bytes.
      passOn(closed);
    }
  }

  private void written(SegmentFile file, long packets) {
    if (!file.isGivenUp()) {
      packetsWritten = packets;
    }
  }

  private void passOn(Optional<ClosedSegment> closed) {
    if (hasher == null) {
      closed.ifPresent(surroundings::closed);
    } else {
      hasher.close(closed);
    }
  }

  private void passOn(NativeBuffer block, int upTo) {
    if (hasher == null || !hasher.take(block, upTo)) {
      blocks.give(block);
      surroundings.blockIsFree();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Does a step, however often it has to be tried, unless at the end there is no hope. */
  private void persist(SegmentFile file, Step step) throws InterruptedException {
    while (!file.isGivenUp()) {
      try {
        step.run();
        obstacle = null;
        stuckSince = 0;
        return;
      } catch (IOException failed) {
        Obstacle now = Obstacle.of(failed);
        if (now.kind() == Obstacle.Kind.DISK_FULL && surroundings.makeRoom()) {
          continue;
        }
        obstacle = now;
        surroundings.blockIsFree();
        waitBeforeRetry(file, now);
      }
    }
  }

  private void waitBeforeRetry(SegmentFile file, Obstacle now) throws InterruptedException {
    if (!ending.await(RETRY.toNanos(), TimeUnit.NANOSECONDS)) {
      return;
    }
    if (stuckSince == 0) {
      stuckSince = System.nanoTime();
    } else if (System.nanoTime() - stuckSince > PATIENCE_NANOS) {
      file.giveUp(now.words());
      return;
    }
    TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
  }

  private static void giveUp(Job job, String reason) {
    switch (job) {
      case Job.Create create -> create.file().giveUp(reason);
      case Job.Write write -> write.file().giveUp(reason);
      case Job.Flush flush -> flush.file().giveUp(reason);
      case Job.Close close -> close.file().giveUp(reason);
      case Job.Finish() -> {}
    }
  }

  private void put(Job job) {
    Uninterrupted.put(jobs, job);
  }
}
