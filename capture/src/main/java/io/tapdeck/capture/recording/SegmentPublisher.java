package io.tapdeck.capture.recording;

import io.tapdeck.capture.os.Uninterrupted;
import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.Retention;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Waits, on a thread of its own, for closed segments to reach the disk, so that the recorder need
 * not: a gigabyte takes longer than the kernel's ring lasts. For the same reason it is the one that
 * removes old segments.
 */
final class SegmentPublisher {
  /** How often retention looks at the directory, whatever is published. */
  private static final Duration CHECK = Duration.ofSeconds(10);

  private static final Duration RETRY = Duration.ofMillis(250);

  /** A disk on which removing a file takes longer is not helped by it. */
  private static final Duration LONGEST_REMOVAL = Duration.ofSeconds(10);

  /** If so many wait for a slow disk, the writer waits too, and the kernel counts the losses. */
  private static final int MOST_WAITING = 8;

  private sealed interface Task {
    record Publish(ClosedSegment segment) implements Task {}

    /** Nothing but what comes before each task: looking what is to be kept. */
    record Look() implements Task {}

    record MakeRoom(CompletableFuture<Boolean> made) implements Task {}

    record Finish() implements Task {}
  }

  /**
   * What became of the segments handed over.
   *
   * @param segments those that are still there, in order
   * @param removed those that retention removed
   * @param removedEarlier what retention removed besides, of earlier recordings in the directory
   */
  record Outcome(List<Sidecar> segments, Removed removed, Removed removedEarlier) {
    /** Frames in all segments handed over. */
    long packets() {
      return removed.packets() + segments.stream().mapToLong(Sidecar::packets).sum();
    }

    /** Sum of their capture lengths. */
    long frameBytes() {
      return removed.frameBytes() + segments.stream().mapToLong(Sidecar::frameBytes).sum();
    }
  }

  private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(MOST_WAITING);
  private final SegmentListener listener;
  private final Duration interval;
  private final Thread thread;
  private volatile @Nullable IOException failure;
  private volatile @Nullable Obstacle obstacle;
  private volatile Optional<Retention> wanted = Optional.empty();
  private final CountDownLatch finishing = new CountDownLatch(1);

  // Of the thread, until it has ended.
  private final Map<String, Sidecar> published = new LinkedHashMap<>();
  private Removed removed = Removed.NOTHING;
  private Removed removedEarlier = Removed.NOTHING;
  private Optional<Retention> adopted = Optional.empty();
  private @Nullable Retention retention;
  private long checked;

  /** Starts the thread, which takes over nothing of the recorder's: not its network namespace. */
  SegmentPublisher(SegmentListener listener) {
    this(listener, CHECK);
  }

  /**
   * @param interval from one look of retention at the directory to the next
   */
  SegmentPublisher(SegmentListener listener, Duration interval) {
    this.listener = listener;
    this.interval = interval;
    thread = Thread.ofPlatform().name("segment-publisher").daemon().start(this::run);
  }

  /** Hands over a segment. */
  void publish(ClosedSegment segment) {
    put(new Task.Publish(segment));
  }

  /**
   * From now on, removes what is too much: at once, after each segment, and now and then. Does not
   * wait; what was to be kept before is so no more.
   */
  void keep(Retention within) {
    want(Optional.of(within));
  }

  /** From now on, removes nothing. Does not wait. */
  void keepAll() {
    want(Optional.empty());
  }

  private void want(Optional<Retention> within) {
    wanted = within;
    // If so much waits that there is no room, what waits is preceded by the same look.
    boolean _ = tasks.offer(new Task.Look());
  }

