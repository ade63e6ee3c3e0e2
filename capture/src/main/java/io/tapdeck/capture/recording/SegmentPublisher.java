package io.tapdeck.capture.recording;

import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Waits, on a thread of its own, for closed segments to reach the disk, so that the recorder need
 * not: a gigabyte takes longer than the kernel's ring lasts.
 */
final class SegmentPublisher {
  /** If so many wait for a slow disk, the recorder waits too, and the kernel counts the losses. */
  private static final int MOST_WAITING = 8;

  private final BlockingQueue<Optional<ClosedSegment>> closed =
      new ArrayBlockingQueue<>(MOST_WAITING);
  private final List<Sidecar> published = new ArrayList<>();
  private final Thread thread;
  private volatile @Nullable IOException failure;

  /** Starts the thread, which takes over nothing of the recorder's: not its network namespace. */
  SegmentPublisher() {
    thread = Thread.ofPlatform().name("segment-publisher").daemon().start(this::run);
  }

  /** Hands over a segment. */
  void publish(ClosedSegment segment) {
    put(Optional.of(segment));
  }

  /** What went wrong first. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Waits for all that was handed over, and ends. */
  List<Sidecar> finish() {
    put(Optional.empty());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return List.copyOf(published);
  }

  private void run() {
    try {
      for (Optional<ClosedSegment> next = closed.take(); next.isPresent(); next = closed.take()) {
        publishNow(next.get());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void publishNow(ClosedSegment segment) {
    try {
      segment.publish();
    } catch (IOException failed) {
      note(failed);
    } catch (RuntimeException | Error failed) {
      // Without this thread the recorder would wait for ever, or take its segments for complete.
      note(new IOException("a segment could not be completed: " + failed, failed));
    }
    // Its frames are in the file all the same, and in the next recovery's account.
    published.add(segment.sidecar());
  }

  private void note(IOException failed) {
    if (failure == null) {
      failure = failed;
    }
  }

  private void put(Optional<ClosedSegment> segment) {
    boolean interrupted = false;
    while (true) {
      try {
        closed.put(segment);
        break;
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
