package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.Uninterrupted;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Hashes segments from the memory that they were written from, so that they need not be read again,
 * and a disk that changes them is found out. {@link #doWork} does one thing; whoever owns the
 * thread calls it until there is nothing left to do.
 *
 * <p>It may be too slow: once {@value #MOST_WAITING} blocks wait for it, or half of the memory is
 * in use, the segment they belong to is left without a hash, and {@link SegmentArchiver} reads it
 * later.
 */
public final class SegmentHasher {
  /** Blocks of memory that wait for it at most. */
  static final int MOST_WAITING = 8;

  /** Segments that wait besides; if there are more, who closes them waits. */
  private static final int MOST_CLOSED = 8;

  private sealed interface Job {
    record Hash(NativeBuffer block, int upTo) implements Job {}

    record Close(Optional<ClosedSegment> segment, boolean hashable) implements Job {}

    record Finish() implements Job {}
  }

  private final BlockingQueue<Job> jobs = new ArrayBlockingQueue<>(MOST_WAITING + MOST_CLOSED);
  private final BlockPool blocks;
  private final DiskWriter.Surroundings surroundings;

  /** Of the segment that blocks are of. Of the thread that works. */
  private final Sha256 hash = new Sha256();

  /** Whether hashing the segment failed. Of the thread that works. */
  private boolean broken;

  private volatile @Nullable Throwable failure;

  /** Whether every block of the segment until now was taken. Of the thread that hands over. */
  private boolean whole = true;

  /**
   * @param surroundings told of closed segments, and of blocks that are free again
   */
  public SegmentHasher(BlockPool blocks, DiskWriter.Surroundings surroundings) {
    this.blocks = blocks;
    this.surroundings = surroundings;
  }

  /** One thing to be done; waits for it. Returns whether anything can follow. */
  public boolean doWork() throws InterruptedException {
    Job job = jobs.take();
    try {
      return perform(job);
    } catch (RuntimeException | Error mistake) {
      failure = mistake;
      return true;
    }
  }

  private boolean perform(Job job) {
    switch (job) {
      case Job.Hash(var block, var upTo) -> {
        try {
          hash.update(block.bytes().duplicate().position(0).limit(upTo));
        } catch (RuntimeException | Error mistake) {
          // No reason to end a recording: the archiver hashes the file, or says why it cannot.
          broken = true;
        } finally {
          blocks.give(block);
          surroundings.blockIsFree();
        }
      }
      case Job.Close(var segment, var hashable) -> {
        String hex = hash.hex();
        boolean known = hashable && !broken;
        broken = false;
        segment
            .map(closed -> known ? closed.withSha256(hex) : closed)
            .ifPresent(surroundings::closed);
      }
      case Job.Finish() -> {
        return false;
      }
    }
    return true;
  }

  /** A mistake of ours, after which nothing more can be expected. Any thread may ask. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Does what there is to do now. */
  public void doAll() throws InterruptedException {
    while (!jobs.isEmpty()) {
      doWork();
    }
  }

  /** Says that nothing will follow: {@link #doWork} returns false after everything before. */
  public void finish() {
    put(new Job.Finish());
  }

  /**
   * Takes over the next block of the segment, written already, and gives it back once hashed.
   *
   * @param upTo where in the block its bytes end
   * @return false if it is the caller's still
   */
  boolean take(NativeBuffer block, int upTo) {
    whole =
        whole
            && jobs.size() < MOST_WAITING
            && blocks.isHalfFree()
            && jobs.offer(new Job.Hash(block, upTo));
    return whole;
  }

  /**
   * Ends the segment, which goes to the surroundings after its blocks.
   *
   * @param segment empty if nothing is left of it
   */
  void close(Optional<ClosedSegment> segment) {
    boolean hashable = whole && segment.filter(ClosedSegment::isAsAppended).isPresent();
    whole = true;
    put(new Job.Close(segment, hashable));
  }

  private void put(Job job) {
    Uninterrupted.put(jobs, job);
  }
}