  /**
   * The disk is full: removes the oldest segment, if old ones may be removed at all.
   *
   * @return whether one was
   */
  boolean makeRoom() {
    if (wanted.isEmpty()) {
      return false;
    }
    CompletableFuture<Boolean> made = new CompletableFuture<>();
    put(new Task.MakeRoom(made));
    try {
      return made.get(LONGEST_REMOVAL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException failed) {
      return false;
    } catch (TimeoutException notNow) {
      // Who asks again asks for one; what nobody waits for is not to remove another, later.
      made.cancel(false);
      return false;
    }
  }

  /** What keeps a segment from being completed now. */
  Optional<Obstacle> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /** What went wrong first. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * From now on does not wait for a disk that is full: who hands segments over is to come to an
   * end, and could not while as many wait as may.
   */
  void beginToFinish() {
    finishing.countDown();
  }

  /**
   * Waits for all that was handed over, and ends. What a full disk keeps from being completed is
   * left to the next recovery.
   */
  Outcome finish() {
    beginToFinish();
    put(new Task.Finish());
    Uninterrupted.join(thread);
    return new Outcome(List.copyOf(published.values()), removed, removedEarlier);
  }

  private void run() {
    try {
      while (doNext()) {
        // One task after the other.
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for something to do, and does it. Returns whether anything can follow. */
  private boolean doNext() throws InterruptedException {
    Retention keeping = retention;
    if (keeping == null) {
      return perform(tasks.take());
    }
    long due = checked + interval.toNanos() - System.nanoTime();
    @Nullable Task next = tasks.poll(Math.max(0, due), TimeUnit.NANOSECONDS);
    if (next != null) {
      return perform(next);
    }
    attempt("old segments could not be removed", () -> check(keeping));
    return true;
  }

  private boolean perform(Task task) {
    adopt();
    return switch (task) {
      case Task.Publish(var segment) -> {
        attempt("a segment could not be completed", () -> publishNow(segment));
        yield true;
      }
      case Task.MakeRoom(var made) -> {
        Retention keeping = retention;
        if (!made.isDone()) {
          made.complete(keeping != null && removeOldest(keeping));
        }
        yield true;
      }
      case Task.Look() -> true;
      case Task.Finish() -> false;
    };
  }

  private void adopt() {
    Optional<Retention> now = wanted;
    if (!now.equals(adopted)) {
      adopted = now;
      retention = now.orElse(null);
      now.ifPresent(within -> attempt("old segments could not be removed", () -> check(within)));
    }
  }

  private void publishNow(ClosedSegment segment) throws IOException {
    Sidecar sidecar = segment.sidecar();
    // Also if that fails: its frames are in the file, and in the next recovery's account.
    published.put(sidecar.file(), sidecar);
    complete(segment);
    listener.published(sidecar);
    Retention keeping = retention;
    if (keeping != null) {
      account(keeping.published(sidecar));
    }
  }

  private void complete(ClosedSegment segment) throws IOException {
    while (true) {
      try {
        segment.publish();
        obstacle = null;
        return;
      } catch (IOException failed) {
        Obstacle now = Obstacle.of(failed);
        if (now.kind() == Obstacle.Kind.OTHER) {
          throw failed;
        }
        Retention keeping = retention;
        if (now.kind() == Obstacle.Kind.DISK_FULL && keeping != null && removeOldest(keeping)) {
          continue;
        }
        obstacle = now;
        if (isFinishingAfterWait()) {
          throw failed;
        }
      }
    }
  }

  private boolean isFinishingAfterWait() {
    try {
      return finishing.await(RETRY.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private boolean removeOldest(Retention keeping) {
    Retention.Removal removal = keeping.makeRoom();
    account(removal);
    return !removal.removed().isEmpty();
  }

  private void check(Retention keeping) {
    checked = System.nanoTime();
    account(keeping.check());
  }

  private void account(Retention.Removal removal) {
    for (Sidecar segment : removal.removed()) {
      if (published.remove(segment.file()) != null) {
        removed = removed.plus(segment);
      } else {
        removedEarlier = removedEarlier.plus(segment);
      }
    }
    removal.removed().forEach(segment -> listener.removed(segment.file()));
    removal.problems().forEach(listener::warned);
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attempt(String otherwise, Step step) {
    try {
      step.run();
    } catch (IOException failed) {
      note(failed);
    } catch (RuntimeException | Error failed) {
      // Without this thread the recorder would wait for ever, or take its segments for complete.
      note(new IOException(otherwise + ": " + failed, failed));
    }
  }

  private void note(IOException failed) {
    if (failure == null) {
      failure = failed;
    }
  }

  private void put(Task task) {
    Uninterrupted.put(tasks, task);
  }
}
